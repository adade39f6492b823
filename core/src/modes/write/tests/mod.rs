//! The rows and the deviations, over a transport that takes whole records.

#![allow(clippy::wildcard_enum_match_arm, reason = "a test names the outcomes that it is about")]

mod enumeration;
#[cfg(feature = "tls12")]
mod renegotiation;
mod table;

use std::vec::Vec;

use super::{
    Address, BlockedBy, Close, Content, KeyUpdateRefused, Memory, WriteEvent as E, WriteOutcome as O,
    WriteState, WrongRetry,
};
use crate::modes::tests::terms;
use crate::modes::{Completion, Control, Handshake, Modes, Span, Terms, Writing};

const K: usize = 16384;
const ALL: usize = usize::MAX;

/// What obeys the machine here: an outgoing buffer that holds `capacity` records, a transport with room for some.
struct Engine {
    state: WriteState,
    terms: Terms,
    capacity: usize,
    room: usize,
    waiting: Vec<Vec<u8>>,
    /// Lengths of the records that left; 0 is a control record.
    wire: Vec<usize>,
    delivered: Vec<u8>,
    remembered: (usize, Vec<u8>),
}

fn engine(completion: Completion, modes: Modes) -> Engine {
    Engine {
        state: WriteState::default(),
        terms: terms(completion, modes),
        capacity: 1,
        room: 0,
        waiting: Vec::new(),
        wire: Vec::new(),
        delivered: Vec::new(),
        remembered: (0, Vec::new()),
    }
}

fn drained(modes: Modes) -> Engine {
    engine(Completion::Drained, modes)
}

/// The stream's bytes from an offset on.
fn stream(offset: usize, len: usize) -> Vec<u8> {
    (offset..offset + len).map(|at| (131 * at + 29 * (at >> 8) + 7) as u8).collect()
}

impl Engine {
    /// A call from an address.
    fn write(&mut self, address: usize, data: &[u8]) -> O {
        let mut event = self.call(address, data);
        loop {
            let outcome = self.step(event);
            event = match outcome {
                O::Offer => self.offer(),
                O::Seal(span) => self.seal(&data[span.range()]),
                O::SendControl => self.send_control(),
                O::Handshake => E::NotReady,
                O::Blocked { memory: Memory::Store(span), .. } => {
                    self.remembered = (address + span.start, data[span.range()].to_vec());
                    return outcome;
                }
                _ => return outcome,
            }
        }
    }

    fn call(&self, address: usize, data: &[u8]) -> E {
        let span = self.state.retry_span().unwrap_or(Span { start: 0, end: 0 });
        let same = span.is_empty() || data.get(span.range()) == Some(&self.remembered.1[..]);
        let moved = !span.is_empty() && address + span.start != self.remembered.0;
        E::Call {
            len: data.len(),
            content: if same { Content::Same } else { Content::Different },
            address: if moved { Address::Moved } else { Address::Same },
        }
    }

    fn step(&mut self, event: E) -> O {
        let (state, outcome) = self.state.step(event, &self.terms);
        self.state = state;
        outcome
    }

    fn offer(&mut self) -> E {
        while self.room > 0 && !self.waiting.is_empty() {
            let record = self.waiting.remove(0);
            self.room = self.room.saturating_sub(1);
            self.wire.push(record.len());
            self.delivered.extend(record);
        }
        if self.waiting.is_empty() { E::TakenAll } else { E::TakenPart }
    }

    fn seal(&mut self, record: &[u8]) -> E {
        if self.waiting.len() >= self.capacity {
            return E::NoRoom;
        }
        self.waiting.push(record.to_vec());
        E::Sealed
    }

    fn send_control(&mut self) -> E {
        if self.terms.control == Control::Owed {
            self.terms.control = Control::Queued;
            self.waiting.push(Vec::new());
        }
        match self.offer() {
            E::TakenAll => {
                self.terms.control = Control::None;
                E::Ready
            }
            _ => E::NotReady,
        }
    }

    fn delivers(&self, len: usize) {
        assert!(self.delivered == stream(0, len), "{} bytes delivered", self.delivered.len());
    }
}

fn is_blocked(outcome: O) -> bool {
    matches!(outcome, O::Blocked { .. })
}

