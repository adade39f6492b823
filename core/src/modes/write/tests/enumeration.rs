//! Every reachable state, every event, every mode set, both completions: the invariants hold in each.

#![allow(clippy::wildcard_enum_match_arm, reason = "a test names the outcomes that it is about")]

use std::collections::HashSet;
use std::vec::Vec;

use super::super::{Address, Close, Content, Memory, Step, WriteEvent as E, WriteOutcome as O, WriteState};
use crate::modes::tests::{all_modes, terms, with_own_modes};
use crate::modes::{Completion, Control, Handshake, Modes, Span, Terms};

const LENGTHS: core::ops::RangeInclusive<usize> = 0..=5;
const RECORDS: core::ops::RangeInclusive<usize> = 1..=3;

/// All that a write looks at.
const OWN_MODES: Modes = Modes::ENABLE_PARTIAL_WRITE.set(Modes::ACCEPT_MOVING_WRITE_BUFFER);

/// What the events say happened, kept apart from the machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct World {
    /// Bytes in records that no result has reported: S - A.
    unreported: usize,
    /// Bytes of the last record, while it has not left.
    waiting: usize,
    /// Length of the call in progress.
    called: usize,
    /// Length of the call last accepted in a sequence.
    offered: usize,
    /// First byte of the last record built, and of the one that the engine remembers.
    last: usize,
    remembered: Option<usize>,
    close_notify: bool,
}

type Node = (WriteState, World);

pub(super) fn events() -> Vec<E> {
    let mut events = Vec::from([E::Ready, E::NotReady, E::Sealed, E::NoRoom, E::TakenAll, E::TakenPart]);
    events.extend([E::Close, E::CloseNotifySealed, E::Abandon, E::Fail]);
    for len in LENGTHS {
        for content in [Content::Same, Content::Different] {
            events.extend([Address::Same, Address::Moved].map(|address| E::Call { len, content, address }));
        }
    }
    events
}

pub(super) fn all_terms(completion: Completion) -> Vec<Terms> {
    let mut all = Vec::new();
    for modes in all_modes() {
        for split in RECORDS {
            let done = Terms { split, ..terms(completion, modes) };
            all.extend(
                [Control::None, Control::Owed, Control::Queued].map(|control| Terms { control, ..done }),
            );
            all.extend(
                [Handshake::NoRole, Handshake::InProgress].map(|handshake| Terms { handshake, ..done }),
            );
        }
    }
    all
}

/// What an outcome makes of the world, and the invariants that it must keep.
fn observe(before: Node, event: E, terms: &Terms, after: (WriteState, O)) -> World {
    let ((state, world), (next, outcome)) = (before, after);
    let context = || std::format!("{before:?} {event:?} {terms:?} {outcome:?}");
    if outcome == O::Failed {
        assert!(event == E::Fail || (state.step == Step::Failed && next == state), "I9: {}", context());
        return World::default();
    }
    assert!(state.step != Step::Failed && event != E::Fail, "I9: {}", context());
    if matches!(outcome, O::OutOfTurn | O::Refused(_) | O::NoRole | O::Closed) {
        assert_eq!(next, state, "V1: {}", context());
        return world;
    }
    let world = concluded(told(world, state, event), event, terms, outcome);
    if next.step == Step::Rest {
        assert_eq!(next.total(), world.unreported, "I4: {}", context());
        assert!(world.unreported == 0 || world.remembered == Some(world.last), "V3: {}", context());
        assert_eq!(next.retry_span().map(|span| span.start), world.remembered, "V3: {}", context());
        return World { called: 0, ..world };
    }
    world
}

/// What the event says of the world.
fn told(mut world: World, state: WriteState, event: E) -> World {
    match (event, state.step) {
        (E::Call { len, .. }, _) => world.called = len,
        (E::Sealed, Step::Seal { span, .. }) => {
            world = World { waiting: span.len(), last: span.start, ..world };
            world.unreported += span.len();
        }
        (E::TakenAll, _) => world.waiting = 0,
        (E::CloseNotifySealed, _) => world.close_notify = true,
        _ => {}
    }
    if matches!(event, E::Call { len: 1.., .. }) || event == E::Sealed {
        world.offered = world.called;
    }
    world
}

/// What the outcome makes of it.
fn concluded(world: World, event: E, terms: &Terms, outcome: O) -> World {
    let context = || std::format!("{world:?} {event:?} {terms:?} {outcome:?}");
    let nothing = World { close_notify: world.close_notify, ..World::default() };
    let partial = terms.modes.contains(Modes::ENABLE_PARTIAL_WRITE);
    match outcome {
        O::Seal(span) => {
            assert_eq!(terms.handshake, Handshake::Done, "I10: {}", context());
            assert!(!world.close_notify, "I11: {}", context());
            assert_eq!(span.start, world.unreported, "I1: {}", context());
            assert!(!span.is_empty() && span.end <= world.called, "I3: {}", context());
            assert_eq!(span.len(), terms.split.min(world.called - span.start), "I3: {}", context());
            assert!(world.waiting == 0 || terms.completion == Completion::Sealed, "I5: {}", context());
            assert!(!(partial && event == E::TakenAll), "V7: {}", context());
            world
        }
        O::SendControl => {
            assert!(world.unreported == 0 && !world.close_notify, "I11, I16: {}", context());
            world
        }
        O::Return(_) | O::Abandoned(_) => reported(world, event, terms, outcome),
        O::Blocked { memory: Memory::Store(span), .. } => {
            assert_eq!(span, Span { start: world.last, end: world.unreported }, "V3: {}", context());
            assert_ne!(world.remembered, Some(span.start), "a record is remembered once: {}", context());
            World { remembered: Some(span.start), ..world }
        }
        O::Blocked { memory: Memory::Keep, .. } if world.unreported == 0 => nothing,
        _ => world,
    }
}

