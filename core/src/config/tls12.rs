//! What TLS 1.2 adds to the choices.

use crate::limits;

/// The versions that an end uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Versions {
    /// TLS 1.3 alone.
    #[default]
    Tls13,
    /// TLS 1.2 alone. It has no way to new keys but a renegotiation: a connection ends when an AES-GCM key has protected
    /// [`AES_GCM_RECORDS`](crate::limits::AES_GCM_RECORDS) in either direction.
    Tls12,
    /// TLS 1.3 with every peer that knows it, TLS 1.2 with the others.
    Both,
}

impl Versions {
    pub(crate) const fn has_tls13(self) -> bool {
        matches!(self, Self::Tls13 | Self::Both)
    }

    pub(crate) const fn has_tls12(self) -> bool {
        matches!(self, Self::Tls12 | Self::Both)
    }
}

impl super::Common {
    /// The versions that may be agreed on.
    pub(crate) const fn allowed_versions(&self) -> Versions {
        #[cfg(feature = "psk")]
        if matches!(self.external_keys, super::ExternalKeys::Required) {
            return Versions::Tls13;
        }
        self.versions
    }
}

/// Who may begin another handshake on a connection of TLS 1.2 (RFC 5246, section 7.4.1), and what may change with it.
///
/// It is always bound to the handshake before it (RFC 5746). What is not allowed is refused with the warning
/// no_renegotiation, and the connection goes on, unless [`Renegotiation::unwanted`] says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Renegotiation {
    /// Whether the peer may begin one: a server with a HelloRequest, a client with a ClientHello.
    pub by_peer: Permission,
    /// Whether we may; what the peer sends in answer is allowed with it.
    pub by_us: Permission,
    /// Whether the peer may show another certificate than before.
    pub new_identity: Permission,
    /// How often the peer may begin one in a connection.
    pub limit: u32,
    /// What becomes of one that the peer begins and may not; a warning by default.
    pub unwanted: Unwanted,
}

/// What becomes of a renegotiation that the peer begins and may not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unwanted {
    /// It is refused with the warning no_renegotiation, and the connection goes on (RFC 5246, section 7.2.2).
    #[default]
    Refuse,
    /// The connection fails, also where the request comes behind our close_notify, or while a write is pending, before whose end
    /// a client could not follow it.
    Fail,
    /// A server's HelloRequest is passed over (RFC 5246, section 7.4.1.1); a client is refused as by [`Unwanted::Refuse`].
    Ignore,
}

impl Renegotiation {
    /// Nothing is allowed.
    #[must_use]
    pub const fn denied() -> Self {
        Self {
            by_peer: Permission::Denied,
            by_us: Permission::Denied,
            new_identity: Permission::Denied,
            limit: limits::RENEGOTIATIONS,
            unwanted: Unwanted::Refuse,
        }
    }
}

impl Renegotiation {
    /// Whether either end may begin one.
    pub(crate) fn is_permitted(&self) -> bool {
        [self.by_peer, self.by_us].contains(&Permission::Granted)
    }
}

impl Default for Renegotiation {
    fn default() -> Self {
        Self::denied()
    }
}

/// Whether something is allowed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Permission {
    /// No.
    #[default]
    Denied,
    /// Yes.
    Granted,
}
