//! What an application chooses. Every default is the safe one; every value is plain and may stand in a `static`.

use heapless::Vec;

use crate::limits;
use crate::modes::{Completion, Modes, UnexpectedEnd};
use crate::wire::enums::{CipherSuite, NamedGroup};

/// A short list of algorithms in order of preference; empty for all that the provider has, in its order.
pub type Preferences<T> = Vec<T, 8>;

/// What both ends of a connection are configured with.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Common {
    /// Cipher suites to use, out of the provider's.
    pub cipher_suites: Preferences<CipherSuite>,
    /// Key exchange groups to use, out of the provider's.
    pub groups: Preferences<NamedGroup>,
    /// Application protocols (RFC 7301), in order of preference.
    pub protocols: Protocols,
    /// Bytes of the longest handshake message accepted, header included. A smaller incoming buffer then leaves less
    /// room for records; see [`buffers`](crate::buffers).
    pub max_handshake_message: usize,
    /// How records are padded (RFC 8446, section 5.4).
    pub padding: Padding,
    /// Bytes of application data in a record of ours, at most; between 1 and 16384.
    pub max_send_fragment: usize,
    /// The modes that a connection starts with.
    pub modes: Modes,
    /// When a write is complete; [`Completion::Sealed`] by default.
    pub completion: Completion,
    /// What the end of the transport without a close_notify means; [`UnexpectedEnd::Fatal`] by default, since what was
    /// read may be cut short.
    pub unexpected_end: UnexpectedEnd,
    /// The versions to use; TLS 1.3 alone by default.
    #[cfg(feature = "tls12")]
    pub versions: Versions,
    /// Who may begin another handshake on a connection of TLS 1.2; nobody by default.
    #[cfg(feature = "tls12")]
    pub renegotiation: Renegotiation,
    /// Whether sessions of TLS 1.2 go on in other connections; not by default.
    #[cfg(feature = "tls12")]
    pub resumption: Resumption,
    /// Names what a session depends on beside the peer's name: trust anchors, the policy for client certificates. A
    /// session is not used under another one.
    #[cfg(feature = "tls12")]
    pub session_context: Vec<u8, 32>,
}

/// How much a record's length tells of its content (RFC 8446, section 5.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Padding {
    /// No padding.
    #[default]
    None,
    /// Content is padded to a multiple of this many bytes, where the record's limit allows it.
    Block(u16),
}

impl Padding {
    pub(crate) fn block(self) -> usize {
        match self {
            Self::None => 1,
            Self::Block(bytes) => usize::from(bytes).max(1),
        }
    }
}

impl Common {
    /// The defaults.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            cipher_suites: Preferences::new(),
            groups: Preferences::new(),
            protocols: Protocols::none(),
            max_handshake_message: limits::DEFAULT_HANDSHAKE_MESSAGE,
            padding: Padding::None,
            max_send_fragment: limits::PLAINTEXT,
            modes: Modes::AUTO_RETRY,
            completion: Completion::Sealed,
            unexpected_end: UnexpectedEnd::Fatal,
            #[cfg(feature = "tls12")]
            versions: Versions::Tls13,
            #[cfg(feature = "tls12")]
            renegotiation: Renegotiation::denied(),
            #[cfg(feature = "tls12")]
            resumption: Resumption::Off,
            #[cfg(feature = "tls12")]
            session_context: Vec::new(),
        }
    }
}

impl Default for Common {
    fn default() -> Self {
        Self::new()
    }
}

/// The versions that an end uses.
#[cfg(feature = "tls12")]
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

#[cfg(feature = "tls12")]
impl Versions {
    pub(crate) const fn has_tls13(self) -> bool {
        matches!(self, Self::Tls13 | Self::Both)
    }

    pub(crate) const fn has_tls12(self) -> bool {
        matches!(self, Self::Tls12 | Self::Both)
    }
}

/// Whether sessions of TLS 1.2 go on in other connections (RFC 5246, section 7.3; RFC 5077).
#[cfg(feature = "tls12")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Resumption {
    /// Every handshake is a full one.
    #[default]
    Off,
    /// The server keeps sessions under their ids: it asks the application for those that were kept, and to keep new ones.
    /// A client may keep [`Connection::session`](crate::Connection::session).
    ById,
    /// The client keeps them, with a ticket that the server sealed, as long as both know tickets (RFC 5077); else as
    /// [`Resumption::ById`].
    ByTicket,
}

/// Who may begin another handshake on a connection of TLS 1.2 (RFC 5246, section 7.4.1), and what may change with it.
///
/// It is always bound to the handshake before it (RFC 5746). What is not allowed is refused with the warning
/// no_renegotiation, and the connection goes on.
#[cfg(feature = "tls12")]
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
}

#[cfg(feature = "tls12")]
impl Renegotiation {
    /// Nothing is allowed.
    #[must_use]
    pub const fn denied() -> Self {
        Self {
            by_peer: Permission::Denied,
            by_us: Permission::Denied,
            new_identity: Permission::Denied,
            limit: limits::RENEGOTIATIONS,
        }
    }
}