#[test]
fn w2_w3_no_role_and_closed_say_so_even_for_no_bytes() {
    let mut e = drained(Modes::default());
    e.terms.handshake = Handshake::NoRole;
    assert_eq!(e.write(0, &[]), O::NoRole);
    e.terms.handshake = Handshake::Done;
    assert_eq!(e.step(E::Close), O::Noted);
    assert_eq!((e.write(0, &[]), e.write(0, b"x")), (O::Closed, O::Closed));
    assert_eq!(e.step(E::CloseNotifySealed), O::Noted);
    assert_eq!((e.write(0, &[]), e.write(0, b"x")), (O::Closed, O::Closed));
}

#[test]
fn w6_blocked_in_the_handshake_nothing_is_remembered() {
    let mut e = drained(Modes::default());
    e.terms.handshake = Handshake::InProgress;
    let waits = O::Blocked { by: BlockedBy::Driver, memory: Memory::Keep };
    assert_eq!((e.write(0, &stream(0, 1000)), e.write(0, &[])), (waits, waits));
    assert_eq!(e.state, WriteState::default());
    (e.terms.handshake, e.room) = (Handshake::Done, ALL);
    assert_eq!(e.write(9, &stream(0, 10)), O::Return(10));
}

#[test]
fn w6_what_the_handshake_leaves_owed_goes_before_the_data() {
    let shaking = Terms { handshake: Handshake::InProgress, ..terms(Completion::Drained, Modes::default()) };
    let call = E::Call { len: 5, content: Content::Same, address: Address::Same };
    let (state, outcome) = WriteState::default().step(call, &shaking);
    assert_eq!(outcome, O::Handshake);
    let owing = Terms { handshake: Handshake::Done, control: Control::Owed, ..shaking };
    let (state, outcome) = state.step(E::Ready, &owing);
    assert_eq!(outcome, O::SendControl);
    assert_eq!(state.step(E::Ready, &owing).1, O::Seal(Span { start: 0, end: 5 }));
}

#[test]
fn w5_control_leaves_before_a_new_sequence_and_blocked_there_any_write_may_follow() {
    let mut e = drained(Modes::default());
    e.terms.control = Control::Owed;
    assert!(is_blocked(e.write(0, &stream(7, 1000))));
    assert!(is_blocked(e.write(5000, b"other")));
    assert_eq!(e.state.retry_span(), None);
    e.room = ALL;
    assert_eq!(e.write(0, &stream(0, 20)), O::Return(20));
    assert_eq!(e.wire, [0, 20]);
}

#[test]
fn w5_i16_control_never_leaves_within_a_sequence() {
    let mut e = drained(Modes::default());
    e.room = 1;
    assert!(is_blocked(e.write(0, &stream(0, 40000))));
    e.terms.control = Control::Owed;
    assert!(!e.state.control_may_leave());
    e.room = ALL;
    assert_eq!(e.write(0, &stream(0, 40000)), O::Return(40000));
    assert!(e.state.control_may_leave());
    assert_eq!(e.write(0, &stream(40000, 10)), O::Return(10));
    assert_eq!(e.wire, [K, K, 7232, 0, 10]);
}

#[test]
fn w9_blocked_after_one_of_three_records_then_the_same_write() {
    let mut e = drained(Modes::default());
    e.room = 1;
    let second = Memory::Store(Span { start: K, end: 2 * K });
    assert_eq!(e.write(0, &stream(0, 40000)), O::Blocked { by: BlockedBy::Outgoing, memory: second });
    assert_eq!((e.wire.len(), e.state.writing()), (1, Writing::InSequence));
    let again = O::Blocked { by: BlockedBy::Outgoing, memory: Memory::Keep };
    assert_eq!(e.write(0, &stream(0, 40000)), again);
    e.room = ALL;
    assert_eq!(e.write(0, &stream(0, 40000)), O::Return(40000));
    e.delivers(40000);
}

#[test]
fn partial_on_an_open_transport_is_one_record_a_call() {
    let mut e = drained(Modes::ENABLE_PARTIAL_WRITE);
    e.room = ALL;
    assert_eq!(e.write(0, &stream(0, 40000)), O::Return(K));
    assert_eq!(e.write(0, &stream(K, 23616)), O::Return(K));
    assert_eq!(e.write(0, &stream(2 * K, 7232)), O::Return(7232));
    e.delivers(40000);
}

