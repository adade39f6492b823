//! Errors under the names that BoringSSL has for them.

use tidegate::error::{CertificateError, Error, LimitExceeded, PeerIncompatible, PeerMisbehaved, Refused};
use tidegate::wire::enums::AlertDescription;
use tidegate_std::openssl::Reason;

/// A reason as BoringSSL prints it. `cause` is why a callback refused.
pub(super) fn of_reason(reason: Reason, cause: Option<&'static str>) -> String {
    let name = match reason {
        Reason::Failed(error) => of_error(error, cause),
        Reason::NoProtocols => "NO_SUPPORTED_VERSIONS_ENABLED",
        Reason::Shutdown => "PROTOCOL_IS_SHUTDOWN",
        Reason::WrongRetry(_) => "BAD_WRITE_RETRY",
        Reason::WrongVersion => "WRONG_SSL_VERSION",
        Reason::UnreadData => "APPLICATION_DATA_ON_SHUTDOWN",
        Reason::NoRenegotiation => "NO_RENEGOTIATION",
        Reason::InHandshake => "HANDSHAKE_NOT_COMPLETE",
        Reason::NotConfigured => "NO_CERTIFICATE_SET",
        Reason::NoRole
        | Reason::BadLength
        | Reason::KeyUpdateWaits
        | Reason::BadKeyUpdate
        | Reason::OtherContext
        | Reason::Transport(_)
        | _ => "INTERNAL_ERROR",
    };
    format!("error:SSL routines:OPENSSL_internal:{name}:{reason}")
}

fn of_error(error: Error, cause: Option<&'static str>) -> &'static str {
    match error {
        Error::PeerMisbehaved(error) => of_misbehaviour(error),
        Error::PeerIncompatible(error) => of_incompatibility(error),
        Error::AlertReceived(alert) => of_alert(alert),
        Error::Refused(refused) => of_refusal(refused, cause),
        Error::LimitExceeded(limit) => of_limit(limit),
        Error::Internal(_) => "INTERNAL_ERROR",
    }
}

const fn of_misbehaviour(error: PeerMisbehaved) -> &'static str {
    match error {
        PeerMisbehaved::Malformed => "DECODE_ERROR",
        PeerMisbehaved::NotTls => "WRONG_VERSION_NUMBER",
        PeerMisbehaved::UnexpectedMessage => "UNEXPECTED_MESSAGE",
        PeerMisbehaved::BadRecordMac => "DECRYPTION_FAILED_OR_BAD_RECORD_MAC",
        PeerMisbehaved::RecordOverflow => "ENCRYPTED_LENGTH_TOO_LONG",
        PeerMisbehaved::KeyChangeInsideRecord => "EXCESS_HANDSHAKE_DATA",
        PeerMisbehaved::DuplicateExtension => "DUPLICATE_EXTENSION",
        PeerMisbehaved::MisplacedExtension | PeerMisbehaved::UnsolicitedExtension => "UNEXPECTED_EXTENSION",
        PeerMisbehaved::MissingExtension => "MISSING_EXTENSION",
        PeerMisbehaved::IllegalParameter | PeerMisbehaved::BadCookie => "ERROR_PARSING_EXTENSION",
        PeerMisbehaved::Downgrade => "TLS13_DOWNGRADE",
        PeerMisbehaved::PointlessHelloRetry => "EMPTY_HELLO_RETRY_REQUEST",
        PeerMisbehaved::ChangedClientHello => "INCONSISTENT_CLIENT_HELLO",
        PeerMisbehaved::BadKeyShare => "BAD_ECPOINT",
        PeerMisbehaved::BadSignature => "BAD_SIGNATURE",
        PeerMisbehaved::BadSignatureScheme => "WRONG_SIGNATURE_TYPE",
        PeerMisbehaved::BadFinished | PeerMisbehaved::BadBinder => "DIGEST_CHECK_FAILED",
        PeerMisbehaved::ChangedIdentity => "SERVER_CERT_CHANGED",
        PeerMisbehaved::NotBound => "RENEGOTIATION_MISMATCH",
        PeerMisbehaved::NoCertificate => "PEER_DID_NOT_RETURN_A_CERTIFICATE",
        PeerMisbehaved::Truncated => "UNEXPECTED_EOF_WHILE_READING",
    }
}

