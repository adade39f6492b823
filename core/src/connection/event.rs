//! What a connection has to say: wants, asks and tells.

use core::fmt;

use super::ask::{ChooseIdentity, Sign};
use super::asked::Asked;
#[cfg(feature = "tls12")]
use super::client_identity::SignDigest;
#[cfg(feature = "cookies")]
use super::cookie::{OpenCookie, SealCookie};
#[cfg(feature = "psk")]
use super::find_psk::FindPsk;
#[cfg(any(feature = "tls12", feature = "psk"))]
use super::keep_session::KeepSession;
#[cfg(feature = "tls12")]
use super::server_session::FindSession;
use super::tell::{AppData, Ticket};
use super::verify_peer::VerifyPeer;
use crate::engine::{Answer, Ask, Negotiated, Peer, Step};
use crate::wire::HANDSHAKE_HEADER;

/// What comes next on a connection.
///
/// Asks and data are offered again until they are dealt with; other tells come once.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The connection can't go on by itself.
    Want(Want),
    /// An ask: is the peer who it should be?
    VerifyPeer(VerifyPeer<'a>),
    /// An ask: which certificates to show? A client is asked if it has any.
    ChooseIdentity(ChooseIdentity<'a>),
    /// An ask: a signature of the handshake.
    Sign(Sign<'a>),
    /// An ask: a signature of a digest, by a client of TLS 1.2.
    #[cfg(feature = "tls12")]
    SignDigest(SignDigest<'a>),
    /// An ask: the session that a client wants to go on with (TLS 1.2).
    #[cfg(feature = "tls12")]
    FindSession(FindSession<'a>),
    /// An ask: a cookie for a client (TLS 1.3).
    #[cfg(feature = "cookies")]
    SealCookie(SealCookie<'a>),
    /// An ask: what is in a client's cookie (TLS 1.3).
    #[cfg(feature = "cookies")]
    OpenCookie(OpenCookie<'a>),
    /// An ask: a pre-shared key that a client offers (TLS 1.3).
    #[cfg(feature = "psk")]
    FindPsk(FindPsk<'a>),
    /// An ask: to keep a new session.
    #[cfg(any(feature = "tls12", feature = "psk"))]
    KeepSession(KeepSession<'a>),
    /// The handshake is done. Our last message may still be among the outgoing bytes.
    Connected(&'a Negotiated),
    /// Application data.
    AppData(AppData<'a>),
    /// Early data of a client, which **can be replayed**: whoever saw it can send it again. It comes before the handshake
    /// is done, if [`FindPsk`] let it in.
    #[cfg(feature = "early-data")]
    EarlyData(AppData<'a>),
    /// The server sent a ticket for later connections.
    Ticket(Ticket<'a>),
    /// The peer has closed its direction with a close_notify; ours is still open.
    PeerClosed,
}

/// What a connection waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
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
    /// That [`next_event`](super::Connection::next_event) is called: an ask stands first, or, in a renegotiation of TLS 1.2,
    /// application data that is to be read.
    Event,
    /// A handshake space, for a renegotiation of TLS 1.2, for certificates that a server asks for after the handshake, or for
    /// another ticket.
    #[cfg(any(feature = "tls12", feature = "post-handshake-auth", feature = "psk"))]
    HandshakeSpace,
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
            #[cfg(feature = "early-data")]
            Step::EarlyData => Self::Event,
            #[cfg(any(feature = "tls12", feature = "post-handshake-auth", feature = "psk"))]
            Step::HandshakeSpace => Self::HandshakeSpace,
            #[cfg(feature = "tls12")]
            Step::Data | Step::PeerClosed => Self::Event,
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
            #[cfg(any(feature = "tls12", feature = "post-handshake-auth", feature = "psk"))]
            Self::HandshakeSpace => "for a handshake space",
            Self::Nothing => "for nothing",
        })
    }
}

/// The event of an ask about this held message. The message was parsed before; one that can't be is not offered, and nor is
/// what the other end is asked.
pub(super) fn offer<'a>(
    (own, ask): (Peer, Ask),
    message: &'a [u8],
    answer: &'a mut Answer,
    asked: Asked<'a>,
) -> Event<'a> {
    // Data may have come behind it.
    #[cfg(feature = "post-handshake-auth")]
    let message = if asked.late_request.is_empty() { message } else { asked.late_request };
    let body = message.get(HANDSHAKE_HEADER..).unwrap_or_default();
    match (own, ask) {
        (_, Ask::VerifyPeer) => VerifyPeer::offer(body, answer, asked),
        (Peer::Server, Ask::ChooseIdentity) => ChooseIdentity::offer(body, answer, asked),
        (Peer::Server, Ask::Sign) => Sign::offer(answer, asked),
        #[cfg(feature = "tls12")]
        (Peer::Server, Ask::FindSession) => FindSession::offer(body, answer, asked),
        #[cfg(feature = "cookies")]
        (Peer::Server, Ask::SealCookie) => SealCookie::offer(answer, asked),
        #[cfg(feature = "cookies")]
        (Peer::Server, Ask::OpenCookie) => OpenCookie::offer(body, answer, asked),
        #[cfg(feature = "cookies")]
        (Peer::Client, Ask::SealCookie | Ask::OpenCookie) => Event::Want(Want::Nothing),
        #[cfg(feature = "psk")]
        (Peer::Server, Ask::FindPsk) => FindPsk::offer(body, answer, asked),
        #[cfg(any(feature = "tls12", feature = "psk"))]
        (Peer::Server, Ask::KeepSession) => KeepSession::offer(answer, asked),
        #[cfg(feature = "_client-certificates")]
        (Peer::Client, Ask::ChooseOwnIdentity) => ChooseIdentity::offer_to_client(body, answer, asked),
        #[cfg(feature = "tls12")]
        (Peer::Client, Ask::SignDigest) => SignDigest::offer(answer, asked),
        #[cfg(feature = "client-auth")]
        (Peer::Client, Ask::Sign) => Sign::offer(answer, asked),
        #[cfg(not(feature = "client-auth"))]
        (Peer::Client, Ask::Sign) => Event::Want(Want::Nothing),
        (Peer::Client, Ask::ChooseIdentity) => Event::Want(Want::Nothing),
        #[cfg(feature = "tls12")]
        (Peer::Client, Ask::FindSession) => Event::Want(Want::Nothing),
        #[cfg(feature = "psk")]
        (Peer::Client, Ask::FindPsk) => Event::Want(Want::Nothing),
        #[cfg(any(feature = "tls12", feature = "psk"))]
        (Peer::Client, Ask::KeepSession) => Event::Want(Want::Nothing),
        #[cfg(feature = "_client-certificates")]
        (Peer::Server, Ask::ChooseOwnIdentity) => Event::Want(Want::Nothing),
        #[cfg(feature = "tls12")]
        (Peer::Server, Ask::SignDigest) => Event::Want(Want::Nothing),
    }
}
