//! Handshakes in mid-connection.

use super::super::RenegotiationRefused as No;
use super::{
    Address, BlockedBy, Completion, Content, E, Handshake, K, Memory, Modes, O, Terms, WriteState, terms,
};
use crate::modes::release::Contents;
use crate::modes::shutdown::Peer;
use crate::modes::{ReadAhead, Span, Writing};

fn call(len: usize) -> E {
    E::Call { len, content: Content::Same, address: Address::Same }
}

fn span(start: usize, end: usize) -> Span {
    Span { start, end }
}

fn blocked(by: BlockedBy, memory: Memory) -> O {
    O::Blocked { by, memory }
}

fn ladder(mut state: WriteState, terms: &Terms, steps: &[(E, O)]) -> WriteState {
    for (i, (event, expected)) in steps.iter().enumerate() {
        let (next, outcome) = state.step(*event, terms);
        assert_eq!(outcome, *expected, "step {i}: {event:?}");
        state = next;
    }
    state
}

fn on(completion: Completion) -> Terms {
    terms(completion, Modes::default())
}

fn shaking(completion: Completion) -> Terms {
    Terms { handshake: Handshake::InProgress, ..on(completion) }
}

/// A write of 20000 whose first record waits.
fn pending(completion: Completion) -> WriteState {
    let sealed = [(call(20000), O::Seal(span(0, K)))];
    let state = ladder(WriteState::default(), &on(completion), &sealed);
    let memory = Memory::Store(span(0, K));
    let rest = match completion {
        Completion::Drained => [(E::Sealed, O::Offer), (E::TakenPart, blocked(BlockedBy::Outgoing, memory))],
        Completion::Sealed => {
            [(E::Sealed, O::Seal(span(K, 20000))), (E::NoRoom, blocked(BlockedBy::Outgoing, memory))]
        }
    };
    ladder(state, &on(completion), &rest)
}

#[test]
fn v8_w6_the_blocked_record_leaves_then_the_handshake_then_the_rest() {
    let waits = blocked(BlockedBy::Driver, Memory::Keep);
    let offered = [(call(20000), O::Offer), (E::TakenAll, O::Handshake), (E::NotReady, waits)];
    let state = ladder(pending(Completion::Drained), &shaking(Completion::Drained), &offered);
    // The record has left: nothing stands before the handshake any more.
    let again = [(call(20000), O::Handshake), (E::NotReady, waits), (call(20000), O::Handshake)];
    let state = ladder(state, &shaking(Completion::Drained), &again);
    let rest = [(E::Ready, O::Seal(span(K, 20000))), (E::Sealed, O::Offer), (E::TakenAll, O::Return(20000))];
    ladder(state, &on(Completion::Drained), &rest);
}

#[test]
fn v8_w6_in_sealed_completion_the_handshake_follows_what_is_sealed() {
    let waits = blocked(BlockedBy::Driver, Memory::Keep);
    let again = [(call(20000), O::Handshake), (E::NotReady, waits), (call(20000), O::Handshake)];
    let state = ladder(pending(Completion::Sealed), &shaking(Completion::Sealed), &again);
    let rest = [(E::Ready, O::Seal(span(K, 20000))), (E::Sealed, O::Return(20000))];
    ladder(state, &on(Completion::Sealed), &rest);
}

#[test]
fn w8_a_write_whose_records_are_all_out_returns_in_a_handshake_too() {
    let last = [(call(100), O::Seal(span(0, 100))), (E::Sealed, O::Offer)];
    let state = ladder(WriteState::default(), &on(Completion::Drained), &last);
    let memory = Memory::Store(span(0, 100));
    let state =
        ladder(state, &on(Completion::Drained), &[(E::TakenPart, blocked(BlockedBy::Outgoing, memory))]);
    let returns = [(call(100), O::Offer), (E::TakenAll, O::Return(100)), (call(5), O::Handshake)];
    ladder(state, &shaking(Completion::Drained), &returns);
    // With PARTIAL the record that left is the result.
    let partial = terms(Completion::Drained, Modes::ENABLE_PARTIAL_WRITE);
    let partial = Terms { handshake: Handshake::InProgress, ..partial };
    ladder(pending(Completion::Drained), &partial, &[(call(20000), O::Offer), (E::TakenAll, O::Return(K))]);
    let partial = Terms { completion: Completion::Sealed, ..partial };
    let returns = [(call(20000), O::Handshake), (E::NotReady, O::Return(K))];
    ladder(pending(Completion::Sealed), &partial, &returns);
}

#[test]
fn v8_no_handshake_leaves_behind_a_record_that_waits_or_behind_close_notify() {
    use Contents::{Bytes, Nothing};
    let may = |state: WriteState, completion| {
        [Nothing, Bytes].map(|out| state.handshake_may_leave(completion, out))
    };
    assert_eq!(may(WriteState::default(), Completion::Drained), [true, true]);
    assert_eq!(may(pending(Completion::Drained), Completion::Drained), [true, false]);
    assert_eq!(may(pending(Completion::Sealed), Completion::Sealed), [true, true]);
    let close = [(E::Close, O::Noted), (E::CloseNotifySealed, O::Noted)];
    for end in [&close[..], &[(E::Fail, O::Failed)]] {
        let state = ladder(WriteState::default(), &on(Completion::Drained), end);
        assert_eq!(state.writing(), Writing::Over);
        assert_eq!(may(state, Completion::Drained), [false, false]);
        assert_eq!(may(state, Completion::Sealed), [false, false]);
    }
}

#[test]
fn our_own_renegotiation_is_noted_and_begins_once_nothing_is_in_its_way() {
    let (fresh, on) = (WriteState::default(), on(Completion::Drained));
    let (pending, ahead) = (pending(Completion::Drained), Terms { read_ahead: ReadAhead::Holds, ..on });
    for state in [fresh, pending] {
        assert_eq!(state.renegotiation_refused(&on, Peer::Open), None);
    }
    assert!(
        fresh.renegotiation_may_begin(&on, Peer::Open) && !pending.renegotiation_may_begin(&on, Peer::Open)
    );
    assert!(!fresh.renegotiation_may_begin(&ahead, Peer::Open));
    assert_eq!(fresh.renegotiation_refused(&on, Peer::Closed), Some(No::Closed), "V25");
    assert!(!fresh.renegotiation_may_begin(&on, Peer::Closed));
    for handshake in [Handshake::NoRole, Handshake::InProgress] {
        let terms = Terms { handshake, ..on };
        assert_eq!(fresh.renegotiation_refused(&terms, Peer::Open), Some(No::Handshaking));
        assert!(!fresh.renegotiation_may_begin(&terms, Peer::Open));
    }
    let closing = ladder(fresh, &on, &[(E::Close, O::Noted)]);
    let closed = ladder(closing, &on, &[(E::CloseNotifySealed, O::Noted)]);
    let failed = ladder(fresh, &on, &[(E::Fail, O::Failed)]);
    for (state, why) in [(closing, No::Closed), (closed, No::Closed), (failed, No::Failed)] {
        assert_eq!(state.renegotiation_refused(&on, Peer::Open), Some(why));
        assert!(!state.renegotiation_may_begin(&on, Peer::Open));
    }
}
