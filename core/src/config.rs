//! What an application chooses. Every default is the safe one; every value is plain and may stand in a `static`.

#[cfg(feature = "raw-public-keys")]
mod certificate_types;
#[cfg(feature = "cookies")]
mod cookies;
mod identities;
#[cfg(feature = "ocsp")]
mod ocsp;
#[cfg(feature = "_client-certificates")]
mod peer_certificate;
mod protocols;
#[cfg(feature = "psk")]
mod psk;
#[cfg(any(feature = "tls12", feature = "psk"))]
mod resumption;
#[cfg(feature = "tls12")]
mod tls12;

use heapless::Vec;

use crate::limits;
use crate::modes::{Completion, Modes, UnexpectedEnd};
use crate::wire::enums::{CipherSuite, NamedGroup};

#[cfg(feature = "raw-public-keys")]
pub use certificate_types::{CertificateType, CertificateTypes, RawPublicKey};
#[cfg(feature = "cookies")]
pub use cookies::Cookies;
pub use identities::{Identities, IdentityId};
#[cfg(feature = "ocsp")]
pub use ocsp::Ocsp;
#[cfg(feature = "_client-certificates")]
pub use peer_certificate::PeerCertificate;
#[cfg(feature = "post-handshake-auth")]
pub use peer_certificate::PostHandshakeAuth;
pub use protocols::Protocols;
#[cfg(feature = "psk")]
pub use psk::{ExternalKeys, PskExchange};
#[cfg(any(feature = "tls12", feature = "psk"))]
pub use resumption::Resumption;
#[cfg(feature = "tls12")]
pub use tls12::{Permission, Renegotiation, Unwanted, Versions};

/// A short list of algorithms in order of preference; empty for all that the provider has, in its order.
pub type Preferences<T> = Vec<T, 8>;

/// What both ends of a connection are configured with.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Common {
    /// Cipher suites to use, out of the provider's. With none here a server follows a client that puts ChaCha20 first.
    pub cipher_suites: Preferences<CipherSuite>,
    /// Key exchange groups to use, out of the provider's.
    pub groups: Preferences<NamedGroup>,
    /// Which key shares a client sends; [`KeyShares::WithX25519`] by default.
    #[cfg(feature = "mlkem")]
    pub key_shares: KeyShares,
    /// Whether a server of TLS 1.3 has its clients show a cookie; not by default.
    #[cfg(feature = "cookies")]
    pub cookies: Cookies,
    /// Application protocols (RFC 7301), in order of preference.
    pub protocols: Protocols,
    /// Bytes of the longest handshake message accepted, header included. A smaller incoming buffer then leaves less
    /// room for records; see [`buffers`](crate::buffers).
    pub max_handshake_message: usize,
    /// How records are padded (RFC 8446, section 5.4).
    pub padding: Padding,
    /// Bytes of data in a record of ours, at most; between 1 and 16384. It holds for handshake messages, too, where it is
    /// [`limits::MIN_SEND_FRAGMENT`] or more.
    pub max_send_fragment: usize,
    /// The modes that a connection starts with.
    pub modes: Modes,
    /// When a write is complete; [`Completion::Sealed`] by default.
    pub completion: Completion,
    /// What the end of the transport without a close_notify means; [`UnexpectedEnd::Fatal`] by default, since what was
    /// read may be cut short.
    pub unexpected_end: UnexpectedEnd,
    /// What we show: certificates, or raw public keys (RFC 7250); certificates by default.
    #[cfg(feature = "raw-public-keys")]
    pub own_certificates: CertificateTypes,
    /// What the peer may show, in the same way.
    #[cfg(feature = "raw-public-keys")]
    pub peer_certificates: CertificateTypes,
    /// Whether a client lets servers ask for its certificates after the handshake, too; not by default.
    #[cfg(feature = "post-handshake-auth")]
    pub post_handshake_auth: PostHandshakeAuth,
    /// Whether a client asks servers for an OCSP response; not by default. A server hands out those of its identities.
    #[cfg(feature = "ocsp")]
    pub ocsp: Ocsp,
    /// The versions to use; TLS 1.3 alone by default, and wherever nothing but a pre-shared key will do: those of TLS 1.2 are not
    /// known here.
    #[cfg(feature = "tls12")]
    pub versions: Versions,
    /// Who may begin another handshake on a connection of TLS 1.2; nobody by default.
    #[cfg(feature = "tls12")]
    pub renegotiation: Renegotiation,
    /// Whether sessions go on in other connections; not by default. Those of TLS 1.3 need the feature `psk`.
    #[cfg(any(feature = "tls12", feature = "psk"))]
    pub resumption: Resumption,
    /// Names what a session depends on beside the peer's name: trust anchors, the policy for client certificates, who a
    /// client is where it shows a certificate. A session is not used under another one.
    #[cfg(any(feature = "tls12", feature = "psk"))]
    pub session_context: Vec<u8, 32>,
    /// Whether keys that both ends had before stand for certificates (TLS 1.3); not by default.
    #[cfg(feature = "psk")]
    pub external_keys: ExternalKeys,
    /// How keys are exchanged beside a pre-shared one (TLS 1.3); with a key share by default.
    #[cfg(feature = "psk")]
    pub psk_exchange: PskExchange,
    /// Tickets that a server of TLS 1.3 gives with the handshake, where sessions go on; [`limits::TICKETS`] by default.
    #[cfg(feature = "psk")]
    pub tickets: u8,
    /// Bytes of early data that a server says its tickets are good for and takes at most; none by default. It can be replayed:
    /// see [`FindPsk`](crate::FindPsk), whose answer lets it in.
    #[cfg(feature = "early-data")]
    pub max_early_data: u32,
}

