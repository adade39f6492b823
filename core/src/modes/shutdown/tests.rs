use super::{CloseNotify, Peer, ShutdownEvent as E, ShutdownOutcome as O, ShutdownState};
use crate::modes::tests::{all_modes, terms, with_own_modes};
use crate::modes::{Completion, Control, Handshake, Modes, ReadAhead, Terms, Writing};

fn on() -> Terms {
    terms(Completion::Drained, Modes::default())
}

fn call(own: CloseNotify, peer: Peer) -> E {
    E::Call { own, peer }
}

const FIRST: E = E::Call { own: CloseNotify::NotAsked, peer: Peer::Open };
const AGAIN: E = E::Call { own: CloseNotify::Left, peer: Peer::Open };
const LEFT: E = E::CloseNotify(CloseNotify::Left);
const WAITS: E = E::CloseNotify(CloseNotify::Waits);
const HELD: E = E::CloseNotify(CloseNotify::Held);

fn ladder(terms: &Terms, steps: &[(E, O)]) {
    walk(ShutdownState::default(), terms, steps);
}

/// After a call has said that close_notify left.
fn sent() -> ShutdownState {
    let steps = [(FIRST, O::Close), (E::Asked, O::SendCloseNotify), (LEFT, O::Sent)];
    walk(ShutdownState::default(), &on(), &steps)
}

fn walk(mut state: ShutdownState, terms: &Terms, steps: &[(E, O)]) -> ShutdownState {
    for (i, (event, expected)) in steps.iter().enumerate() {
        let (next, outcome) = state.step(*event, terms);
        assert_eq!(outcome, *expected, "step {i}: {event:?}");
        state = next;
    }
    state
}

#[test]
fn no_role_and_a_handshake_refuse_and_change_nothing() {
    let no_role = Terms { handshake: Handshake::NoRole, ..on() };
    ladder(&no_role, &[(FIRST, O::NoRole), (AGAIN, O::NoRole)]);
    let shaking = Terms { handshake: Handshake::InProgress, ..on() };
    ladder(&shaking, &[(FIRST, O::InHandshake), (FIRST, O::InHandshake)]);
}

#[test]
fn zero_when_sent_then_one_when_the_peer_answers() {
    ladder(
        &on(),
        &[
            (FIRST, O::Close),
            (E::Asked, O::SendCloseNotify),
            (LEFT, O::Sent),
            (AGAIN, O::Fetch),
            (E::NothingThere, O::WantIncoming),
            (AGAIN, O::Fetch),
            (E::PeerClosed, O::Both),
            (call(CloseNotify::Left, Peer::Closed), O::Both),
        ],
    );
}

#[test]
fn one_at_once_when_the_peer_closed_before() {
    let first = call(CloseNotify::NotAsked, Peer::Closed);
    ladder(&on(), &[(first, O::Close), (E::Asked, O::SendCloseNotify), (LEFT, O::Both)]);
}

#[test]
fn a_full_transport_wants_to_write_until_close_notify_left() {
    ladder(
        &on(),
        &[
            (FIRST, O::Close),
            (E::Asked, O::SendCloseNotify),
            (WAITS, O::WantOutgoing),
            (call(CloseNotify::Waits, Peer::Open), O::SendCloseNotify),
            (WAITS, O::WantOutgoing),
            (call(CloseNotify::Waits, Peer::Open), O::SendCloseNotify),
            (LEFT, O::Sent),
        ],
    );
}

#[test]
fn v9_v12_behind_a_pending_write_it_wants_to_write_whatever_was_read() {
    let pending = Terms { writing: Writing::InSequence, control: Control::Queued, ..on() };
    let held = call(CloseNotify::Held, Peer::Open);
    let both = [(FIRST, O::Close), (E::Asked, O::SendCloseNotify), (HELD, O::WantOutgoing)];
    ladder(&pending, &both);
    ladder(&pending, &[(held, O::SendCloseNotify), (HELD, O::WantOutgoing)]);
    ladder(&on(), &[(held, O::SendCloseNotify), (LEFT, O::Sent)]);
}

#[test]
fn v10_unread_data_stays_readable() {
    let steps = [(AGAIN, O::Fetch), (E::Data, O::Unread), (AGAIN, O::Fetch), (E::PeerClosed, O::Both)];
    walk(sent(), &on(), &steps);
}

#[test]
fn v11_a_queued_key_update_leaves_first_and_one_that_is_owed_is_dropped() {
    let queued = Terms { control: Control::Queued, ..on() };
    ladder(
        &queued,
        &[
            (FIRST, O::Close),
            (E::Asked, O::SendControl),
            (E::NotReady, O::WantOutgoing),
            (call(CloseNotify::Held, Peer::Open), O::SendControl),
            (E::Ready, O::SendCloseNotify),
            (LEFT, O::Sent),
        ],
    );
    let owed = Terms { control: Control::Owed, ..on() };
    ladder(&owed, &[(FIRST, O::Close), (E::Asked, O::SendCloseNotify)]);
}

#[test]
fn v13_a_failed_connection_says_so_for_ever() {
    ladder(&on(), &[(FIRST, O::Close), (E::Fail, O::Failed), (FIRST, O::Failed), (AGAIN, O::Failed)]);
}

#[test]
fn v14_waiting_for_the_peer_sends_nothing() {
    let queued = Terms { control: Control::Queued, writing: Writing::Over, ..on() };
    walk(sent(), &queued, &[(AGAIN, O::Fetch), (E::Message, O::Process), (E::Processed, O::Fetch)]);
}

