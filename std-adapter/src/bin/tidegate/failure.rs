//! What went wrong, on which side, and what to try.

use std::fmt;
use std::io::{self, ErrorKind};

use tidegate::CreateError;
use tidegate::error::{CertificateError, Error, LimitExceeded, PeerIncompatible, PeerMisbehaved, Refused};
use tidegate::wire::enums::AlertDescription;
use tidegate_std::{CredentialError, tls_error};

/// The exit codes of the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    Tls,
    Usage,
    Certificate,
    Connection,
}

impl Code {
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Tls => 1,
            Self::Usage => 2,
            Self::Certificate => 3,
            Self::Connection => 4,
        }
    }
}

/// Why the command ends without success.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) code: Code,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

impl Failure {
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self { code: Code::Usage, message: message.into(), hint: None }
    }

    pub(crate) fn connection(message: impl Into<String>) -> Self {
        Self { code: Code::Connection, message: message.into(), hint: None }
    }

    pub(crate) fn with_hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// An error of stdin or stdout, which is not the connection's.
    pub(crate) fn of_own(what: &str, error: &io::Error) -> Self {
        Self::usage(format!("{what}: {}", plain(error)))
    }

    /// The error of a stream, that happened while this was done: `handshake with localhost:4433`.
    pub(crate) fn of_stream(error: &io::Error, doing: impl fmt::Display) -> Self {
        match tls_error(error) {
            Some(error) => Self::of_tls(error, doing),
            None => Self::of_transport(error, doing),
        }
    }

    fn of_tls(error: Error, doing: impl fmt::Display) -> Self {
        let code = match error {
            Error::Refused(Refused::Certificate(_)) => Code::Certificate,
            Error::PeerMisbehaved(PeerMisbehaved::Truncated) => Code::Connection,
            Error::PeerMisbehaved(_)
            | Error::PeerIncompatible(_)
            | Error::AlertReceived(_)
            | Error::Refused(_)
            | Error::LimitExceeded(_)
            | Error::Internal(_) => Code::Tls,
        };
        Self { code, message: format!("{doing}: {error}"), hint: hint(error).map(str::to_owned) }
    }

    fn of_transport(error: &io::Error, doing: impl fmt::Display) -> Self {
        let misuse = error.get_ref().is_some_and(|inner| inner.is::<CreateError>());
        if misuse || error.kind() == ErrorKind::InvalidInput {
            return Self::usage(error.to_string());
        }
        if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) {
            return Self::connection(format!("{doing}: timed out"))
                .with_hint("the other end does not answer in time");
        }
        let failure = Self::connection(format!("{doing}: {}", plain(error)));
        match transport_hint(error.kind()) {
            Some(hint) => failure.with_hint(hint),
            None => failure,
        }
    }
}

impl From<CredentialError> for Failure {
    fn from(error: CredentialError) -> Self {
        Self::usage(error.to_string())
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the system has many errors, and a hint for a few")]
const fn transport_hint(kind: ErrorKind) -> Option<&'static str> {
    match kind {
        ErrorKind::ConnectionRefused => Some("nothing listens there: check host and port"),
        ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::ConnectionAborted => Some(
            "the other end cut the connection: what came may be incomplete; if nothing came, perhaps it speaks neither TLS 1.2 nor 1.3",
        ),
        ErrorKind::AddrInUse => {
            Some("another program listens there: stop it, or choose another port (0: a free one)")
        }
        ErrorKind::PermissionDenied => Some("ports below 1024 need privileges: choose another"),
        ErrorKind::AddrNotAvailable => Some("this machine does not have that address"),
        _ => None,
    }
}

/// A system's error without its number.
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}

fn hint(error: Error) -> Option<&'static str> {
    match error {
        Error::PeerMisbehaved(PeerMisbehaved::NotTls) => {
            Some("is this the right port? 443 speaks TLS, 80 does not; mail ports may need STARTTLS first")
        }
        Error::PeerMisbehaved(PeerMisbehaved::Truncated) => {
            Some("the other end closed the transport: what came may be incomplete")
        }
        Error::PeerIncompatible(what) => Some(incompatible_hint(what)),
        Error::AlertReceived(alert) => alert_hint(alert),
        Error::Refused(Refused::Certificate(error)) => certificate_hint(error),
        Error::LimitExceeded(
            LimitExceeded::IncomingBuffer { .. } | LimitExceeded::HandshakeMessage { .. },
        ) => Some("a larger --buffer may help"),
        Error::PeerMisbehaved(_) | Error::Refused(_) | Error::LimitExceeded(_) | Error::Internal(_) => None,
    }
}

