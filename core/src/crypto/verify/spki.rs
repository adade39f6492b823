//! Verifying with the key of a certificate: CertificateVerify (RFC 8446, section 4.4.3).

use core::fmt;

use crate::crypto::der::{DerReader, SEQUENCE};
use crate::crypto::{SignatureAlgorithm, SignatureUse};
#[cfg(feature = "tls12")]
use crate::wire::enums::Authentication;
use crate::wire::enums::SignatureScheme;

/// Why a signature was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpkiError {
    /// The SubjectPublicKeyInfo can't be parsed.
    Malformed,
    /// The scheme is not supported for handshakes, or not for a key of this kind.
    WrongScheme,
    /// The signature does not verify.
    BadSignature,
}

impl fmt::Display for SpkiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "the public key can't be parsed",
            Self::WrongScheme => "the signature scheme does not fit the public key",
            Self::BadSignature => "the signature does not verify",
        })
    }
}

impl core::error::Error for SpkiError {}

/// Verifies a signature of a handshake with a certificate's SubjectPublicKeyInfo in DER (RFC 5280, section 4.1).
///
/// `algorithms` are those of [`Provider::signature_algorithms`](crate::crypto::Provider::signature_algorithms);
/// algorithms for certificates only are passed over.
///
/// # Errors
/// [`SpkiError::WrongScheme`] before anything is verified if no algorithm has this scheme and this kind of key,
/// [`SpkiError::Malformed`] if there is no key, [`SpkiError::BadSignature`] if the signature is not the key's.
pub fn verify_with_spki(
    algorithms: &[SignatureAlgorithm],
    scheme: SignatureScheme,
    spki_der: &[u8],
    message: &[u8],
    signature: &[u8],
) -> Result<(), SpkiError> {
    let usable =
        algorithms.iter().filter(|algorithm| algorithm.usage == SignatureUse::HandshakeAndCertificates);
    verify(usable, scheme, spki_der, message, signature)
}

/// Verifies a signature of a TLS 1.2 handshake, where RSASSA-PKCS1-v1_5 and ECDSA with any curve and hash may sign too
/// (RFC 5246, section 7.4.1.4.1; RFC 8446, section 4.2.3).
///
/// # Errors
/// As [`verify_with_spki`].
#[cfg(feature = "tls12")]
pub fn verify_tls12_with_spki(
    algorithms: &[SignatureAlgorithm],
    scheme: SignatureScheme,
    spki_der: &[u8],
    message: &[u8],
    signature: &[u8],
) -> Result<(), SpkiError> {
    verify(algorithms.iter(), scheme, spki_der, message, signature)
}

/// Verifies a signature of a client of TLS 1.2, of which only the digest is there (RFC 5246, section 7.4.8).
///
/// # Errors
/// As [`verify_with_spki`]; [`SpkiError::WrongScheme`] also for schemes that don't sign a digest.
#[cfg(feature = "tls12")]
pub fn verify_digest_with_spki(
    algorithms: &[SignatureAlgorithm],
    scheme: SignatureScheme,
    spki_der: &[u8],
    digest: &[u8],
    signature: &[u8],
) -> Result<(), SpkiError> {
    let (key_algorithm, public_key) = split_spki(spki_der).ok_or(SpkiError::Malformed)?;
    let verifier = algorithms
        .iter()
        .filter(|algorithm| algorithm.scheme == scheme)
        .filter(|algorithm| algorithm.verifier.public_key_alg_id().as_ref() == key_algorithm)
        .find_map(|algorithm| algorithm.digest_verifier)
        .ok_or(SpkiError::WrongScheme)?;
    verifier(public_key, digest, signature).ok_or(SpkiError::BadSignature)
}

/// Whether a key can sign for a suite of TLS 1.2 with this authentication, by any algorithm.
#[cfg(feature = "tls12")]
pub(crate) fn signs_for(
    algorithms: &[SignatureAlgorithm],
    authentication: Authentication,
    spki_der: &[u8],
) -> Result<bool, SpkiError> {
    let (key_algorithm, _) = split_spki(spki_der).ok_or(SpkiError::Malformed)?;
    let signs = |algorithm: &SignatureAlgorithm| {
        algorithm.verifier.public_key_alg_id().as_ref() == key_algorithm
            && algorithm.scheme.tls12_authentication() == Some(authentication)
    };
    Ok(algorithms.iter().any(signs))
}

fn verify<'a>(
    algorithms: impl Iterator<Item = &'a SignatureAlgorithm>,
    scheme: SignatureScheme,
    spki_der: &[u8],
    message: &[u8],
    signature: &[u8],
) -> Result<(), SpkiError> {
    let (key_algorithm, public_key) = split_spki(spki_der).ok_or(SpkiError::Malformed)?;
    algorithms
        .filter(|algorithm| algorithm.scheme == scheme)
        .find(|algorithm| algorithm.verifier.public_key_alg_id().as_ref() == key_algorithm)
        .ok_or(SpkiError::WrongScheme)?
        .verifier
        .verify_signature(public_key, message, signature)
        .map_err(|_| SpkiError::BadSignature)
}

/// The content of the AlgorithmIdentifier, and the key.
fn split_spki(spki_der: &[u8]) -> Option<(&[u8], &[u8])> {
    let content = DerReader::read_all(spki_der, |reader| reader.read(SEQUENCE))?;
    DerReader::read_all(content, |reader| Some((reader.read(SEQUENCE)?, reader.read_bit_string()?)))
}