const fn of_incompatibility(error: PeerIncompatible) -> &'static str {
    match error {
        PeerIncompatible::Version => "UNSUPPORTED_PROTOCOL",
        PeerIncompatible::PreSharedKey => "PSK_IDENTITY_NOT_FOUND",
        PeerIncompatible::CertificateType => "UNKNOWN_CERTIFICATE_TYPE",
        PeerIncompatible::CipherSuite => "NO_SHARED_CIPHER",
        PeerIncompatible::Group => "NO_SHARED_GROUP",
        PeerIncompatible::SignatureScheme => "NO_COMMON_SIGNATURE_ALGORITHMS",
        PeerIncompatible::ApplicationProtocol => "NO_APPLICATION_PROTOCOL",
        PeerIncompatible::ClientCertificate | PeerIncompatible::CertificateRequired => {
            "PEER_DID_NOT_RETURN_A_CERTIFICATE"
        }
        PeerIncompatible::ExtendedMasterSecret => "RENEGOTIATION_EMS_MISMATCH",
        PeerIncompatible::SecureRenegotiation => "UNSAFE_LEGACY_RENEGOTIATION_DISABLED",
        PeerIncompatible::Renegotiation => "NO_RENEGOTIATION",
        PeerIncompatible::Fallback => "INAPPROPRIATE_FALLBACK",
    }
}

fn of_refusal(refused: Refused, cause: Option<&'static str>) -> &'static str {
    match refused {
        Refused::Certificate(CertificateError::BadEncoding) => "CANNOT_PARSE_LEAF_CERT",
        Refused::Certificate(CertificateError::WrongUsage) => "KEY_USAGE_BIT_INCORRECT",
        Refused::Certificate(_) => "CERTIFICATE_VERIFY_FAILED",
        Refused::ServerName => "CLIENTHELLO_TLSEXT",
        Refused::Identity => cause.unwrap_or("NO_COMMON_SIGNATURE_ALGORITHMS"),
        Refused::Unavailable => "CERT_CB_ERROR",
        Refused::Renegotiation => "NO_RENEGOTIATION",
        Refused::Signature => "PRIVATE_KEY_OPERATION_FAILED",
        Refused::Closed | Refused::Application(_) => "PROTOCOL_IS_SHUTDOWN",
    }
}

const fn of_limit(limit: LimitExceeded) -> &'static str {
    match limit {
        LimitExceeded::IncomingBuffer { .. } => "DATA_LENGTH_TOO_LONG",
        LimitExceeded::HandshakeMessage { .. } | LimitExceeded::Cookie { .. } => "EXCESSIVE_MESSAGE_SIZE",
        LimitExceeded::EmptyRecords | LimitExceeded::ChangeCipherSpecs => "TOO_MANY_EMPTY_FRAGMENTS",
        LimitExceeded::WarningAlerts => "TOO_MANY_WARNING_ALERTS",
        LimitExceeded::EarlyData => "TOO_MUCH_SKIPPED_EARLY_DATA",
        LimitExceeded::KeyUpdates => "TOO_MANY_KEY_UPDATES",
        LimitExceeded::CertificateRequests => "TOO_MANY_CERTIFICATE_REQUESTS",
        LimitExceeded::Renegotiations => "NO_RENEGOTIATION",
        LimitExceeded::KeyUsage => "TOO_MANY_PACKETS",
    }
}

fn of_alert(alert: AlertDescription) -> &'static str {
    match alert {
        AlertDescription::CLOSE_NOTIFY => "SSLV3_ALERT_CLOSE_NOTIFY",
        AlertDescription::UNEXPECTED_MESSAGE => "SSLV3_ALERT_UNEXPECTED_MESSAGE",
        AlertDescription::BAD_RECORD_MAC => "SSLV3_ALERT_BAD_RECORD_MAC",
        AlertDescription::RECORD_OVERFLOW => "TLSV1_ALERT_RECORD_OVERFLOW",
        AlertDescription::HANDSHAKE_FAILURE => "SSLV3_ALERT_HANDSHAKE_FAILURE",
        AlertDescription::BAD_CERTIFICATE => "SSLV3_ALERT_BAD_CERTIFICATE",
        AlertDescription::UNSUPPORTED_CERTIFICATE => "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE",
        AlertDescription::ILLEGAL_PARAMETER => "SSLV3_ALERT_ILLEGAL_PARAMETER",
        AlertDescription::UNKNOWN_CA => "TLSV1_ALERT_UNKNOWN_CA",
        AlertDescription::ACCESS_DENIED => "TLSV1_ALERT_ACCESS_DENIED",
        AlertDescription::DECODE_ERROR => "TLSV1_ALERT_DECODE_ERROR",
        AlertDescription::DECRYPT_ERROR => "TLSV1_ALERT_DECRYPT_ERROR",
        AlertDescription::PROTOCOL_VERSION => "TLSV1_ALERT_PROTOCOL_VERSION",
        AlertDescription::INTERNAL_ERROR => "TLSV1_ALERT_INTERNAL_ERROR",
        AlertDescription::NO_RENEGOTIATION => "TLSV1_ALERT_NO_RENEGOTIATION",
        AlertDescription(30) => "SSLV3_ALERT_DECOMPRESSION_FAILURE",
        _ => "TLSV1_ALERT_UNKNOWN",
    }
}
