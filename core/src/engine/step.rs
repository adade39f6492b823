//! What a handshake asks, and why it stops.

use crate::error::Error;

/// What the application is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Whether the server is who it should be.
    VerifyPeer,
    /// Which certificates to show.
    ChooseIdentity,
    /// A signature.
    Sign,
    /// A session that was kept.
    #[cfg(feature = "tls12")]
    FindSession,
    /// A cookie for a client.
    #[cfg(feature = "cookies")]
    SealCookie,
    /// What is in a client's cookie.
    #[cfg(feature = "cookies")]
    OpenCookie,
    /// A pre-shared key.
    #[cfg(feature = "psk")]
    FindPsk,
    /// To keep a session.
    #[cfg(any(feature = "tls12", feature = "psk"))]
    KeepSession,
    /// Which certificates to show, if any, to a server that asks.
    #[cfg(feature = "_client-certificates")]
    ChooseOwnIdentity,
    /// A signature of a digest.
    #[cfg(feature = "tls12")]
    SignDigest,
}

/// How far the present ask is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Answer {
    /// To be offered to the application.
    #[default]
    Waiting,
    /// The application answers later.
    Deferred,
    /// Yes; what goes with it is in the handshake space.
    Accepted,
    Refused(Error),
}

/// Why the engine stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// It needs bytes from the peer.
    Incoming,
    /// It needs room in the outgoing buffer.
    Outgoing,
    IncomingBuffer,
    OutgoingBuffer,
    /// It needs the answer to a deferred ask.
    Answer,
    Ask(Ask),
    /// The handshake is done.
    Connected,
    /// Early data is there.
    #[cfg(feature = "early-data")]
    EarlyData,
    /// Application data of before stands before the rest of a renegotiation.
    #[cfg(feature = "tls12")]
    Data,
    /// The peer's direction has ended in the middle of a renegotiation.
    #[cfg(feature = "tls12")]
    PeerClosed,
    /// It needs a handshake space.
    #[cfg(any(feature = "tls12", feature = "post-handshake-auth", feature = "psk"))]
    HandshakeSpace,
}