#[cfg(feature = "tls12")]
impl Default for Renegotiation {
    fn default() -> Self {
        Self::denied()
    }
}

/// Whether something is allowed.
#[cfg(feature = "tls12")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Permission {
    /// No.
    #[default]
    Denied,
    /// Yes.
    Granted,
}

/// What a client is configured with.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ClientConfig<T = NoIdentities> {
    /// What it shares with a server's.
    pub common: Common,
    /// The certificates to show where a server asks for them (TLS 1.2).
    #[cfg(feature = "tls12")]
    pub identities: T,
    #[cfg(not(feature = "tls12"))]
    identities: core::marker::PhantomData<T>,
}

impl ClientConfig {
    /// The defaults, without certificates.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            common: Common::new(),
            #[cfg(feature = "tls12")]
            identities: NoIdentities,
            #[cfg(not(feature = "tls12"))]
            identities: core::marker::PhantomData,
        }
    }
}

#[cfg(feature = "tls12")]
impl<T> ClientConfig<T> {
    /// The defaults with these identities.
    pub const fn with_identities(identities: T) -> Self {
        Self { common: Common::new(), identities }
    }
}

/// A client without certificates: a server that asks for some is shown none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoIdentities;

impl Identities for NoIdentities {
    fn for_each_certificate(&self, _: IdentityId, _: &mut dyn FnMut(&[u8])) {}

    #[cfg(feature = "tls12")]
    fn are_there(&self) -> bool {
        false
    }
}

/// Whether a server asks for a client's certificates.
#[cfg(feature = "tls12")]
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

/// What a server is configured with.
///
/// The identities come last so that a reference or smart pointer to a configuration with identities of any kind is
/// one to a `ServerConfig`, as `&[T; 3]` is a `&[T]`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ServerConfig<T: ?Sized = dyn Identities> {
    /// What it shares with a client's.
    pub common: Common,
    /// Whether clients are asked for certificates, in TLS 1.2; such a server does no TLS 1.3.
    #[cfg(feature = "tls12")]
    pub client_certificates: PeerCertificate,
    /// The certificates to show.
    pub identities: T,
}

impl<T> ServerConfig<T> {
    /// The defaults with these identities.
    pub const fn new(identities: T) -> Self {
        Self {
            common: Common::new(),
            #[cfg(feature = "tls12")]
            client_certificates: PeerCertificate::None,
            identities,
        }
    }
}

/// The number of an identity among a server's [`Identities`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdentityId(pub u16);

/// The certificate chains of a server, or of a client.
///
/// A chain is asked for more than once while it leaves through a small buffer; it must be the same each time.
pub trait Identities: Send + Sync {
    /// Calls `each` with the certificates of an identity, in DER, leaf first. An unknown identity has none.
    fn for_each_certificate(&self, id: IdentityId, each: &mut dyn FnMut(&[u8]));

    /// Whether there are identities at all: a client without shows none, and is not asked.
    #[cfg(feature = "tls12")]
    fn are_there(&self) -> bool {
        true
    }
}

/// Identities as slices of chains of DER certificates; the number of an identity is its place.
impl Identities for &'static [&'static [&'static [u8]]] {
    fn for_each_certificate(&self, id: IdentityId, each: &mut dyn FnMut(&[u8])) {
        let chain = self.get(usize::from(id.0)).copied().unwrap_or_default();
        chain.iter().for_each(|certificate| each(certificate));
    }
}

/// Application protocol names (RFC 7301) in the form of the wire, inline: [`Protocols::CAPACITY`] bytes for names and
/// a length each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Protocols {
    list: [u8; Self::CAPACITY],
    len: usize,
}

impl Protocols {
    /// Bytes of all names together, with one byte of length for each.
    pub const CAPACITY: usize = 64;

    /// No protocols: the extension is left out.
    #[must_use]
    pub const fn none() -> Self {
        Self { list: [0; Self::CAPACITY], len: 0 }
    }

    /// These protocols, the preferred one first; `None` if a name is empty or they do not fit.
    #[must_use]
    pub fn new<'a>(names: impl IntoIterator<Item = &'a [u8]>) -> Option<Self> {
        let mut list = Vec::<u8, { Self::CAPACITY }>::new();
        for name in names {
            let length = u8::try_from(name.len()).ok().filter(|length| *length > 0)?;
            list.push(length).ok()?;
            list.extend_from_slice(name).ok()?;
        }
        let mut protocols = Self::none();
        protocols.list.iter_mut().zip(&list).for_each(|(to, byte)| *to = *byte);
        protocols.len = list.len();
        Some(protocols)
    }

    /// The names.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let mut reader = crate::wire::Reader::new(self.as_wire());
        core::iter::from_fn(move || reader.vec_u8().ok())
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Names with their lengths, as they go into the extension.
    pub(crate) fn as_wire(&self) -> &[u8] {
        self.list.get(..self.len).unwrap_or_default()
    }

    /// The place of a name.
    pub(crate) fn position(&self, name: &[u8]) -> Option<u8> {
        self.iter().position(|own| own == name).and_then(|place| u8::try_from(place).ok())
    }
}
