//! The mode set, what the tests of the machines share, and the walk through all of them together.
//!
//! `invariants` says what holds, `world` what there is, `driver` does within a call what the engine does, `environment`
//! answers in every way, `walk` goes everywhere. The tests of each machine walk that machine alone, by every event, in
//! turn or not.
//!
//! # What was seen to be caught
//!
//! Single changes of the machines, and the invariant by which the walk stops at each; unit tests catch them as well.
//!
//! | in | change | caught by |
//! |---|---|---|
//! | `Sequence::wrong` | `len < self.offered` to `len < self.before` | I1 |
//! | `Sequence::wrong` | `len < self.offered` to `len <= self.offered` | I17, I6 |
//! | `Sequence::wrong` | no arm for `Content::Different` | I1 |
//! | `WriteState::step` | `TakenPart` as `TakenAll` | I2 |
//! | `WriteState::on_taken` | result `len` for `state.total()` | I2 |
//! | `WriteState::on_taken` | no result with PARTIAL | I7 (V7) |
//! | `WriteState::on_taken` | PARTIAL negated | I7 |
//! | `WriteState::next_record` | a record one longer than `terms.split` | I3 |
//! | `WriteState::next_record` | no look at `terms.handshake` | I10 |
//! | `WriteState::on_sealed` | `before: 0`, or `last: len` | I4 |
//! | `WriteState::blocked` | no sequence is kept | I4 |
//! | `WriteState::blocked` | the step stays, or each record is remembered again | I17 |
//! | `WriteState::on_call` | closing, `len == 0` to `len < 5` | I6 |
//! | `WriteState::on_call` | closed is not looked at | I11 |
//! | `WriteState::writing` | closed is not `Over` | I11 |
//! | `WriteState::writing` | a sequence is `Idle` | I5 drained, I16 sealed |
//! | `WriteState::on_retry` | the next record is asked for while the last one waits | I5 |
//! | `WriteState::close_notify_due` | no look at `control` | I16 |
//! | `WriteState::failed` | the step is `Rest` | I9 |
//! | `read::may_send` | `== Writing::Idle` to `!= Writing::Over` | I5 |
//! | `ReadState::step` | `WantDriver` to `WantIncoming` | I8 |
//! | `ReadState::step` | `NothingThere` returns `Failed` | I9 |
//! | `ShutdownState::step` | `NothingThere` returns `Failed` | I9 |
//! | `ReadState::on_data` | an empty record is delivered | I7 |
//! | `ReadState::on_message` | what is owed does not leave first | I16 |
//! | `Terms::after_message` | `AUTO_RETRY` negated | I8 |
//! | `ReadState::on_end` | `Truncated` to `Closed` | I12 |
//! | `ReadState::step` | what is ignored is processed | I16 |
//! | `ShutdownState::on_close_notify` | `WantOutgoing` to `WantIncoming` | I8 |
//! | `ShutdownState::on_close_notify` | `Sent` to `Both` | I12 |
//! | `BufferState::step` | never released, released with bytes, or not acquired | I15 |
//! | `ReadState::on_processed` | a renegotiation is not driven | I18 |
//! | `ReadState::on_renegotiation` | behind an empty record the next is fetched | I18 |
//! | `ReadState::on_renegotiation` | `WantDriver` to `WantIncoming` | I8 |
//! | `ReadState::on_renegotiation` | a close_notify is not kept, or an end is one | I12 |
//! | `WriteState::handshake_may_leave` | no look at what is outgoing | I5 |
//! | `WriteState::renegotiation_may_begin` | no look at the pending write, the control record, or what was read ahead | I18 |
//! | `WriteState::renegotiation_refused` | no look at our close, or at the peer's | I18 |
//! | `WriteState::renegotiation_refused` | not failed | I9 |
//! | `WriteState::on_retry` | the handshake before the record that waits | I2 |
//! | `ShutdownState::on_call` | no look at the handshake | I8 |
//! | `Modes::clear` | `&` to `\|`, or no `!` | I14 |
//!
//! I13 can't be broken in a machine, since none sees another; a driver whose reads give the pending write up breaks it.
//! cargo-mutants finds no change of the folder that no test catches.

mod driver;
mod environment;
mod invariants;
mod walk;
mod world;

use super::{Completion, Modes, Span, Terms};

pub(super) const NAMED: [Modes; 4] = [
    Modes::ENABLE_PARTIAL_WRITE,
    Modes::ACCEPT_MOVING_WRITE_BUFFER,
    Modes::AUTO_RETRY,
    Modes::RELEASE_BUFFERS,
];

/// All sets of the named modes.
pub(super) fn all_modes() -> impl Iterator<Item = Modes> {
    (0..16_usize).map(|set| {
        let chosen = NAMED.iter().enumerate().filter(move |(i, _)| set >> i & 1 == 1);
        chosen.fold(Modes::empty(), |modes, (_, mode)| modes.set(*mode))
    })
}

pub(super) fn terms(completion: Completion, modes: Modes) -> Terms {
    Terms::connected(completion, modes)
}

/// The same terms with the modes that the machine looks at alone.
pub(super) fn with_own_modes(terms: &Terms, own: Modes) -> Terms {
    let modes = NAMED.into_iter().filter(|mode| own.contains(*mode) && terms.modes.contains(*mode));
    Terms { modes: modes.fold(Modes::empty(), Modes::set), ..*terms }
}

#[test]
fn i14_set_and_clear_are_the_bit_functions_and_return_the_new_mask() {
    for a in all_modes() {
        for b in all_modes() {
            assert_eq!(a.set(b).bits(), a.bits() | b.bits());
            assert_eq!(a | b, a.set(b));
            assert_eq!(a.clear(b).bits(), a.bits() & !b.bits());
            assert!(a.set(b).contains(b));
            assert_eq!(a.contains(b), a.bits() & b.bits() == b.bits());
        }
        assert_eq!(a.set(Modes::empty()), a);
    }
    assert_eq!(all_modes().count(), 16);
}

#[test]
fn the_default_is_auto_retry_alone_and_the_numbers_are_the_manual_pages() {
    assert_eq!(Modes::default(), Modes::AUTO_RETRY);
    assert_eq!(NAMED.map(Modes::bits), [0x01, 0x02, 0x04, 0x10]);
}

#[test]
fn a_span_is_a_range() {
    let span = Span { start: 2, end: 5 };
    assert_eq!((span.range(), span.len(), span.is_empty()), (2..5, 3, false));
    assert!(Span { start: 5, end: 5 }.is_empty());
}

#[test]
fn v21_unknown_bits_are_kept() {
    assert_eq!(Modes::default().set(Modes::from_bits(0x8000_0148)).bits(), 0x8000_014c);
}
