//! The release machine: `SSL_MODE_RELEASE_BUFFERS` of SSL_CTX_set_mode(3), one per buffer.
//!
//! With the mode on, a buffer is present only while it holds bytes, on either side and after any history. OpenSSL 3.0
//! keeps the outgoing one after a partial success, an alert or a handshake record; 1.0.1 does not wipe what it
//! releases (V20). The mode never changes what a call returns.

use super::Modes;

/// Whether a connection has its incoming, or its outgoing, buffer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum BufferState {
    /// It has.
    #[default]
    Attached,
    /// It has none.
    Released,
}

/// What a buffer holds.
///
/// Incoming: raw bytes (a part of a record, records read ahead), joined handshake bytes, the unread rest of a record.
/// Outgoing: whatever was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Contents {
    /// Nothing.
    Nothing,
    /// Bytes that are needed.
    Bytes,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BufferEvent {
    /// A call ended, bytes were taken or delivered: the buffer holds this.
    Rests(Contents),
    /// Bytes are about to be put into the buffer.
    Needed,
    /// A buffer was given, answering `Acquire` or not.
    Given,
    /// The application takes the buffer, whatever the modes are.
    Detach(Contents),
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BufferOutcome {
    /// Nothing.
    Keep,
    /// Wipe the buffer over its used extent and give it back (V20).
    WipeAndRelease,
    /// Get a buffer, then say `Given`; until then what needs it is blocked.
    Acquire,
    /// The buffer holds bytes that are needed, or is not there.
    Refused,
}

impl Contents {
    /// What so many bytes are.
    #[must_use]
    pub const fn of(bytes: usize) -> Self {
        match bytes {
            0 => Self::Nothing,
            _ => Self::Bytes,
        }
    }
}

impl BufferState {
    /// Takes one step.
    #[must_use]
    pub fn step(self, event: BufferEvent, modes: Modes) -> (Self, BufferOutcome) {
        use BufferEvent as E;
        let releases = modes.contains(Modes::RELEASE_BUFFERS);
        match (self, event) {
            (Self::Attached, E::Rests(Contents::Nothing)) if releases => Self::release(),
            (Self::Attached, E::Detach(Contents::Nothing)) => Self::release(),
            (_, E::Detach(_)) => (self, BufferOutcome::Refused),
            (Self::Released, E::Needed) => (self, BufferOutcome::Acquire),
            (_, E::Given) => (Self::Attached, BufferOutcome::Keep),
            (_, E::Rests(_)) | (Self::Attached, E::Needed) => (self, BufferOutcome::Keep),
        }
    }

    const fn release() -> (Self, BufferOutcome) {
        (Self::Released, BufferOutcome::WipeAndRelease)
    }
}

#[cfg(test)]
mod tests {
    use super::{BufferEvent as E, BufferOutcome as O, BufferState as S, Contents as C};
    use crate::modes::Modes;

    const ON: Modes = Modes::RELEASE_BUFFERS;
    const OFF: Modes = Modes::AUTO_RETRY;

    #[test]
    fn the_table() {
        for (state, event, modes, next, outcome) in [
            (S::Attached, E::Rests(C::Nothing), ON, S::Released, O::WipeAndRelease),
            (S::Attached, E::Rests(C::Nothing), OFF, S::Attached, O::Keep),
            (S::Attached, E::Rests(C::Bytes), ON, S::Attached, O::Keep),
            (S::Released, E::Rests(C::Nothing), ON, S::Released, O::Keep),
            (S::Released, E::Needed, ON, S::Released, O::Acquire),
            (S::Attached, E::Needed, ON, S::Attached, O::Keep),
            (S::Released, E::Given, OFF, S::Attached, O::Keep),
            (S::Attached, E::Given, ON, S::Attached, O::Keep),
            (S::Attached, E::Detach(C::Nothing), OFF, S::Released, O::WipeAndRelease),
            (S::Attached, E::Detach(C::Bytes), ON, S::Attached, O::Refused),
            (S::Released, E::Detach(C::Nothing), ON, S::Released, O::Refused),
        ] {
            assert_eq!(state.step(event, modes), (next, outcome), "{state:?} {event:?} {modes:?}");
        }
    }

    #[test]
    fn i15_with_the_mode_a_buffer_is_present_only_while_it_holds_bytes() {
        for state in [S::Attached, S::Released] {
            for bytes in 0..3 {
                let (next, _) = state.step(E::Rests(C::of(bytes)), ON);
                assert!(bytes > 0 || next == S::Released);
                assert!(bytes == 0 || next == state);
            }
        }
    }

    #[test]
    fn a_cleared_mode_releases_nothing_and_a_released_buffer_comes_back_when_needed() {
        let (state, outcome) = S::Released.step(E::Needed, OFF);
        assert_eq!((state, outcome), (S::Released, O::Acquire));
        assert_eq!(state.step(E::Given, OFF).0.step(E::Rests(C::Nothing), OFF).0, S::Attached);
    }
}