#[test]
fn v1_a_wrong_retry_changes_nothing_and_the_right_one_goes_on() {
    let mut e = drained(Modes::default());
    assert!(is_blocked(e.write(0, &stream(0, 20000))));
    let before = e.state;
    assert_eq!(e.write(90000, &stream(0, 20000)), O::Refused(WrongRetry::Moved));
    assert_eq!(e.write(0, &stream(0, 19999)), O::Refused(WrongRetry::Shorter));
    assert_eq!(e.write(0, &stream(5, 20000)), O::Refused(WrongRetry::Different));
    assert_eq!(e.state, before);
    e.room = ALL;
    assert_eq!(e.write(0, &stream(0, 20000)), O::Return(20000));
    e.delivers(20000);
}

#[test]
fn v2_a_shorter_retry_is_refused_even_if_it_covers_the_blocked_record() {
    let mut e = drained(Modes::default());
    assert!(is_blocked(e.write(0, &stream(0, 40000))));
    assert_eq!(e.write(0, &stream(0, K)), O::Refused(WrongRetry::Shorter));
}

#[test]
fn v3_changed_content_is_refused_moving_or_not_and_only_in_the_blocked_record() {
    for modes in [Modes::empty(), Modes::ACCEPT_MOVING_WRITE_BUFFER] {
        let mut e = drained(modes);
        assert!(is_blocked(e.write(0, &stream(0, 20000))));
        let mut data = stream(0, 20000);
        data[0] ^= 1;
        assert_eq!(e.write(0, &data), O::Refused(WrongRetry::Different));
        data[0] ^= 1;
        data[K] ^= 1;
        assert!(is_blocked(e.write(0, &data)));
    }
}

#[test]
fn v4_an_advanced_retry_loses_nothing() {
    let mut e = drained(Modes::ACCEPT_MOVING_WRITE_BUFFER);
    e.room = 2;
    assert!(is_blocked(e.write(0, &stream(0, 100_000))));
    e.room = ALL;
    assert_eq!(e.write(2 * K, &stream(2 * K, 100_000 - 2 * K)), O::Refused(WrongRetry::Shorter));
    assert_eq!(e.write(0, &stream(0, 100_000)), O::Return(100_000));
    e.delivers(100_000);
}

#[test]
fn v5_a_longer_retry_is_accepted_and_is_then_what_was_offered() {
    let mut e = drained(Modes::default());
    assert!(is_blocked(e.write(0, &stream(0, 20000))));
    assert!(is_blocked(e.write(0, &stream(0, 50000))));
    assert_eq!(e.write(0, &stream(0, 20000)), O::Refused(WrongRetry::Shorter));
    e.room = ALL;
    assert_eq!(e.write(0, &stream(0, 50000)), O::Return(50000));
    e.delivers(50000);
}

#[test]
fn v6_no_bytes_is_zero_and_touches_no_pending_write() {
    let mut e = drained(Modes::default());
    assert_eq!((e.write(0, &[]), e.waiting.len()), (O::Return(0), 0));
    assert!(is_blocked(e.write(0, &stream(0, 20000))));
    let before = e.state;
    assert_eq!((e.write(7, &[]), e.state), (O::Return(0), before));
    e.step(E::Close);
    assert_eq!(e.write(0, &[]), O::Closed);
    e.step(E::Fail);
    assert_eq!(e.write(0, &[]), O::Failed);
}

#[test]
fn v7_partial_returns_as_soon_as_the_blocked_record_left() {
    for room in [1, ALL] {
        let mut e = drained(Modes::ENABLE_PARTIAL_WRITE);
        assert!(is_blocked(e.write(0, &stream(0, 60000))));
        e.room = room;
        assert_eq!(e.write(0, &stream(0, 60000)), O::Return(K));
        assert_eq!(e.wire, [K]);
    }
}

#[test]
fn v7_partial_set_while_blocked_counts_from_the_start_of_the_sequence() {
    let mut e = drained(Modes::default());
    e.room = 1;
    assert!(is_blocked(e.write(0, &stream(0, 60000))));
    (e.terms.modes, e.room) = (Modes::ENABLE_PARTIAL_WRITE, 1);
    assert_eq!(e.write(0, &stream(0, 60000)), O::Return(2 * K));
}

#[test]
fn v8_our_own_key_update_is_refused_while_a_write_is_pending() {
    use KeyUpdateRefused as No;
    let mut e = drained(Modes::default());
    let refused = |e: &Engine| e.state.key_update_refused(&e.terms);
    assert_eq!(refused(&e), None);
    e.terms.control = Control::Owed;
    assert_eq!(refused(&e), None, "a reply that is owed becomes the one that is asked for");
    e.terms.control = Control::Queued;
    assert_eq!(refused(&e), Some(No::Queued));
    e.terms.control = Control::None;
    assert!(is_blocked(e.write(0, b"x")));
    assert_eq!(refused(&e), Some(No::Blocked));
    e.step(E::Close);
    assert_eq!(refused(&e), Some(No::Closed));
    for handshake in [Handshake::NoRole, Handshake::InProgress] {
        e.terms.handshake = handshake;
        assert_eq!(refused(&e), Some(No::Handshaking));
    }
    e.step(E::Fail);
    assert_eq!(refused(&e), Some(No::Failed));
}

