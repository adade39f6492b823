//! When a handshake in mid-connection may begin, and when its messages may leave (TLS 1.2).

use super::super::release::Contents;
use super::super::shutdown::Peer;
use super::super::{Completion, Control, Handshake, ReadAhead, Terms, Writing};
use super::{Close, Step, WriteState};

/// Why a renegotiation of our own is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RenegotiationRefused {
    /// There is no role, or a handshake is in progress.
    Handshaking,
    /// This direction is closed or closing, or the peer's is closed: the hellos can't be exchanged any more.
    Closed,
    /// The connection failed.
    Failed,
}

impl WriteState {
    /// Whether messages of a renegotiation may be built now: not behind a record of a pending write that waits in the
    /// outgoing buffer (V8), not after close_notify. In sealed completion they follow whatever is in it.
    #[must_use]
    pub fn handshake_may_leave(&self, completion: Completion, outgoing: Contents) -> bool {
        match (self.writing(), completion) {
            (Writing::Over, _) => false,
            (Writing::Idle, _) | (Writing::InSequence, Completion::Sealed) => true,
            (Writing::InSequence, Completion::Drained) => outgoing == Contents::Nothing,
        }
    }

    /// Whether, and why, a renegotiation of our own is refused now (`SSL_renegotiate`). One that is not refused is noted,
    /// and begins when it [may](Self::renegotiation_may_begin).
    #[must_use]
    pub const fn renegotiation_refused(&self, terms: &Terms, peer: Peer) -> Option<RenegotiationRefused> {
        match (self.step, terms.handshake, self.close, peer) {
            (Step::Failed, ..) => Some(RenegotiationRefused::Failed),
            (_, Handshake::NoRole | Handshake::InProgress, ..) => Some(RenegotiationRefused::Handshaking), // V24
            (_, Handshake::Done, Close::Asked | Close::Sent, _) | (_, Handshake::Done, _, Peer::Closed) => {
                Some(RenegotiationRefused::Closed) // V25
            }
            (_, Handshake::Done, Close::Open, Peer::Open) => None,
        }
    }

    /// Whether a renegotiation that was noted, because we asked for it or a HelloRequest did, begins with this call, a
    /// server's with its HelloRequest: not while a write is pending, or an earlier HelloRequest. Nor, in drained
    /// completion, where raw bytes were read ahead, as in OpenSSL; a native adapter reads so much ahead that this could be
    /// for ever.
    #[must_use]
    pub fn renegotiation_may_begin(&self, terms: &Terms, peer: Peer) -> bool {
        self.renegotiation_refused(terms, peer).is_none()
            && (self.writing(), terms.control) == (Writing::Idle, Control::None)
            && (terms.completion, terms.read_ahead) != (Completion::Drained, ReadAhead::Holds)
    }
}
