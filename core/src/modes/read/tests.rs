/// Handshakes in mid-connection.
#[cfg(feature = "tls12")]
mod tls12;

use super::{ReadEvent as E, ReadKind, ReadOutcome as O, ReadState};
use crate::modes::tests::{all_modes, terms, with_own_modes};
use crate::modes::{Completion, Control, Handshake, Modes, ReadAhead, Terms, UnexpectedEnd, Writing};

const READ: E = E::Call { len: 100, kind: ReadKind::Read };
const PEEK: E = E::Call { len: 100, kind: ReadKind::Peek };

fn on() -> Terms {
    terms(Completion::Drained, Modes::default())
}

fn off() -> Terms {
    terms(Completion::Drained, Modes::empty())
}

/// Walks one ladder of events and the outcome of each.
fn ladder(mut state: ReadState, terms: &Terms, steps: &[(E, O)]) -> ReadState {
    for (i, (event, expected)) in steps.iter().enumerate() {
        let (next, outcome) = state.step(*event, terms);
        assert_eq!(outcome, *expected, "step {i}: {event:?}");
        state = next;
    }
    state
}

fn fresh(terms: &Terms, steps: &[(E, O)]) -> ReadState {
    ladder(ReadState::default(), terms, steps)
}

#[test]
fn r2_without_a_role_every_read_says_so() {
    fresh(&Terms { handshake: Handshake::NoRole, ..on() }, &[(READ, O::NoRole), (PEEK, O::NoRole)]);
}

#[test]
fn r3_and_r8_close_notify_ends_the_stream_for_ever() {
    let state =
        fresh(&on(), &[(READ, O::Fetch), (E::CloseNotify, O::Closed), (READ, O::Closed), (PEEK, O::Closed)]);
    assert!(state.is_closed());
    ladder(state, &on(), &[(E::EndOfTransport, O::Closed), (READ, O::Closed)]);
}

#[test]
fn r4_a_read_drives_the_handshake_and_falls_through_to_data_without_rule_a() {
    let shaking = Terms { handshake: Handshake::InProgress, ..off() };
    let state = fresh(&shaking, &[(READ, O::Handshake), (E::NotReady, O::WantDriver), (READ, O::Handshake)]);
    ladder(state, &off(), &[(E::Ready, O::Fetch), (E::Data { len: 5 }, O::Deliver(5))]);
    ladder(state, &shaking, &[(E::Ready, O::WantDriver)]);
}

#[test]
fn r5_nothing_there_wants_incoming_again_and_again() {
    fresh(&on(), &[(READ, O::Fetch), (E::NothingThere, O::WantIncoming), (READ, O::Fetch)]);
}

#[test]
fn r6_the_end_without_close_notify_is_an_error_and_stays_one() {
    let cut = [(READ, O::Fetch), (E::EndOfTransport, O::Truncated), (READ, O::Failed), (PEEK, O::Failed)];
    let state = fresh(&on(), &cut);
    assert!(!state.is_closed());
    ladder(state, &on(), &[(E::CloseNotify, O::Failed)]);
    let ignoring = Terms { unexpected_end: UnexpectedEnd::Ignore, ..on() };
    fresh(&ignoring, &[(READ, O::Fetch), (E::EndOfTransport, O::Closed), (READ, O::Closed)]);
}

#[test]
fn r7_at_most_the_current_record_and_no_empty_one() {
    let call = |len| E::Call { len, kind: ReadKind::Read };
    fresh(&on(), &[(call(3), O::Fetch), (E::Data { len: 10 }, O::Deliver(3))]);
    fresh(&on(), &[(call(30), O::Fetch), (E::Data { len: 10 }, O::Deliver(10))]);
    fresh(&on(), &[(call(0), O::Fetch), (E::Data { len: 10 }, O::Deliver(0))]);
    fresh(&off(), &[(PEEK, O::Fetch), (E::Data { len: 0 }, O::Fetch), (E::Data { len: 1 }, O::Deliver(1))]);
}

#[test]
fn r9_v13_after_a_fatal_error_the_same_answer_for_ever() {
    fresh(&on(), &[(READ, O::Fetch), (E::Fail, O::Failed), (READ, O::Failed), (E::CloseNotify, O::Failed)]);
    let no_role = Terms { handshake: Handshake::NoRole, ..on() };
    fresh(&no_role, &[(E::Fail, O::Failed), (READ, O::Failed)]);
}

