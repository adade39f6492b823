//! What can be wrong with what a user gives, in sentences; and the errors of a connection inside an [`io::Error`].

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use tidegate::error::{CertificateError, Error, PeerMisbehaved};
use tidegate::sign::KeyError;

/// Why certificates or a key can't be used.
#[derive(Debug)]
pub enum CredentialError {
    /// A file can't be used.
    File {
        /// Its name.
        path: PathBuf,
        /// Why.
        problem: FileProblem,
    },
    /// The key is not the one that the chain's first certificate is about.
    KeyMismatch,
    /// The chain's first certificate can't be parsed.
    Certificate(CertificateError),
    /// The key can't be used.
    Key(KeyError),
    /// The chain has no certificate.
    EmptyChain,
    /// The machine has no root certificates; what was tried says why.
    NoNativeRoots(String),
}

/// What is wrong with a file.
#[derive(Debug)]
pub enum FileProblem {
    /// It can't be read.
    Unreadable(io::Error),
    /// It is no PEM.
    Malformed(String),
    /// It has no certificate.
    NoCertificate,
    /// A certificate in it can't be parsed.
    Certificate(CertificateError),
    /// It has no public key.
    NoPublicKey,
    /// It has no certificate revocation list, or one that can't be parsed.
    NoRevocationList,
    /// It has no private key.
    NoKey,
    /// Its private key is encrypted.
    EncryptedKey,
    /// Its private key can't be used.
    Key(KeyError),
    /// Its private key does not belong to the certificate in this other file.
    KeyMismatch(PathBuf),
}

impl CredentialError {
    pub(crate) fn file(path: &Path, problem: FileProblem) -> Self {
        Self::File { path: path.to_owned(), problem }
    }
}

impl fmt::Display for CredentialError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, problem } => write!(f, "{}: {problem}", path.display()),
            Self::KeyMismatch => f.write_str("the private key does not belong to the certificate"),
            Self::Certificate(error) => write!(f, "the certificate can't be used: {error:?}"),
            Self::Key(error) => error.fmt(f),
            Self::EmptyChain => f.write_str("the chain has no certificate"),
            Self::NoNativeRoots(why) => write!(f, "this machine has no root certificates: {why}"),
        }
    }
}

impl fmt::Display for FileProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(error) => write!(f, "can't be read: {error}"),
            Self::Malformed(why) => write!(f, "is no proper PEM: {why}"),
            Self::NoCertificate => f.write_str("holds no certificate (no section \"BEGIN CERTIFICATE\")"),
            Self::Certificate(error) => write!(f, "holds a certificate that can't be used: {error:?}"),
            Self::NoPublicKey => f.write_str("holds no public key (no section \"BEGIN PUBLIC KEY\")"),
            Self::NoRevocationList => {
                f.write_str("holds no certificate revocation list that can be used (section \"BEGIN X509 CRL\")")
            }
            Self::NoKey => f.write_str("holds no private key (no section \"BEGIN PRIVATE KEY\")"),
            Self::EncryptedKey => f.write_str(
                "holds a private key that is encrypted; `openssl pkey -in FILE -out PLAIN` decrypts it",
            ),
            Self::Key(KeyError::UnsupportedAlgorithm) => {
                f.write_str(
                    "holds a private key of a kind that is not supported: ECDSA on P-256 or P-384, Ed25519, and RSA with \
                     2048 to 4096 bits are",
                )
            }
            Self::Key(error) => write!(f, "holds a private key that can't be used: {error}"),
            Self::KeyMismatch(certificate) => {
                write!(f, "holds a private key that does not belong to {}", certificate.display())
            }
        }
    }
}

impl std::error::Error for CredentialError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::File { problem: FileProblem::Unreadable(error), .. } => Some(error),
            Self::Key(error) | Self::File { problem: FileProblem::Key(error), .. } => Some(error),
            Self::File { .. }
            | Self::KeyMismatch
            | Self::Certificate(_)
            | Self::EmptyChain
            | Self::NoNativeRoots(_) => None,
        }
    }
}

/// The error of the connection inside the error of a stream, if it is one: the transport's own errors are not.
#[must_use]
pub fn tls_error(error: &io::Error) -> Option<Error> {
    error.get_ref()?.downcast_ref::<Error>().copied()
}

/// A connection's error as a stream's.
pub(crate) fn stream_error(error: Error) -> io::Error {
    let kind = match error {
        Error::PeerMisbehaved(PeerMisbehaved::Truncated) => io::ErrorKind::UnexpectedEof,
        Error::AlertReceived(_) => io::ErrorKind::ConnectionAborted,
        Error::Internal(_) => io::ErrorKind::Other,
        Error::PeerMisbehaved(_)
        | Error::PeerIncompatible(_)
        | Error::Refused(_)
        | Error::LimitExceeded(_) => io::ErrorKind::InvalidData,
    };
    io::Error::new(kind, error)
}
