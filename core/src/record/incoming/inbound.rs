//! What comes in, and what may.

use crate::wire::enums::{AlertDescription, HandshakeType};

/// What the next record or handshake message is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Inbound {
    /// Not all there yet.
    Partial,
    /// A whole handshake message, held until it is released.
    Message(HandshakeType),
    /// Application data, held until all of it is taken.
    Data,
    Alert(AlertDescription),
    /// An alert that TLS 1.2 calls a warning.
    #[cfg(feature = "tls12")]
    Warning(AlertDescription),
    ChangeCipherSpec,
}

/// What the record layer needs to know of the state of the connection.
#[derive(Clone, Copy)]
pub(crate) struct Expectations<'a> {
    /// Bytes of content and content type that a protected record may have.
    pub(crate) size_limit: usize,
    /// Bytes that a handshake message may have, its header included.
    pub(crate) message_limit: usize,
    /// Whether the peer may still fail without having keys: an alert in clear is taken then.
    pub(crate) clear_alerts: bool,
    /// Whether the handshake is done, so that application data may come.
    pub(crate) data: bool,
    /// Whether a handshake message of this type may come.
    pub(crate) accepts: &'a dyn Fn(HandshakeType) -> bool,
    /// By which version's rules records mix.
    #[cfg(feature = "tls12")]
    pub(crate) rules: Rules,
}

/// By which version's rules records mix.
#[cfg(feature = "tls12")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rules {
    /// Alerts are errors; nothing stands between the fragments of a message (RFC 8446, sections 5.1 and 6).
    Tls13,
    /// Alerts have levels, and may stand between fragments (RFC 5246, section 7.2). So it is too while the version is not
    /// known yet.
    Tls12,
}

impl Expectations<'_> {
    /// Whether alerts that let the connection go on may stand between the fragments of a message.
    pub(super) const fn lets_alerts_between(&self) -> bool {
        #[cfg(feature = "tls12")]
        return matches!(self.rules, Rules::Tls12);
        #[cfg(not(feature = "tls12"))]
        false
    }
}