#[test]
fn r11_auto_retry_on_goes_on_to_the_data_in_one_call() {
    let steps = [
        (READ, O::Fetch),
        (E::Message, O::Process),
        (E::Processed, O::Fetch),
        (E::Data { len: 30 }, O::Deliver(30)),
    ];
    fresh(&on(), &steps);
}

#[test]
fn v18_auto_retry_off_tells_progress_once() {
    let met = [(READ, O::Fetch), (E::Message, O::Process), (E::Processed, O::Progress)];
    let state = fresh(&off(), &met);
    ladder(state, &off(), &[(READ, O::Fetch), (E::Data { len: 30 }, O::Deliver(30))]);
}

#[test]
fn a_record_that_asks_for_nothing_is_passed_over_in_every_mode() {
    for terms in [on(), off()] {
        fresh(&terms, &[(READ, O::Fetch), (E::Ignored, O::Fetch), (E::Data { len: 1 }, O::Deliver(1))]);
    }
}

#[test]
fn auto_retry_off_has_no_effect_while_bytes_are_read_ahead() {
    let ahead = Terms { read_ahead: ReadAhead::Holds, ..off() };
    fresh(&ahead, &[(READ, O::Fetch), (E::Message, O::Process), (E::Processed, O::Fetch)]);
}

#[test]
fn a_further_message_waits_until_the_reply_that_is_owed_has_left() {
    let owed = Terms { control: Control::Owed, ..off() };
    let queued = Terms { control: Control::Queued, ..off() };
    let state = fresh(&owed, &[(READ, O::Fetch), (E::Message, O::SendControl), (E::NotReady, O::WantDriver)]);
    let state = ladder(state, &queued, &[(READ, O::SendControl), (E::NotReady, O::WantDriver)]);
    // The driver ends with the reply; the message is met again, and rule A is its own.
    let state = ladder(state, &queued, &[(READ, O::SendControl)]);
    let again = [(E::Ready, O::Fetch), (E::Message, O::Process), (E::Processed, O::Progress)];
    let state = ladder(state, &off(), &again);
    ladder(state, &off(), &[(READ, O::Fetch), (E::Data { len: 10 }, O::Deliver(10))]);
}

#[test]
fn a_message_that_waited_and_was_processed_by_a_shutdown_is_not_processed_twice() {
    let owed = Terms { control: Control::Owed, ..off() };
    let state = fresh(&owed, &[(READ, O::Fetch), (E::Message, O::SendControl), (E::NotReady, O::WantDriver)]);
    for there in [(E::NothingThere, O::WantIncoming), (E::Data { len: 1 }, O::Deliver(1))] {
        let state = ladder(state, &off(), &[(READ, O::Fetch), there]);
        ladder(state, &off(), &[(READ, O::Fetch), (E::Message, O::Process), (E::Processed, O::Progress)]);
    }
    let ignored = [(READ, O::Fetch), (E::Ignored, O::Fetch), (E::Message, O::Process)];
    let state = ladder(state, &off(), &ignored);
    ladder(state, &off(), &[(E::Processed, O::Progress)]);
}

#[test]
fn a_reply_that_leaves_at_once_is_a_run_of_the_driver_and_so_is_the_message() {
    for (modes, terms) in [(Modes::AUTO_RETRY, on()), (Modes::empty(), off())] {
        let owed = Terms { control: Control::Owed, modes, ..terms };
        let state = fresh(&owed, &[(READ, O::Fetch), (E::Message, O::SendControl)]);
        let state = match modes == Modes::AUTO_RETRY {
            true => ladder(state, &terms, &[(E::Ready, O::Fetch)]),
            false => ladder(state, &terms, &[(E::Ready, O::Progress), (READ, O::Fetch)]),
        };
        ladder(state, &terms, &[(E::Message, O::Process)]);
    }
}

#[test]
fn v8_while_a_write_is_pending_no_read_sends_or_waits() {
    for control in [Control::Owed, Control::Queued] {
        for writing in [Writing::InSequence, Writing::Over] {
            let terms = Terms { control, writing, ..on() };
            fresh(&terms, &[(READ, O::Fetch), (E::Message, O::Process), (E::Processed, O::Fetch)]);
        }
    }
}

