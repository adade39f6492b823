//! The mode set, and what the tests of the machines share.

mod driver;
mod environment;
mod invariants;
mod walk;
mod world;

use super::{Completion, Control, Handshake, Modes, ReadAhead, Span, Terms, UnexpectedEnd, Writing};

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
    Terms {
        modes,
        completion,
        split: 16384,
        handshake: Handshake::Done,
        control: Control::None,
        writing: Writing::Idle,
        read_ahead: ReadAhead::Empty,
        unexpected_end: UnexpectedEnd::Fatal,
    }
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