/// What the same thing is called where the other end noticed it.
fn alert_hint(alert: AlertDescription) -> Option<&'static str> {
    Some(match alert {
        AlertDescription::PROTOCOL_VERSION => incompatible_hint(PeerIncompatible::Version),
        AlertDescription::HANDSHAKE_FAILURE => {
            "the two ends have no algorithms in common: see --suites and --groups, and the kind of the server's key; or \
             the server wants a certificate from its clients: see --cert"
        }
        AlertDescription::CERTIFICATE_REQUIRED => {
            "the server wants a certificate from its clients: see --cert"
        }
        AlertDescription::UNSUPPORTED_CERTIFICATE => incompatible_hint(PeerIncompatible::CertificateType),
        AlertDescription::NO_APPLICATION_PROTOCOL => incompatible_hint(PeerIncompatible::ApplicationProtocol),
        AlertDescription::INAPPROPRIATE_FALLBACK => incompatible_hint(PeerIncompatible::Fallback),
        AlertDescription::UNKNOWN_CA | AlertDescription::BAD_CERTIFICATE => {
            "the other end does not accept the certificate that this end showed: it must trust its authority"
        }
        AlertDescription::UNRECOGNIZED_NAME => "the server does not know the name: see --name",
        _ => return None,
    })
}

const fn incompatible_hint(what: PeerIncompatible) -> &'static str {
    match what {
        PeerIncompatible::Version => {
            "this program speaks TLS 1.2 and 1.3, one alone with --tls12 or --tls13; the other end does not"
        }
        PeerIncompatible::CipherSuite | PeerIncompatible::Group | PeerIncompatible::SignatureScheme => {
            "the two ends have no algorithms in common: see --suites and --groups, and the kind of the server's key"
        }
        PeerIncompatible::ClientCertificate | PeerIncompatible::CertificateRequired => {
            "clients must show a certificate, and this one has none"
        }
        PeerIncompatible::PreSharedKey => "the two ends have no pre-shared key in common: see --psk",
        PeerIncompatible::ApplicationProtocol => "no application protocol in common: see --alpn",
        PeerIncompatible::ExtendedMasterSecret | PeerIncompatible::SecureRenegotiation => {
            "the other end's TLS 1.2 is too old to be safe: update it, or have it speak TLS 1.3"
        }
        PeerIncompatible::CertificateType => {
            "one end wants raw public keys and the other has none: see --raw-public-key"
        }
        PeerIncompatible::Renegotiation => "the other end wants no other handshake on this connection",
        PeerIncompatible::Fallback => {
            "one end spoke an older version than it had to, perhaps since somebody in between cut its first attempt"
        }
    }
}

fn certificate_hint(error: CertificateError) -> Option<&'static str> {
    match error {
        CertificateError::UnknownIssuer => Some(
            "give the authority that issued it with --ca FILE, a client's with --client-ca; the other end may also leave \
             out intermediates",
        ),
        CertificateError::BadSignature => {
            Some("the authority in --ca has the right name and another key: is it the current file?")
        }
        CertificateError::NameMismatch => {
            Some("connect by a name that the certificate is for, or say which one to expect with --name NAME")
        }
        CertificateError::Expired => {
            Some("the server needs a new certificate; or this machine's clock is wrong")
        }
        CertificateError::NotValidYet => Some("this machine's clock may be wrong"),
        CertificateError::WrongUsage => Some(
            "a certificate in the chain is not allowed to be what it is used for (authority, or server); a server's \
             that is signed by itself must say CA:FALSE",
        ),
        CertificateError::UnsupportedAlgorithm => {
            Some("RSA keys need at least 2048 bits, and SHA-1 is refused")
        }
        CertificateError::RevocationUnknown => Some(
            "--crl has no list by the issuer of the certificate, or one that is out of date: fetch it anew",
        ),
        CertificateError::BadEncoding
        | CertificateError::Revoked
        | CertificateError::TooManyCertificates
        | CertificateError::NoTime
        | CertificateError::Unwanted
        | CertificateError::Other => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Error, LimitExceeded, hint};

    #[test]
    fn a_larger_buffer_is_proposed_only_where_it_helps() {
        assert!(hint(Error::LimitExceeded(LimitExceeded::HandshakeMessage { length: 9.into() })).is_some());
        assert!(hint(Error::LimitExceeded(LimitExceeded::EmptyRecords)).is_none());
    }
}