/// A sequence has ended: what is reported is what was built, and drained all of it has left.
fn reported(world: World, event: E, terms: &Terms, outcome: O) -> World {
    let context = || std::format!("{world:?} {event:?} {terms:?} {outcome:?}");
    let partial = terms.modes.contains(Modes::ENABLE_PARTIAL_WRITE);
    match (event, outcome) {
        (E::Call { len: 0, .. }, O::Return(0)) => return world, // V6
        (_, O::Abandoned(count)) => assert_eq!(count, world.unreported, "I2: {}", context()),
        (_, O::Return(count)) => {
            assert_eq!(count, world.unreported, "I2: {}", context());
            assert!(world.waiting == 0 || terms.completion == Completion::Sealed, "I2: {}", context());
            assert!(
                count == world.called || partial && 0 < count && count < world.called,
                "I7: {}",
                context()
            );
        }
        _ => panic!("{}", context()),
    }
    World { close_notify: world.close_notify, ..World::default() }
}

/// Rows W2 to W7, said once more and from the world: what a call is answered at once.
fn call_is_right(before: Node, event: E, terms: &Terms, outcome: O) -> bool {
    let ((state, world), E::Call { len, content, address }) = (before, event) else { return true };
    if !matches!(state.step, Step::Rest) {
        return matches!(outcome, O::OutOfTurn | O::Failed);
    }
    let pending = world.unreported > 0;
    let stays = address == Address::Same || terms.modes.contains(Modes::ACCEPT_MOVING_WRITE_BUFFER);
    let retry = len >= world.offered && content == Content::Same && stays;
    match (terms.handshake, state.close) {
        (Handshake::NoRole, _) => outcome == O::NoRole,
        (_, Close::Sent) => outcome == O::Closed,
        (_, Close::Asked) if !pending || len == 0 => outcome == O::Closed,
        _ if pending && len == 0 => outcome == O::Return(0),
        _ if pending => retry != matches!(outcome, O::Refused(_)) && outcome != O::Closed,
        (Handshake::InProgress, _) => outcome == O::Handshake,
        _ if terms.control != Control::None => outcome == O::SendControl,
        _ => matches!(outcome, O::Seal(_)) != (len == 0),
    }
}

/// I6: with a transport that takes everything, the same write ends in a result.
fn ends(state: WriteState, terms: &Terms) -> bool {
    let Some(sequence) = state.sequence else { return true };
    let mut state = state;
    let mut event = E::Call { len: sequence.offered, content: Content::Same, address: Address::Same };
    for _ in 0..20 {
        let (next, outcome) = state.step(event, terms);
        state = next;
        event = match outcome {
            O::Return(count) => return count > 0 && state.sequence.is_none(),
            O::Seal(_) => E::Sealed,
            O::Offer => E::TakenAll,
            O::Handshake | O::SendControl => E::Ready,
            _ => return false,
        };
    }
    false
}

fn walk(completion: Completion) -> usize {
    let (events, all_terms) = (events(), all_terms(completion));
    let start = (WriteState::default(), World::default());
    let mut seen = HashSet::from([start]);
    let mut todo = Vec::from([start]);
    while let Some(node) = todo.pop() {
        for terms in &all_terms {
            let willing = node.0.step == Step::Rest && terms.handshake == Handshake::Done;
            assert!(!willing || ends(node.0, terms), "I6: {node:?} {terms:?}");
            for event in &events {
                let after = node.0.step(*event, terms);
                assert_eq!(
                    after,
                    node.0.step(*event, &with_own_modes(terms, OWN_MODES)),
                    "{node:?} {event:?}"
                );
                assert!(
                    call_is_right(node, *event, terms, after.1),
                    "{node:?} {event:?} {terms:?} {after:?}"
                );
                let next = (after.0, observe(node, *event, terms, after));
                if next != node && seen.insert(next) {
                    todo.push(next);
                }
            }
        }
    }
    let states: HashSet<WriteState> = seen.iter().map(|(state, _)| *state).collect();
    std::println!("write machine, {completion:?}: {} states, {} with their worlds", states.len(), seen.len());
    states.len()
}

#[test]
fn every_state_and_every_event_drained() {
    assert_eq!(walk(Completion::Drained), 423);
}

#[test]
fn every_state_and_every_event_sealed() {
    assert_eq!(walk(Completion::Sealed), 249);
}
