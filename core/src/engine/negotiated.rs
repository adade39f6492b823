//! What a handshake came to.

use crate::wire::enums::{CipherSuite, NamedGroup, SignatureScheme};

/// What both ends agreed on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Negotiated {
    /// The cipher suite.
    pub cipher_suite: Option<CipherSuite>,
    /// The key exchange group.
    pub group: Option<NamedGroup>,
    /// How the server signed.
    pub signature_scheme: Option<SignatureScheme>,
    /// The place of the application protocol in the own configuration's list.
    pub protocol: Option<u8>,
    /// Whether the server asked for a second ClientHello.
    pub hello_retry: HelloRetry,
    /// Whether the server says that it used the server name (RFC 6066, section 3).
    pub server_name: ServerNameUse,
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

/// Whether the server says that it used the server name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ServerNameUse {
    /// It does not say.
    #[default]
    Unknown,
    /// It says so.
    Acknowledged,
}
