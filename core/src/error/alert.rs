//! Which alert tells the peer of an error.

use super::{CertificateError, Error, LimitExceeded, PeerIncompatible, PeerMisbehaved, Refused};
use crate::wire::enums::AlertDescription;

impl Error {
    /// The alert that the peer is told; none for an alert that was received.
    #[must_use]
    pub const fn alert(self) -> Option<AlertDescription> {
        match self {
            Self::PeerMisbehaved(error) => Some(error.alert()),
            Self::PeerIncompatible(error) => Some(error.alert()),
            Self::AlertReceived(_) => None,
            Self::Refused(error) => Some(error.alert()),
            Self::LimitExceeded(error) => Some(error.alert()),
            Self::Internal(_) => Some(AlertDescription::INTERNAL_ERROR),
        }
    }
}

impl PeerMisbehaved {
    /// The alert that RFC 8446 names for it.
    #[must_use]
    pub const fn alert(self) -> AlertDescription {
        match self {
            Self::Malformed | Self::Truncated | Self::NoCertificate => AlertDescription::DECODE_ERROR,
            Self::NotTls | Self::UnexpectedMessage | Self::KeyChangeInsideRecord => {
                AlertDescription::UNEXPECTED_MESSAGE
            }
            Self::BadRecordMac => AlertDescription::BAD_RECORD_MAC,
            Self::RecordOverflow => AlertDescription::RECORD_OVERFLOW,
            Self::UnsolicitedExtension => AlertDescription::UNSUPPORTED_EXTENSION,
            Self::MissingExtension => AlertDescription::MISSING_EXTENSION,
            Self::DuplicateExtension
            | Self::MisplacedExtension
            | Self::IllegalParameter
            | Self::PointlessHelloRetry
            | Self::Downgrade
            | Self::ChangedClientHello
            | Self::BadKeyShare
            | Self::BadSignatureScheme => AlertDescription::ILLEGAL_PARAMETER,
            Self::BadSignature | Self::BadFinished => AlertDescription::DECRYPT_ERROR,
            #[cfg(feature = "cookies")]
            Self::BadCookie => AlertDescription::ILLEGAL_PARAMETER,
            #[cfg(feature = "psk")]
            Self::BadBinder => AlertDescription::DECRYPT_ERROR,
            #[cfg(feature = "tls12")]
            Self::ChangedIdentity => AlertDescription::ILLEGAL_PARAMETER,
            #[cfg(feature = "tls12")]
            Self::NotBound => AlertDescription::HANDSHAKE_FAILURE,
        }
    }
}

impl PeerIncompatible {
    /// The alert that RFC 8446 names for it.
    #[must_use]
    pub const fn alert(self) -> AlertDescription {
        match self {
            Self::Version => AlertDescription::PROTOCOL_VERSION,
            Self::CipherSuite | Self::Group | Self::SignatureScheme => AlertDescription::HANDSHAKE_FAILURE,
            Self::ApplicationProtocol => AlertDescription::NO_APPLICATION_PROTOCOL,
            #[cfg(feature = "psk")]
            Self::PreSharedKey => AlertDescription::HANDSHAKE_FAILURE,
            #[cfg(feature = "tls12")]
            Self::ClientCertificate => AlertDescription::HANDSHAKE_FAILURE,
            #[cfg(feature = "client-auth")]
            Self::CertificateRequired => AlertDescription::CERTIFICATE_REQUIRED,
            #[cfg(feature = "raw-public-keys")]
            Self::CertificateType => AlertDescription::UNSUPPORTED_CERTIFICATE,
            #[cfg(feature = "tls12")]
            Self::ExtendedMasterSecret | Self::SecureRenegotiation | Self::Renegotiation => {
                AlertDescription::HANDSHAKE_FAILURE
            }
            #[cfg(feature = "tls12")]
            Self::Fallback => AlertDescription::INAPPROPRIATE_FALLBACK,
        }
    }
}

impl Refused {
    /// The alert that the peer is told.
    #[must_use]
    pub const fn alert(self) -> AlertDescription {
        match self {
            Self::Certificate(error) => error.alert(),
            Self::ServerName => AlertDescription::UNRECOGNIZED_NAME,
            Self::Identity => AlertDescription::HANDSHAKE_FAILURE,
            Self::Signature | Self::Unavailable => AlertDescription::INTERNAL_ERROR,
            #[cfg(feature = "tls12")]
            Self::Renegotiation => AlertDescription::NO_RENEGOTIATION,
            Self::Closed => AlertDescription::CLOSE_NOTIFY,
            Self::Application(alert) => alert,
        }
    }
}

impl CertificateError {
    /// The alert of RFC 8446, section 6.2.
    #[must_use]
    pub const fn alert(self) -> AlertDescription {
        match self {
            Self::BadEncoding | Self::NameMismatch | Self::BadSignature => AlertDescription::BAD_CERTIFICATE,
            Self::Expired | Self::NotValidYet => AlertDescription::CERTIFICATE_EXPIRED,
            Self::UnknownIssuer | Self::TooManyCertificates => AlertDescription::UNKNOWN_CA,
            Self::WrongUsage | Self::UnsupportedAlgorithm => AlertDescription::UNSUPPORTED_CERTIFICATE,
            Self::Revoked => AlertDescription::CERTIFICATE_REVOKED,
            #[cfg(feature = "crl")]
            Self::RevocationUnknown => AlertDescription::CERTIFICATE_UNKNOWN,
            Self::NoTime => AlertDescription::INTERNAL_ERROR,
            Self::Unwanted => AlertDescription::HANDSHAKE_FAILURE,
            Self::Other => AlertDescription::CERTIFICATE_UNKNOWN,
        }
    }
}

impl LimitExceeded {
    /// The alert that the peer is told.
    #[must_use]
    pub const fn alert(self) -> AlertDescription {
        match self {
            Self::IncomingBuffer { .. } => AlertDescription::RECORD_OVERFLOW,
            Self::HandshakeMessage { .. } => AlertDescription::ILLEGAL_PARAMETER,
            Self::Cookie { .. } => AlertDescription::HANDSHAKE_FAILURE,
            Self::EmptyRecords | Self::ChangeCipherSpecs | Self::WarningAlerts | Self::KeyUpdates => {
                AlertDescription::UNEXPECTED_MESSAGE
            }
            Self::EarlyData => AlertDescription::UNEXPECTED_MESSAGE,
            #[cfg(feature = "post-handshake-auth")]
            Self::CertificateRequests => AlertDescription::UNEXPECTED_MESSAGE,
            #[cfg(feature = "tls12")]
            Self::Renegotiations => AlertDescription::UNEXPECTED_MESSAGE,
            Self::KeyUsage => AlertDescription::INTERNAL_ERROR,
        }
    }
}
