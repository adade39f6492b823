//! Certificates of clients.

/// Whether a server asks for a client's certificates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PeerCertificate {
    /// It does not.
    #[default]
    None,
    /// It does, and takes clients without.
    Requested,
    /// It does, and no client without one is let in.
    Required,
}

/// Whether a client offers to authenticate itself after the handshake (RFC 8446, section 4.6.2).
#[cfg(feature = "post-handshake-auth")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PostHandshakeAuth {
    /// It does not: a server that asks breaks the protocol.
    #[default]
    Off,
    /// It does: asks may come at any time of a connection of TLS 1.3, and need a handshake space.
    Offered,
}
