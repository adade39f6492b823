//! Each error in a sentence.

use core::fmt;

use super::{CertificateError, Error, Internal, LimitExceeded, PeerIncompatible, PeerMisbehaved, Refused};

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PeerMisbehaved(error) => error.fmt(f),
            Self::PeerIncompatible(error) => error.fmt(f),
            Self::AlertReceived(alert) => write!(f, "the peer ended the connection with the alert {alert}"),
            Self::Refused(error) => error.fmt(f),
            Self::LimitExceeded(error) => error.fmt(f),
            Self::Internal(error) => error.fmt(f),
        }
    }
}

impl fmt::Display for PeerMisbehaved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "the peer sent a message that can't be parsed",
            Self::NotTls => "the peer does not speak TLS",
            Self::UnexpectedMessage => "the peer sent a message that is not allowed at this point",
            Self::BadRecordMac => "a record from the peer does not authenticate",
            Self::RecordOverflow => "the peer sent a record that is too long",
            Self::KeyChangeInsideRecord => "the peer changed keys in the middle of a record",
            Self::DuplicateExtension => "the peer sent an extension twice in one message",
            Self::MisplacedExtension => "the peer sent an extension where it does not belong",
            Self::UnsolicitedExtension => "the peer answered an extension that was not offered",
            Self::MissingExtension => "the peer left out an extension that must be there",
            Self::IllegalParameter => "the peer sent a value that is not allowed",
            Self::Downgrade => "the handshake was downgraded to an older version by someone in between",
            Self::PointlessHelloRetry => "the server asked for another ClientHello without changing anything",
            Self::ChangedClientHello => "the second ClientHello differs from the first where it may not",
            #[cfg(feature = "cookies")]
            Self::BadCookie => "the client's cookie is not valid",
            Self::BadKeyShare => "the peer's key share is not valid",
            Self::BadSignature => "the peer's handshake signature does not verify",
            Self::BadSignatureScheme => {
                "the peer signed with a scheme that was not offered or does not fit its key"
            }
            #[cfg(feature = "tls12")]
            Self::ChangedIdentity => "the peer showed another certificate than before",
            #[cfg(feature = "tls12")]
            Self::NotBound => "the renegotiation is not bound to the handshake before it",
            #[cfg(feature = "psk")]
            Self::BadBinder => "the client does not have the pre-shared key that it names",
            Self::BadFinished => "the peer's Finished message does not verify",
            Self::NoCertificate => "the peer sent no certificate",
            Self::Truncated => "the connection was cut without a close_notify",
        })
    }
}

impl fmt::Display for PeerIncompatible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            #[cfg(not(feature = "tls12"))]
            Self::Version => "the peer does not support TLS 1.3",
            #[cfg(feature = "tls12")]
            Self::Version => "no common version of TLS",
            Self::CipherSuite => "no common cipher suite",
            Self::Group => "no common key exchange group",
            Self::SignatureScheme => "no common signature scheme",
            Self::ApplicationProtocol => "no common application protocol",
            #[cfg(feature = "psk")]
            Self::PreSharedKey => "no common pre-shared key",
            #[cfg(feature = "tls12")]
            Self::ClientCertificate => "the client has no certificate",
            #[cfg(feature = "client-auth")]
            Self::CertificateRequired => "the client has no certificate",
            #[cfg(feature = "raw-public-keys")]
            Self::CertificateType => "no common type of certificates",
            #[cfg(feature = "tls12")]
            Self::ExtendedMasterSecret => "the peer does not support the extended master secret",
            #[cfg(feature = "tls12")]
            Self::SecureRenegotiation => "the peer does not support secure renegotiation",
            #[cfg(feature = "tls12")]
            Self::Renegotiation => "the peer refused to renegotiate",
            #[cfg(feature = "tls12")]
            Self::Fallback => "the client fell back to TLS 1.2, though both ends know more",
        })
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificate(error) => error.fmt(f),
            Self::ServerName => f.write_str("no identity for the server name that the client asked for"),
            Self::Identity => f.write_str("no identity that fits what the client offers"),
            Self::Unavailable => f.write_str("the identity to show can't be had at present"),
            Self::Signature => f.write_str("the handshake signature could not be made"),
            #[cfg(feature = "tls12")]
            Self::Renegotiation => f.write_str("the peer wants to renegotiate, which is not allowed"),
            Self::Closed => f.write_str("the connection was closed during the handshake"),
            Self::Application(alert) => {
                write!(f, "the application ended the connection with the alert {alert}")
            }
        }
    }
}

impl fmt::Display for CertificateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BadEncoding => "the peer's certificate can't be parsed",
            Self::Expired => "the peer's certificate has expired",
            Self::NotValidYet => "the peer's certificate is not valid yet",
            Self::UnknownIssuer => "the peer's certificate was issued by nobody who is trusted",
            Self::NameMismatch => "the peer's certificate is not for the name that was asked for",
            Self::WrongUsage => "a certificate of the peer is not meant for this use",
            Self::BadSignature => "a signature in the peer's certificate chain does not verify",
            Self::UnsupportedAlgorithm => {
                "the peer's certificates use an algorithm or key that is not supported"
            }
            Self::Revoked => "the peer's certificate was revoked",
            #[cfg(feature = "crl")]
            Self::RevocationUnknown => "whether the peer's certificate was revoked is not known",
            Self::TooManyCertificates => "the peer's certificate chain is too long",
            Self::NoTime => "there is no clock to check the peer's certificate with",
            Self::Unwanted => "the peer is not wanted, though nothing is wrong with its certificate",
            Self::Other => "the peer's certificate was refused",
        })
    }
}

impl fmt::Display for LimitExceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IncomingBuffer { needed } => {
                write!(f, "the incoming buffer is too small: {needed} bytes would do")
            }
            Self::HandshakeMessage { length } => {
                write!(f, "a handshake message of {length} bytes is longer than this end accepts")
            }
            Self::Cookie { length } => {
                write!(f, "a cookie of {length} bytes is longer than this end returns")
            }
            Self::EmptyRecords => f.write_str("the peer sent too many empty records"),
            Self::ChangeCipherSpecs => f.write_str("the peer sent too many change_cipher_spec records"),
            Self::WarningAlerts => f.write_str("the peer sent too many warning alerts"),
            Self::EarlyData => f.write_str("the peer sent too much early data"),
            Self::KeyUpdates => f.write_str("the peer sent too many key updates"),
            #[cfg(feature = "post-handshake-auth")]
            Self::CertificateRequests => f.write_str("the peer asked for certificates too often"),
            #[cfg(feature = "tls12")]
            Self::Renegotiations => f.write_str("the peer asked for a renegotiation too often"),
            Self::KeyUsage => f.write_str("a key reached the limit of its use"),
        }
    }
}

impl fmt::Display for Internal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Crypto(error) => error.fmt(f),
            Self::Encoding => f.write_str("a message does not fit its encoding"),
            Self::Configuration => f.write_str("the configuration can't work"),
            Self::HandshakeSpace => f.write_str("the handshake space is missing"),
            Self::State => f.write_str("an impossible state was reached"),
        }
    }
}