#[test]
fn v9_close_behind_a_blocked_write_loses_nothing() {
    let mut e = drained(Modes::default());
    assert!(is_blocked(e.write(0, &stream(0, 20000))));
    assert_eq!((e.step(E::Close), e.step(E::Close)), (O::Noted, O::Noted));
    assert_eq!((e.state.close(), e.state.close_notify_due(Control::None)), (Close::Asked, false));
    assert_eq!(e.step(E::CloseNotifySealed), O::OutOfTurn);
    assert_eq!(e.write(0, b"a new one"), O::Refused(WrongRetry::Shorter));
    e.room = 1;
    assert!(is_blocked(e.write(0, &stream(0, 20000))));
    e.room = 1;
    assert_eq!(e.write(0, &stream(0, 20000)), O::Return(20000));
    assert!(e.state.close_notify_due(Control::None));
    assert_eq!(e.write(0, &stream(0, 20000)), O::Closed);
    e.delivers(20000);
}

#[test]
fn v9_close_notify_follows_an_abandoned_write_too() {
    let mut e = drained(Modes::default());
    e.room = 1;
    assert!(is_blocked(e.write(0, &stream(0, 40000))));
    e.step(E::Close);
    assert_eq!(e.step(E::Abandon), O::Abandoned(2 * K));
    assert!(e.state.close_notify_due(Control::None));
    assert_eq!(e.step(E::CloseNotifySealed), O::Noted);
    assert_eq!((e.state.close(), e.step(E::Close), e.state.close()), (Close::Sent, O::Noted, Close::Sent));
}

#[test]
fn v11_v14_close_notify_is_behind_a_queued_key_update_and_before_nothing() {
    let mut e = drained(Modes::default());
    e.step(E::Close);
    e.terms.control = Control::Queued;
    assert!(!e.state.close_notify_due(Control::Queued) && e.state.control_may_leave());
    assert_eq!(e.step(E::CloseNotifySealed), O::OutOfTurn);
    e.terms.control = Control::Owed;
    assert_eq!(e.step(E::CloseNotifySealed), O::Noted);
    assert!(!e.state.control_may_leave());
    assert_eq!(e.state.writing(), Writing::Over);
}

#[test]
fn v13_failed_is_for_ever() {
    let mut e = drained(Modes::default());
    assert!(is_blocked(e.write(0, b"x")));
    assert_eq!(e.step(E::Fail), O::Failed);
    for event in [E::Close, E::Abandon, E::Ready, E::TakenAll, E::CloseNotifySealed] {
        assert_eq!(e.step(event), O::Failed);
    }
    e.terms.handshake = Handshake::NoRole;
    assert_eq!(e.write(0, b"x"), O::Failed);
    assert_eq!(e.state.writing(), Writing::Over);
}

#[test]
fn v17_without_a_finished_handshake_there_is_no_record_whatever_the_engine_says() {
    let state = WriteState::default();
    let shaking = Terms { handshake: Handshake::InProgress, ..terms(Completion::Drained, Modes::default()) };
    let call = E::Call { len: 5, content: Content::Same, address: Address::Same };
    let (state, outcome) = state.step(call, &shaking);
    assert_eq!(outcome, O::Handshake);
    assert!(is_blocked(state.step(E::Ready, &shaking).1));
}

#[test]
fn a_handshake_in_mid_sequence_comes_behind_the_blocked_record() {
    let mut e = drained(Modes::default());
    assert!(is_blocked(e.write(0, &stream(0, 20000))));
    (e.terms.handshake, e.room) = (Handshake::InProgress, ALL);
    assert_eq!(e.write(0, &stream(0, 20000)), O::Blocked { by: BlockedBy::Driver, memory: Memory::Keep });
    assert_eq!(e.wire, [K]);
    assert_eq!(e.write(0, &stream(1, 20000)), O::Refused(WrongRetry::Different));
    e.terms.handshake = Handshake::Done;
    assert_eq!(e.write(0, &stream(0, 20000)), O::Return(20000));
    e.delivers(20000);
}