#[test]
fn a_close_notify_that_left_between_two_calls_is_said_before_the_peers_is_waited_for() {
    let left = [(AGAIN, O::SendCloseNotify), (LEFT, O::Sent), (AGAIN, O::Fetch)];
    ladder(&on(), &left);
    let waited = [(FIRST, O::Close), (E::Asked, O::SendCloseNotify), (WAITS, O::WantOutgoing)];
    walk(walk(ShutdownState::default(), &on(), &waited), &on(), &left);
}

#[test]
fn v18_auto_retry_off_ends_the_call_after_a_message() {
    let off = terms(Completion::Drained, Modes::empty());
    walk(sent(), &off, &[(AGAIN, O::Fetch), (E::Message, O::Process), (E::Processed, O::Progress)]);
    let ahead = Terms { read_ahead: ReadAhead::Holds, ..off };
    walk(sent(), &ahead, &[(AGAIN, O::Fetch), (E::Message, O::Process), (E::Processed, O::Fetch)]);
}

/// The engine drops the message, since nothing of ours may follow our close_notify.
#[cfg(feature = "tls12")]
#[test]
fn r12_a_message_behind_our_close_notify_is_dropped_under_rule_a() {
    let on = Terms { writing: Writing::Over, ..on() };
    let off = Terms { modes: Modes::empty(), ..on };
    for (terms, outcome) in [(on, O::Fetch), (off, O::Progress)] {
        walk(sent(), &terms, &[(AGAIN, O::Fetch), (E::Message, O::Process), (E::Processed, outcome)]);
    }
}

/// Also where it has begun between two calls.
#[cfg(feature = "tls12")]
#[test]
fn a_renegotiation_refuses_as_the_first_handshake_does() {
    let shaking = Terms { handshake: Handshake::InProgress, ..on() };
    let waits = [(FIRST, O::Close), (E::Asked, O::SendCloseNotify), (HELD, O::WantOutgoing)];
    let state = walk(ShutdownState::default(), &on(), &waits);
    let held = call(CloseNotify::Held, Peer::Open);
    let state = walk(state, &shaking, &[(held, O::InHandshake), (held, O::InHandshake)]);
    walk(state, &on(), &[(held, O::SendCloseNotify), (LEFT, O::Sent)]);
}

#[test]
fn a_record_that_asks_for_nothing_is_passed_over_in_every_mode() {
    for modes in [Modes::empty(), Modes::AUTO_RETRY] {
        let terms = terms(Completion::Drained, modes);
        walk(sent(), &terms, &[(AGAIN, O::Fetch), (E::Ignored, O::Fetch), (E::PeerClosed, O::Both)]);
    }
}

/// I9 and V14, and that 0 is said only of an own close_notify that left.
#[test]
fn every_state_and_every_event() {
    let owns = [CloseNotify::NotAsked, CloseNotify::Held, CloseNotify::Waits, CloseNotify::Left];
    let mut events = std::vec::Vec::from([E::Asked, E::Ready, E::NotReady, E::NothingThere, E::Data]);
    events.extend([E::Message, E::Ignored, E::Processed, E::PeerClosed, E::Fail]);
    events.extend(owns.map(E::CloseNotify));
    events.extend(owns.map(|own| call(own, Peer::Open)));
    events.extend(owns.map(|own| call(own, Peer::Closed)));
    let mut seen = std::collections::HashSet::from([ShutdownState::default()]);
    let mut todo = std::vec::Vec::from([ShutdownState::default()]);
    while let Some(state) = todo.pop() {
        for (terms, event) in
            worlds().iter().flat_map(|terms| events.iter().map(move |event| (terms, *event)))
        {
            let (next, outcome) = state.step(event, terms);
            check(state, event, terms, (next, outcome));
            let own = with_own_modes(terms, Modes::AUTO_RETRY);
            assert_eq!((next, outcome), state.step(event, &own), "{state:?} {event:?}");
            if seen.insert(next) {
                todo.push(next);
            }
        }
    }
    std::println!("shutdown machine: {} states", seen.len());
    // At rest, failed, three questions for each of two peers, all with and without the 0 said; fetch and process with.
    assert_eq!(seen.len(), 2 * (2 + 3 * 2) + 2);
}

fn worlds() -> std::vec::Vec<Terms> {
    let mut worlds = std::vec::Vec::new();
    for modes in all_modes() {
        for control in [Control::None, Control::Owed, Control::Queued] {
            for writing in [Writing::Idle, Writing::InSequence, Writing::Over] {
                worlds.push(Terms { control, writing, ..terms(Completion::Drained, modes) });
            }
        }
    }
    worlds
}

fn check(state: ShutdownState, event: E, terms: &Terms, after: (ShutdownState, O)) {
    let context = || std::format!("{state:?} {event:?} {terms:?} {after:?}");
    if after.1 == O::OutOfTurn {
        assert_eq!(after.0, state, "{}", context());
    }
    if state.step(E::Fail, terms).0 == state {
        assert_eq!(after, (state, O::Failed), "I9: {}", context());
    }
    if after.1 == O::Sent {
        assert_eq!(event, LEFT, "{}", context());
    }
    if after.1 == O::SendControl {
        assert!(
            terms.writing == Writing::Idle && terms.control == Control::Queued,
            "V11, V14: {}",
            context()
        );
    }
}
