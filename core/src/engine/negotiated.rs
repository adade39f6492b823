//! What a handshake came to.

#[cfg(feature = "raw-public-keys")]
use crate::config::CertificateType;
use crate::wire::enums::{CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme};

/// What both ends agreed on: in the last handshake, or, while one is in progress, so far in that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Negotiated {
    /// The cipher suite.
    pub cipher_suite: Option<CipherSuite>,
    /// The key exchange group; none where a session of TLS 1.2 goes on, and where none was exchanged beside a pre-shared key.
    pub group: Option<NamedGroup>,
    /// How the server signed; nothing where a session goes on or an external key stands for certificates.
    pub signature_scheme: Option<SignatureScheme>,
    /// How the client signed, if it showed a certificate and this is a server.
    #[cfg(feature = "client-auth")]
    pub client_signature_scheme: Option<SignatureScheme>,
    /// The place of the application protocol in the own configuration's list.
    pub protocol: Option<u8>,
    /// Whether the server asked for a second ClientHello.
    pub hello_retry: HelloRetry,
    /// Whether the server says that it used the server name (RFC 6066, section 3).
    pub server_name: ServerNameUse,
    /// What the server shows (RFC 7250).
    #[cfg(feature = "raw-public-keys")]
    pub server_certificate: CertificateType,
    /// What the client shows, if it is asked.
    #[cfg(feature = "raw-public-keys")]
    pub client_certificate: CertificateType,
    /// Whether a session of before goes on.
    #[cfg(any(feature = "tls12", feature = "psk"))]
    pub session: SessionKind,
    /// What became of early data.
    #[cfg(feature = "early-data")]
    pub early_data: EarlyData,
}

impl Negotiated {
    /// The version, once a suite is chosen.
    #[must_use]
    pub fn version(&self) -> Option<ProtocolVersion> {
        #[cfg(feature = "tls12")]
        if self.is_tls12() {
            return Some(ProtocolVersion::TLS_1_2);
        }
        self.cipher_suite.map(|_| ProtocolVersion::TLS_1_3)
    }

    #[cfg(feature = "tls12")]
    pub(crate) fn is_tls12(&self) -> bool {
        self.cipher_suite.is_some_and(|suite| suite.tls12_parts().is_some())
    }
}

/// Whether the server asked for a second ClientHello (RFC 8446, section 4.1.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HelloRetry {
    /// No.
    #[default]
    No,
    /// Yes.
    Yes,
}

/// Whether a session of before goes on in this connection.
#[cfg(any(feature = "tls12", feature = "psk"))]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SessionKind {
    /// It is a new one.
    #[default]
    New,
    /// It goes on: nobody showed a certificate, the peer is who it was then.
    Resumed,
    /// It is a new one; an external key stands for certificates (TLS 1.3).
    #[cfg(feature = "psk")]
    External,
}

/// What became of early data.
#[cfg(feature = "early-data")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EarlyData {
    /// There was none.
    #[default]
    None,
    /// The server took it.
    Accepted,
    /// The server did not take it, and saw nothing of it.
    Refused,
}

/// Whether the server says that it used the server name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ServerNameUse {
    /// It does not say.
    #[default]
    Unknown,
    /// It says so.
    Acknowledged,
}