#[test]
fn moving_set_while_blocked_saves_a_moved_retry() {
    let mut e = drained(Modes::default());
    assert!(is_blocked(e.write(0, &stream(0, 20000))));
    (e.terms.modes, e.room) = (Modes::ACCEPT_MOVING_WRITE_BUFFER, ALL);
    assert_eq!(e.write(90000, &stream(0, 20000)), O::Return(20000));
}

#[test]
fn moving_cleared_while_blocked_makes_the_first_address_right_again() {
    let mut e = drained(Modes::ACCEPT_MOVING_WRITE_BUFFER);
    assert!(is_blocked(e.write(0, &stream(0, 20000))));
    assert!(is_blocked(e.write(90000, &stream(0, 20000))));
    (e.terms.modes, e.room) = (Modes::empty(), ALL);
    assert_eq!(e.write(90000, &stream(0, 20000)), O::Refused(WrongRetry::Moved));
    assert_eq!(e.write(0, &stream(0, 20000)), O::Return(20000));
}

#[test]
fn a_smaller_record_size_acts_from_the_next_record() {
    let mut e = drained(Modes::default());
    assert!(is_blocked(e.write(0, &stream(0, 20000))));
    (e.terms.split, e.room) = (2000, ALL);
    assert_eq!(e.write(0, &stream(0, 20000)), O::Return(20000));
    assert_eq!(e.wire, [K, 2000, 1616]);
}

#[test]
fn a_record_size_of_zero_counts_as_one_so_that_writes_end() {
    let mut e = drained(Modes::default());
    (e.terms.split, e.room) = (0, ALL);
    assert_eq!(e.write(0, &stream(0, 3)), O::Return(3));
    assert_eq!(e.wire, [1, 1, 1]);
}

#[test]
fn sealed_returns_when_all_is_in_the_outgoing_buffer() {
    let mut e = engine(Completion::Sealed, Modes::default());
    e.capacity = 3;
    assert_eq!(e.write(0, &stream(0, 40000)), O::Return(40000));
    assert!(is_blocked(e.write(0, b"y")));
    assert_eq!(e.state.retry_span(), None);
}

#[test]
fn sealed_without_partial_keeps_its_progress_and_knows_its_retry() {
    let mut e = engine(Completion::Sealed, Modes::default());
    e.capacity = 2;
    let second = Memory::Store(Span { start: K, end: 2 * K });
    assert_eq!(e.write(0, &stream(0, 40000)), O::Blocked { by: BlockedBy::Outgoing, memory: second });
    assert_eq!(e.write(0, &stream(0, 39999)), O::Refused(WrongRetry::Shorter));
    assert_eq!(e.write(0, &stream(1, 40000)), O::Refused(WrongRetry::Different));
    assert_eq!(e.write(1, &stream(0, 40000)), O::Refused(WrongRetry::Moved));
    e.room = ALL;
    e.offer();
    assert_eq!(e.write(0, &stream(0, 40000)), O::Return(40000));
    e.offer();
    e.delivers(40000);
}

#[test]
fn sealed_with_partial_returns_what_was_sealed_and_then_nothing_is_pending() {
    let mut e = engine(Completion::Sealed, Modes::ENABLE_PARTIAL_WRITE);
    e.capacity = 2;
    assert_eq!(e.write(0, &stream(0, 40000)), O::Return(2 * K));
    assert_eq!(e.state, WriteState::default());
    assert!(is_blocked(e.write(0, b"anything")));
    assert_eq!(e.state, WriteState::default());
}

#[test]
fn abandon_says_how_much_was_sealed_and_the_next_write_is_free() {
    let mut e = engine(Completion::Sealed, Modes::default());
    e.capacity = 2;
    assert_eq!(e.step(E::Abandon), O::Abandoned(0));
    assert!(is_blocked(e.write(0, &stream(0, 40000))));
    assert_eq!(e.step(E::Abandon), O::Abandoned(2 * K));
    e.capacity = 3;
    assert_eq!(e.write(500, b"other"), O::Return(5));
}

#[test]
fn an_answer_to_no_question_changes_nothing() {
    let mut e = drained(Modes::default());
    for event in
        [E::Ready, E::NotReady, E::Sealed, E::NoRoom, E::TakenAll, E::TakenPart, E::CloseNotifySealed]
    {
        assert_eq!((e.step(event), e.state), (O::OutOfTurn, WriteState::default()));
    }
}
