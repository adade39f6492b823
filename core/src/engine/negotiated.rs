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
    /// The key exchange group: that of its first handshake where a session of TLS 1.2 goes on, and none where no keys were
    /// exchanged beside a pre-shared one.
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
    /// At a server that goes on with a session of TLS 1.3: seconds by which its ticket is older by the client's clock than by
    /// ours (RFC 8446, section 8.3).
    #[cfg(feature = "early-data")]
    pub ticket_age_skew: i32,
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
        self.cipher_suite.is_some_and(|suite| !suite.is_tls13())
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
    Refused(EarlyDataRefusal),
}

/// Why a server did not take early data. A client is not told, and knows the first three alone.
#[cfg(feature = "early-data")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EarlyDataRefusal {
    /// Another hello was asked for (RFC 8446, section 4.2.10).
    HelloRetry,
    /// The session that was offered first does not go on.
    NotResumed,
    /// The server said no, and not why.
    Declined,
    /// This server takes none: see [`max_early_data`](crate::config::Common::max_early_data).
    Off,
    /// The ticket is good for none, or for more than this server takes now.
    Ticket,
    /// The cipher suite or the application protocol is another one than the session's.
    Parameters,
    /// The age of the ticket is not what it should be (RFC 8446, section 8.3).
    TicketAge,
    /// The application did not let it in: the ticket was used before, or may have been.
    Application,
    /// A record of it may be longer than what the incoming buffer holds.
    Buffers,
}

#[cfg(feature = "early-data")]
impl core::fmt::Display for EarlyDataRefusal {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::HelloRetry => "another hello was asked for",
            Self::NotResumed => "the session does not go on",
            Self::Declined => "the server declined it",
            Self::Off => "this server takes none",
            Self::Ticket => "the ticket is not good for it",
            Self::Parameters => "the suite or the application protocol is not the session's",
            Self::TicketAge => "the age of the ticket is wrong",
            Self::Application => "the ticket may have been used before",
            Self::Buffers => "the incoming buffer is too short for it",
        })
    }
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
