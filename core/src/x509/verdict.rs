//! What an error of webpki means for the connection.

use webpki::Error;

use crate::error::CertificateError;

/// The rest has to do with critical extensions that nobody knows, and with chains made to cost time.
#[allow(deprecated, reason = "deprecated variants are still variants")]
#[allow(
    clippy::wildcard_enum_match_arm,
    reason = "webpki's enumeration may grow: what is new is refused too"
)]
pub(super) fn verdict(error: Error) -> CertificateError {
    match error {
        Error::BadDer
        | Error::BadDerTime
        | Error::ExtensionValueInvalid
        | Error::InvalidCertValidity
        | Error::InvalidNetworkMaskConstraint
        | Error::InvalidSerialNumber
        | Error::MalformedDnsIdentifier
        | Error::MalformedExtensions
        | Error::MalformedNameConstraint
        | Error::SignatureAlgorithmMismatch
        | Error::TrailingData(_)
        | Error::UnsupportedCertVersion => CertificateError::BadEncoding,
        Error::CertExpired { .. } => CertificateError::Expired,
        Error::CertNotValidYet { .. } => CertificateError::NotValidYet,
        Error::UnknownIssuer | Error::CertDistrusted => CertificateError::UnknownIssuer,
        Error::CertNotValidForName(_) | Error::UnsupportedNameType => CertificateError::NameMismatch,
        // An authority that was not given this name, this depth or this purpose to certify.
        Error::CaUsedAsEndEntity
        | Error::EndEntityUsedAsCa
        | Error::EmptyEkuExtension
        | Error::RequiredEkuNotFound
        | Error::RequiredEkuNotFoundContext(_)
        | Error::NameConstraintViolation
        | Error::PathLenConstraintViolated => CertificateError::WrongUsage,
        Error::InvalidSignatureForPublicKey => CertificateError::BadSignature,
        Error::UnsupportedSignatureAlgorithm
        | Error::UnsupportedSignatureAlgorithmContext(_)
        | Error::UnsupportedSignatureAlgorithmForPublicKey
        | Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => {
            CertificateError::UnsupportedAlgorithm
        }
        Error::CertRevoked => CertificateError::Revoked,
        #[cfg(feature = "crl")]
        error if is_about_lists(&error) => CertificateError::RevocationUnknown,
        Error::MaximumPathDepthExceeded => CertificateError::TooManyCertificates,
        _ => CertificateError::Other,
    }
}

/// Whether no list says of a certificate, or none that counts.
#[cfg(feature = "crl")]
#[allow(deprecated, reason = "deprecated variants are still variants")]
const fn is_about_lists(error: &Error) -> bool {
    matches!(
        error,
        Error::UnknownRevocationStatus
            | Error::CrlExpired { .. }
            | Error::InvalidCrlSignatureForPublicKey
            | Error::IssuerNotCrlSigner
            | Error::UnsupportedCrlSignatureAlgorithm
            | Error::UnsupportedCrlSignatureAlgorithmContext(_)
            | Error::UnsupportedCrlSignatureAlgorithmForPublicKey
            | Error::UnsupportedCrlSignatureAlgorithmForPublicKeyContext(_)
    )
}