/// The shares in the first hello of a client that likes X25519MLKEM768 best. Of any other group there is one.
#[cfg(feature = "mlkem")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyShares {
    /// One of X25519 beside it, where the client has that group too: a server that knows nothing better need not ask for
    /// another hello. It takes 36 bytes of the hello and no other key.
    #[default]
    WithX25519,
    /// It alone.
    Single,
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
            #[cfg(feature = "mlkem")]
            key_shares: KeyShares::WithX25519,
            #[cfg(feature = "cookies")]
            cookies: Cookies::Off,
            protocols: Protocols::none(),
            max_handshake_message: limits::DEFAULT_HANDSHAKE_MESSAGE,
            padding: Padding::None,
            max_send_fragment: limits::PLAINTEXT,
            modes: Modes::AUTO_RETRY,
            completion: Completion::Sealed,
            unexpected_end: UnexpectedEnd::Fatal,
            #[cfg(feature = "raw-public-keys")]
            own_certificates: CertificateTypes::X509,
            #[cfg(feature = "raw-public-keys")]
            peer_certificates: CertificateTypes::X509,
            #[cfg(feature = "post-handshake-auth")]
            post_handshake_auth: PostHandshakeAuth::Off,
            #[cfg(feature = "ocsp")]
            ocsp: Ocsp::Off,
            #[cfg(feature = "tls12")]
            versions: Versions::Tls13,
            #[cfg(feature = "tls12")]
            renegotiation: Renegotiation::denied(),
            #[cfg(any(feature = "tls12", feature = "psk"))]
            resumption: Resumption::Off,
            #[cfg(any(feature = "tls12", feature = "psk"))]
            session_context: Vec::new(),
            #[cfg(feature = "psk")]
            external_keys: ExternalKeys::Off,
            #[cfg(feature = "psk")]
            psk_exchange: PskExchange::Ephemeral,
            #[cfg(feature = "psk")]
            tickets: limits::TICKETS,
            #[cfg(feature = "early-data")]
            max_early_data: 0,
        }
    }
}

impl Default for Common {
    fn default() -> Self {
        Self::new()
    }
}

/// What a client is configured with.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ClientConfig<T = NoIdentities> {
    /// What it shares with a server's.
    pub common: Common,
    /// The certificates to show where a server asks for them.
    #[cfg(feature = "_client-certificates")]
    pub identities: T,
    #[cfg(not(feature = "_client-certificates"))]
    identities: core::marker::PhantomData<T>,
}

impl ClientConfig {
    /// The defaults, without certificates.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            common: Common::new(),
            #[cfg(feature = "_client-certificates")]
            identities: NoIdentities,
            #[cfg(not(feature = "_client-certificates"))]
            identities: core::marker::PhantomData,
        }
    }
}

#[cfg(feature = "_client-certificates")]
impl<T> ClientConfig<T> {
    /// The defaults with these identities.
    pub const fn with_identities(identities: T) -> Self {
        Self { common: Common::new(), identities }
    }
}

impl<T: Identities> ClientConfig<T> {
    /// The certificates to show, as the states see them.
    #[cfg(feature = "_client-certificates")]
    pub(crate) const fn identities(&self) -> &dyn Identities {
        &self.identities
    }

    /// There are none.
    #[cfg(not(feature = "_client-certificates"))]
    pub(crate) const fn identities(&self) -> &dyn Identities {
        &NoIdentities
    }
}

/// A client without certificates: a server that asks for some is shown none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoIdentities;

impl Identities for NoIdentities {
    fn for_each_certificate(&self, _: IdentityId, _: &mut dyn FnMut(&[u8])) {}

    #[cfg(feature = "_client-certificates")]
    fn are_there(&self) -> bool {
        false
    }
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
    /// Whether clients are asked for certificates. Without the feature `client-auth` such a server does no TLS 1.3.
    #[cfg(feature = "_client-certificates")]
    pub client_certificates: PeerCertificate,
    /// The certificates to show.
    pub identities: T,
}

impl<T> ServerConfig<T> {
    /// The defaults with these identities.
    pub const fn new(identities: T) -> Self {
        Self {
            common: Common::new(),
            #[cfg(feature = "_client-certificates")]
            client_certificates: PeerCertificate::None,
            identities,
        }
    }
}
