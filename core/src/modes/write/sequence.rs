//! A write that goes on over several calls, and by what its retry is known.

use super::super::{Modes, Span};
use super::{Address, Content, WrongRetry};

/// A write of which at least one record was built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Sequence {
    /// Bytes in the records before the last one (OpenSSL: `wnum`).
    pub(super) before: usize,
    /// Bytes in the last record built (OpenSSL: `wpend_tot` while it is blocked).
    pub(super) last: usize,
    /// Length of the call last accepted.
    pub(super) offered: usize,
    /// Where the last record is.
    pub(super) place: Place,
    /// Whether the engine remembers the last record's bytes and address.
    pub(super) memory: Remembered,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Place {
    Waits,
    Left,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Remembered {
    No,
    Yes,
}

impl Sequence {
    /// The last record, as a range of the caller's buffer.
    pub(super) fn last_span(self) -> Span {
        Span { start: self.before, end: self.before.saturating_add(self.last) }
    }

    /// The retry rule. Length first: a shorter retry has no such bytes to look at.
    pub(super) fn wrong(self, len: usize, retry: (Content, Address), modes: Modes) -> Option<WrongRetry> {
        let moving = modes.contains(Modes::ACCEPT_MOVING_WRITE_BUFFER);
        match retry {
            _ if len < self.offered => Some(WrongRetry::Shorter), // V2, V4; longer is V5
            (_, Address::Moved) if !moving => Some(WrongRetry::Moved),
            (Content::Different, _) => Some(WrongRetry::Different), // V3
            (Content::Same, Address::Same | Address::Moved) => None,
        }
    }
}
