//! Every reachable state, every event, every mode set, both completions: the invariants hold in each.

use std::collections::HashSet;
use std::vec::Vec;

use super::{Address, Close, Content, Step, WriteEvent as E, WriteOutcome as O, WriteState};
use crate::modes::tests::{all_modes, terms};
use crate::modes::{Completion, Control, Handshake, Modes, Terms};

const LENGTHS: core::ops::RangeInclusive<usize> = 0..=5;
const RECORDS: core::ops::RangeInclusive<usize> = 1..=3;

/// What the events say happened, kept apart from the machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct World {
    /// Bytes in records that no result has reported: S - A.
    unreported: usize,
    /// Bytes of the last record, while it has not left.
    waiting: usize,
    /// Length of the call in progress.
    called: usize,
    close_notify: bool,
}

type Node = (WriteState, World);

fn events() -> Vec<E> {
    let mut events = Vec::from([E::Ready, E::NotReady, E::Sealed, E::NoRoom, E::TakenAll, E::TakenPart]);
    events.extend([E::Close, E::CloseNotifySealed, E::Abandon, E::Fail]);
    for len in LENGTHS {
        for content in [Content::Same, Content::Different] {
            events.extend([Address::Same, Address::Moved].map(|address| E::Call { len, content, address }));
        }
    }
    events
}

fn all_terms(completion: Completion) -> Vec<Terms> {
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
    let ((state, mut world), (next, outcome)) = (before, after);
    let context = std::format!("{before:?} {event:?} {terms:?} {outcome:?}");
    if outcome == O::Failed {
        assert!(event == E::Fail || (state.step == Step::Failed && next == state), "I9: {context}");
        return World::default();
    }
    assert!(state.step != Step::Failed, "I9: {context}");
    match (event, outcome) {
        (_, O::OutOfTurn | O::Refused(_)) => assert_eq!(next, state, "V1: {context}"),
        (E::Call { len, .. }, _) => world.called = len,
        (E::Sealed, _) => {
            let Step::Seal { span, .. } = state.step else { panic!("{context}") };
            world.unreported += span.len();
            world.waiting = span.len();
        }
        (E::TakenAll, _) => world.waiting = 0,
        (E::CloseNotifySealed, _) => world.close_notify = state.close == Close::Asked,
        _ => {}
    }
    match outcome {
        O::Seal(span) => {
            assert_eq!(terms.handshake, Handshake::Done, "I10: {context}");
            assert!(!world.close_notify, "I11: {context}");
            assert_eq!(span.start, world.unreported, "I1: {context}");
            assert!(
                !span.is_empty() && span.len() <= terms.split && span.end <= world.called,
                "I3: {context}"
            );
            assert!(world.waiting == 0 || terms.completion == Completion::Sealed, "I5: {context}");
        }
        O::SendControl => assert!(world.unreported == 0 && !world.close_notify, "I11, I16: {context}"),
        O::Return(count) if event_is_empty_write(event) => assert_eq!(count, 0, "V6: {context}"),
        O::Return(count) => {
            let partial = terms.modes.contains(Modes::ENABLE_PARTIAL_WRITE);
            assert_eq!(count, world.unreported, "I2: {context}");
            assert!(world.waiting == 0 || terms.completion == Completion::Sealed, "I2: {context}");
            assert!(count == world.called || partial && 0 < count && count < world.called, "I7: {context}");
            world = World { close_notify: world.close_notify, ..World::default() };
        }
        O::Abandoned(count) => {
            assert_eq!(count, world.unreported, "I2: {context}");
            world = World { close_notify: world.close_notify, ..World::default() };
        }
        _ => {}
    }
    if next.step == Step::Rest {
        assert_eq!(next.total(), world.unreported, "I4: {context}");
        world.called = 0;
    }
    world
}

fn event_is_empty_write(event: E) -> bool {
    matches!(event, E::Call { len: 0, .. })
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
                let next = (after.0, observe(node, *event, terms, after));
                if seen.insert(next) {
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
    assert_eq!(walk(Completion::Drained), 0);
}

#[test]
fn every_state_and_every_event_sealed() {
    assert_eq!(walk(Completion::Sealed), 0);
}
