//! What the write machine is told, and what it answers.

use super::super::Span;

/// How far the close of our direction is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Close {
    /// Nobody asked for it.
    #[default]
    Open,
    /// Asked for: a pending write may still end, no new one begins (V9).
    Asked,
    /// close_notify is built; nothing of ours follows it (V14).
    Sent,
}

/// Whether the bytes of [`retry_span`](super::WriteState::retry_span) are those that were remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Content {
    /// The same, or nothing was remembered.
    Same,
    /// Others.
    Different,
}

/// Whether the bytes of [`retry_span`](super::WriteState::retry_span) lie where they were remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Address {
    /// There, or nothing was remembered.
    Same,
    /// Elsewhere.
    Moved,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WriteEvent {
    /// The application writes `len` bytes. `content` and `address` are looked at only in a retry.
    Call {
        /// Length of the caller's buffer.
        len: usize,
        /// Whether the bytes of the retry span are the same.
        content: Content,
        /// Whether they lie at the same address.
        address: Address,
    },
    /// Answers `Handshake` (it is finished) and `SendControl` (drained: it left; sealed: it is built).
    Ready,
    /// Answers `Handshake` and `SendControl`: not yet; in a renegotiation also that data was met, which is to be read first.
    NotReady,
    /// Answers `Seal`: the record is in the outgoing buffer.
    Sealed,
    /// Answers `Seal`: not built, because there is no room or (drained) other bytes stand before it.
    NoRoom,
    /// Answers `Offer`: everything of the record has left the outgoing buffer, and a warning alert that stands behind it.
    TakenAll,
    /// Answers `Offer`: some of it is still there.
    TakenPart,
    /// The application closes its direction. Asked twice it is the same.
    Close,
    /// The close_notify that was [due](super::WriteState::close_notify_due) is built.
    CloseNotifySealed,
    /// The application gives up what was not sealed of its pending write.
    Abandon,
    /// The connection failed, for whatever reason. Allowed at any time.
    Fail,
}

/// What to do, or what the call returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WriteOutcome {
    /// Drive the handshake, then say `Ready` or `NotReady`.
    Handshake,
    /// Send the control records that wait, then say `Ready` or `NotReady`.
    SendControl,
    /// Let the outgoing bytes leave as far as they can, then say `TakenAll` or `TakenPart`.
    Offer,
    /// Build one record of these bytes of the caller's buffer, then say `Sealed` or `NoRoom`.
    Seal(Span),
    /// Returns: so many bytes, counted from the start of the sequence, are complete.
    Return(usize),
    /// Returns: blocked.
    Blocked {
        /// By what.
        by: BlockedBy,
        /// What to remember for the retry.
        memory: Memory,
    },
    /// Returns: this is no retry of the pending write. Nothing changed (V1).
    Refused(WrongRetry),
    /// Returns: neither client nor server.
    NoRole,
    /// Returns: this direction is closed, or closing and this is not the pending write.
    Closed,
    /// Returns: the stored error (V13).
    Failed,
    /// `Abandon` is done: so many bytes of the pending write were sealed and leave all the same.
    Abandoned(usize),
    /// `Close` or `CloseNotifySealed` is noted.
    Noted,
    /// The event answers no question that was asked; nothing changed.
    OutOfTurn,
}

/// What a blocked write waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BlockedBy {
    /// The outgoing buffer must be drained.
    Outgoing,
    /// What the handshake, or the control record before the data, waits for.
    Driver,
}

/// What the engine remembers for the retry when a call returns blocked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Memory {
    /// What it has: a moved retry does not make its address the right one.
    Keep,
    /// The digest of these bytes of this call's buffer, and their address.
    Store(Span),
}

/// In what a retry differs from the pending write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WrongRetry {
    /// It is shorter than what was offered last (V2, V4).
    Shorter,
    /// It lies elsewhere, and `ACCEPT_MOVING_WRITE_BUFFER` is off.
    Moved,
    /// Its bytes differ from those in the last record (V3).
    Different,
}

/// Why another ticket is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TicketRefused {
    /// The handshake is not done.
    Handshaking,
    /// A KeyUpdate of ours, or the last ticket that was asked for, stands before it and has not left.
    Queued,
    /// This direction is closed or closing.
    Closed,
    /// The connection failed.
    Failed,
}

/// Why our own KeyUpdate is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyUpdateRefused {
    /// There are no keys to update yet.
    Handshaking,
    /// A write is pending; all its records leave under one key.
    Blocked,
    /// One stands before it that has not left.
    Queued,
    /// This direction is closed or closing.
    Closed,
    /// The connection failed.
    Failed,
}
