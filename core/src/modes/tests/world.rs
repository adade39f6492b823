//! One end of a connection: the machines, and what stands around them, as small as it can be told.
//!
//! Sizes are units: records have 1 to 3, writes 0 to 5. All offsets count from the last result, so that there are
//! finitely many worlds. Modes are no part of it: each call is made under each of the 16 sets, so that they change
//! between any two calls.

use crate::modes::read::ReadState;
use crate::modes::release::{BufferState, Contents};
use crate::modes::shutdown::{CloseNotify, ShutdownState};
use crate::modes::write::{Close, WriteState};
use crate::modes::{Completion, Handshake};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct World {
    pub(super) write: WriteState,
    pub(super) read: ReadState,
    pub(super) shutdown: ShutdownState,
    pub(super) incoming: BufferState,
    pub(super) outgoing: BufferState,
    pub(super) handshake: Handshake,
    pub(super) control: Own,
    pub(super) renegotiation: Renegotiation,
    pub(super) out: Out,
    pub(super) inbound: Inbound,
    pub(super) account: Account,
    pub(super) failed: Option<Cause>,
}

/// Our control record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Own {
    None,
    Owed,
    Queued,
    /// In the outgoing buffer. In sealed completion that is as good as gone.
    Built,
}

/// A handshake in mid-connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(not(feature = "tls12"), expect(dead_code, reason = "TLS 1.3 has none"))]
pub(super) enum Renegotiation {
    None,
    /// We or a HelloRequest asked for it; it begins in a later call.
    Noted,
    /// It has begun: a client's hello is to be built.
    Begun,
    /// Our last flight is built, and it is over once that left.
    Last,
    /// The hellos are not exchanged: a client's is built, or a server has the client's. Data may come.
    Unanswered,
    /// They are. Data may still come: the peer's keys have not changed.
    Answered,
}

impl Renegotiation {
    /// Whether it is in progress.
    pub(super) fn is_begun(self) -> bool {
        !matches!(self, Self::None | Self::Noted)
    }
}

/// Which of the protocols, and in it which end where that matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    Tls13,
    #[cfg(feature = "tls12")]
    Tls12Client,
    #[cfg(feature = "tls12")]
    Tls12Server,
}

/// What waits in the outgoing buffer. In drained completion it leaves in the order of the fields; in sealed completion
/// only matters whether something waits, and it is said in `data`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Out {
    /// Units of data.
    pub(super) data: u8,
    /// Our warning that a renegotiation is refused: it is built wherever it is due.
    pub(super) warning: bool,
    /// A KeyUpdate or HelloRequest, or messages of a renegotiation.
    pub(super) control: bool,
    pub(super) close_notify: bool,
}

/// What came in and was not dealt with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Inbound {
    /// Units of the current record that were not read.
    pub(super) unread: u8,
    /// The message that was met and is not processed yet.
    pub(super) met: Option<Message>,
    /// Whether a part of a record is there.
    pub(super) part: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Message {
    KeyUpdate,
    KeyUpdateRequested,
    Other,
    /// A HelloRequest at a client, a ClientHello at a server.
    Renegotiates,
}

/// What the world itself knows of the writes, kept apart from the machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Account {
    /// Units in records that no result has reported.
    pub(super) sealed: u8,
    /// Length of the call last accepted in the sequence.
    pub(super) offered: u8,
    /// First unit of the record that the engine remembers, and where it lay.
    pub(super) remembered: Option<(u8, Buffer)>,
    /// Whether our close_notify was built.
    pub(super) close_notify: bool,
    /// Whether the peer's close_notify, or an end that counts as one, was met.
    pub(super) clean: bool,
}

/// One of two buffers of the application with the same bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Buffer {
    Home,
    Elsewhere,
}

/// The error of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Cause {
    Alert,
    Transport,
    Truncated,
}

impl World {
    pub(super) fn new() -> Self {
        Self {
            write: WriteState::default(),
            read: ReadState::default(),
            shutdown: ShutdownState::default(),
            incoming: BufferState::Attached,
            outgoing: BufferState::Attached,
            handshake: Handshake::NoRole,
            control: Own::None,
            renegotiation: Renegotiation::None,
            out: Out::default(),
            inbound: Inbound::default(),
            account: Account::default(),
            failed: None,
        }
    }

    /// Units of the sequence that left.
    pub(super) fn left(&self) -> u8 {
        if self.account.sealed == 0 { 0 } else { self.account.sealed - self.out.data }
    }

    /// Where our close_notify is.
    pub(super) fn close_notify(&self, completion: Completion) -> CloseNotify {
        match self.write.close() {
            Close::Open => CloseNotify::NotAsked,
            Close::Asked => CloseNotify::Held,
            Close::Sent if completion == Completion::Drained && self.out.close_notify => CloseNotify::Waits,
            Close::Sent => CloseNotify::Left,
        }
    }

    pub(super) fn in_contents(&self) -> Contents {
        let Inbound { unread, met, part } = self.inbound;
        if unread > 0 || met.is_some() || part { Contents::Bytes } else { Contents::Nothing }
    }

    pub(super) fn out_contents(&self) -> Contents {
        if self.out == Out::default() { Contents::Nothing } else { Contents::Bytes }
    }
}