#[test]
fn v19_in_sealed_completion_no_read_waits_for_a_reply() {
    let sealed = terms(Completion::Sealed, Modes::default());
    for control in [Control::Owed, Control::Queued] {
        fresh(&Terms { control, ..sealed }, &[(READ, O::Fetch), (E::Message, O::Process)]);
    }
}

#[test]
fn a_queued_control_record_leaves_before_the_read() {
    let queued = Terms { control: Control::Queued, ..on() };
    fresh(&queued, &[(READ, O::SendControl), (E::Ready, O::Fetch)]);
    fresh(&Terms { control: Control::Owed, ..on() }, &[(READ, O::Fetch)]);
}

const EVENTS: [E; 13] = [
    READ,
    PEEK,
    E::Ready,
    E::NotReady,
    E::NothingThere,
    E::Data { len: 0 },
    E::Data { len: 7 },
    E::Message,
    E::Processed,
    E::Ignored,
    E::CloseNotify,
    E::EndOfTransport,
    E::Fail,
];

/// Every combination of what a read looks at.
fn worlds() -> std::vec::Vec<Terms> {
    let mut worlds = std::vec::Vec::new();
    for modes in all_modes() {
        for handshake in [Handshake::NoRole, Handshake::InProgress, Handshake::Done] {
            for control in [Control::None, Control::Owed, Control::Queued] {
                for writing in [Writing::Idle, Writing::InSequence, Writing::Over] {
                    let sealed = Terms { handshake, control, writing, ..terms(Completion::Sealed, modes) };
                    let ignoring = Terms { unexpected_end: UnexpectedEnd::Ignore, ..sealed };
                    worlds.extend([sealed, ignoring, Terms { completion: Completion::Drained, ..ignoring }]);
                    let ahead = Terms { read_ahead: ReadAhead::Holds, ..sealed };
                    worlds.extend([ahead, Terms { completion: Completion::Drained, ..sealed }]);
                }
            }
        }
    }
    worlds
}

/// I9, I12, V8 and V14 in every reachable state, under every event and world.
#[test]
fn every_state_and_every_event() {
    let (worlds, mut seen) = (worlds(), std::collections::HashSet::from([ReadState::default()]));
    let mut todo = std::vec::Vec::from([ReadState::default()]);
    while let Some(state) = todo.pop() {
        for (terms, event) in worlds.iter().flat_map(|terms| EVENTS.map(|event| (terms, event))) {
            let (next, outcome) = state.step(event, terms);
            check(state, event, terms, (next, outcome));
            let own = with_own_modes(terms, Modes::AUTO_RETRY);
            assert_eq!((next, outcome), state.step(event, &own), "{state:?} {event:?}");
            if seen.insert(next) {
                todo.push(next);
            }
        }
    }
    std::println!("read machine: {} states", seen.len());
    assert_eq!(seen.len(), STATES);
}

/// Whether a message may begin what the driver has to end: a renegotiation, an answer after the handshake.
const BEGINS: bool = cfg!(any(feature = "tls12", feature = "post-handshake-auth"));

/// Closed, failed, and at rest or at five questions, with that of such a message six, for a read and a peek of 100.
const STATES: usize = 2 + 1 + 2 * if BEGINS { 6 } else { 5 };

fn check(state: ReadState, event: E, terms: &Terms, after: (ReadState, O)) {
    let (next, outcome) = after;
    let context = || std::format!("{state:?} {event:?} {terms:?} {outcome:?}");
    if outcome == O::OutOfTurn {
        assert_eq!(next, state, "{}", context());
    }
    if state.step(E::Fail, terms).0 == state {
        assert_eq!(after, (state, O::Failed), "I9: {}", context());
    }
    if outcome == O::Closed {
        let ignored = event == E::EndOfTransport && terms.unexpected_end == UnexpectedEnd::Ignore;
        assert!(state.is_closed() || event == E::CloseNotify || ignored, "I12: {}", context());
    }
    if outcome == O::Fetch && event == E::Processed && BEGINS {
        assert_ne!(terms.handshake, Handshake::InProgress, "R11: {}", context());
    }
    if outcome == O::SendControl {
        assert!(terms.writing == Writing::Idle && terms.control != Control::None, "V8, V14: {}", context());
    }
    if let O::Deliver(count) = outcome {
        assert!(matches!(event, E::Data { len } if count <= len), "{}", context());
    }
}
