//! The facts under which a step is taken.

use super::Modes;

/// Most plaintext bytes in a record of TLS (RFC 8446, section 5.1).
const WHOLE_RECORD: usize = 1 << 14;

/// When a write is complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Completion {
    /// When its records have left the outgoing buffer: OpenSSL over a socket. At most one record waits.
    Drained,
    /// When its records are in the outgoing buffer.
    Sealed,
}

/// How far the handshake is. It may be [`InProgress`](Handshake::InProgress) again in mid-connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Handshake {
    /// Neither client nor server: `handshake_func` is not set.
    NoRole,
    /// Not begun or not finished: the next read or write drives it. Drained, its last messages must have left.
    InProgress,
    /// Finished: there are keys for application data.
    Done,
}

/// Records of our own that are neither data nor alert and wait for their moment: KeyUpdates, tickets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Control {
    /// None.
    None,
    /// A reply to the peer's KeyUpdate, or a ticket. It leaves before the next new write, or before the next handshake
    /// message is processed.
    Owed,
    /// One that was asked for by the application, or begun and not gone yet. It leaves in the next call of any kind.
    Queued,
}

impl Control {
    /// Of both: what is more urgent.
    #[cfg(feature = "psk")]
    pub(crate) const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Queued, _) | (_, Self::Queued) => Self::Queued,
            (Self::Owed, _) | (_, Self::Owed) => Self::Owed,
            (Self::None, Self::None) => Self::None,
        }
    }
}

/// What the write machine is about, as [`WriteState::writing`](super::write::WriteState::writing) tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Writing {
    /// Between two sequences: control records may leave.
    Idle,
    /// A sequence is in progress: control records queue behind it (V8).
    InSequence,
    /// Own close_notify is out, or the connection failed: nothing leaves any more (V14).
    Over,
}

/// Whether raw bytes beyond the current record were read already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReadAhead {
    /// No.
    Empty,
    /// Yes: with them `AUTO_RETRY` off has no effect, as in OpenSSL with read-ahead.
    Holds,
}

/// What the end of the transport without a close_notify means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnexpectedEnd {
    /// An error: what was read may be cut short.
    Fatal,
    /// The same as a close_notify (`SSL_OP_IGNORE_UNEXPECTED_EOF`).
    Ignore,
}

/// The facts under which a step is taken. They may change between any two steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Terms {
    /// The modes in force now.
    pub modes: Modes,
    /// When a write is complete; the same for the whole connection.
    pub completion: Completion,
    /// Most plaintext bytes in one record (`SSL_set_split_send_fragment`); 0 counts as 1.
    pub split: usize,
    /// How far the handshake is.
    pub handshake: Handshake,
    /// Whether control records wait.
    pub control: Control,
    /// What the write machine is about. The write machine itself does not look at it.
    pub writing: Writing,
    /// Whether raw bytes beyond the current record were read already.
    pub read_ahead: ReadAhead,
    /// What the end of the transport without a close_notify means.
    pub unexpected_end: UnexpectedEnd,
}

impl Terms {
    /// The terms of a connection after its handshake: whole records, nothing waits, nothing is read ahead, and the end
    /// of the transport without a close_notify is an error.
    #[must_use]
    pub const fn connected(completion: Completion, modes: Modes) -> Self {
        Self {
            modes,
            completion,
            split: WHOLE_RECORD,
            handshake: Handshake::Done,
            control: Control::None,
            writing: Writing::Idle,
            read_ahead: ReadAhead::Empty,
            unexpected_end: UnexpectedEnd::Fatal,
        }
    }

    /// Rule A: what a call that waits for incoming bytes does after a handshake message. It goes on, unless
    /// `AUTO_RETRY` is off and no raw bytes are there already (V18).
    pub(super) const fn after_message(&self) -> AfterMessage {
        match (self.modes.contains(Modes::AUTO_RETRY), self.read_ahead) {
            (false, ReadAhead::Empty) => AfterMessage::Return,
            (true, _) | (false, ReadAhead::Holds) => AfterMessage::GoOn,
        }
    }
}

/// What rule A says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AfterMessage {
    GoOn,
    Return,
}

/// Bytes `start..end` of the caller's buffer: a range that is `Copy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset behind the last byte.
    pub end: usize,
}

impl Span {
    /// As a range, to slice with.
    #[must_use]
    pub const fn range(self) -> core::ops::Range<usize> {
        self.start..self.end
    }

    /// Number of bytes.
    #[must_use]
    pub const fn len(self) -> usize {
        self.end.saturating_sub(self.start)
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.len() == 0
    }
}
