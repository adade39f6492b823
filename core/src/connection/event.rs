//! What a connection has to say: wants, asks and tells.

use core::fmt;

use super::ask::{ChooseIdentity, Sign, VerifyPeer};
use super::tell::{AppData, Ticket};
use crate::engine::{Negotiated, Step};

/// What comes next on a connection.
///
/// Asks and data are offered again until they are dealt with; other tells come once.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The connection can't go on by itself.
    Want(Want),
    /// An ask: is the server who it should be?
    VerifyPeer(VerifyPeer<'a>),
    /// An ask: which certificates to show?
    ChooseIdentity(ChooseIdentity<'a>),
    /// An ask: a signature of the handshake.
    Sign(Sign<'a>),
    /// The handshake is done. Our last message may still be among the outgoing bytes.
    Connected(&'a Negotiated),
    /// Application data.
    AppData(AppData<'a>),
    /// The server sent a ticket for later connections.
    Ticket(Ticket<'a>),
    /// The peer has closed its direction with a close_notify; ours is still open.
    PeerClosed,
}

/// What a connection waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// Bytes from the peer.
    Incoming,
    /// That the outgoing bytes leave.
    Outgoing,
    /// The answer to an ask that was deferred.
    Answer,
    /// An incoming buffer.
    IncomingBuffer,
    /// An outgoing buffer.
    OutgoingBuffer,
    /// That [`next_event`](super::Connection::next_event) is called: an ask stands first.
    Event,
    /// Nothing: the peer has closed its direction, and only our own calls bring anything new.
    Nothing,
}

impl Want {
    pub(super) const fn of(step: Step) -> Self {
        match step {
            Step::Incoming => Self::Incoming,
            Step::Outgoing => Self::Outgoing,
            Step::IncomingBuffer => Self::IncomingBuffer,
            Step::OutgoingBuffer => Self::OutgoingBuffer,
            Step::Answer => Self::Answer,
            Step::Ask(_) | Step::Connected => Self::Event,
        }
    }
}

impl fmt::Display for Want {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Incoming => "for bytes from the peer",
            Self::Outgoing => "for the outgoing bytes to leave",
            Self::Answer => "for an answer of the application",
            Self::IncomingBuffer => "for an incoming buffer",
            Self::OutgoingBuffer => "for an outgoing buffer",
            Self::Event => "for the next event to be dealt with",
            Self::Nothing => "for nothing",
        })
    }
}
