//! Private keys: those that the core signs with, faster where a library was compiled in, and RSA keys, which take one.

use std::fmt;

use pki_types::PrivateKeyDer;
use sha2::{Digest as _, Sha256, Sha384};
use tidegate::crypto::CryptoError;
use tidegate::limits;
use tidegate::sign::{KeyError, MAX_SPKI, SoftwareSigner};
use tidegate::wire::enums::{NamedGroup, SignatureScheme};

mod absent;
#[cfg(feature = "aws-lc-rs")]
mod aws_lc;
#[cfg(all(feature = "graviola", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod graviola;
#[cfg(feature = "ring")]
mod ring;

#[cfg(not(feature = "aws-lc-rs"))]
use absent as aws_lc;
#[cfg(not(all(feature = "graviola", any(target_arch = "x86_64", target_arch = "aarch64"))))]
use absent as graviola;
#[cfg(not(feature = "ring"))]
use absent as ring;

/// The schemes of ECDSA.
const ECDSA: [SignatureScheme; 2] =
    [SignatureScheme::ECDSA_SECP256R1_SHA256, SignatureScheme::ECDSA_SECP384R1_SHA384];

/// What an RSA key can sign with, the preferred first: PSS for both versions, PKCS#1 for TLS 1.2.
const RSA: [SignatureScheme; 6] = [
    SignatureScheme::RSA_PSS_RSAE_SHA256,
    SignatureScheme::RSA_PSS_RSAE_SHA384,
    SignatureScheme::RSA_PSS_RSAE_SHA512,
    SignatureScheme::RSA_PKCS1_SHA256,
    SignatureScheme::RSA_PKCS1_SHA384,
    SignatureScheme::RSA_PKCS1_SHA512,
];

/// Makes a library's key of one in PKCS#8 or SEC1.
type Make = fn(&[u8], SignatureScheme) -> Option<Box<dyn Key>>;

/// A private key in the hands of a library.
trait Key: fmt::Debug + Send + Sync {
    /// Signs a message by a scheme of the key; how long the signature is. An RSA key has exactly its room.
    fn sign(&self, scheme: SignatureScheme, message: &[u8], out: &mut [u8]) -> Result<usize, CryptoError>;

    /// Signs a digest, if the library can do that with a digest of this length.
    fn sign_digest(
        &self,
        _scheme: SignatureScheme,
        _digest: &[u8],
        _out: &mut [u8],
    ) -> Option<Result<usize, CryptoError>> {
        None
    }

    /// Whether it signs the digests of all its schemes.
    fn signs_digests(&self) -> bool {
        false
    }
}

/// A private key.
#[derive(Debug)]
pub(crate) enum Signer {
    Curve(CurveKey),
    Rsa(RsaKey),
}

/// A key for ECDSA or Ed25519, which the core has read: it knows the public half, and signs what the library does not.
#[derive(Debug)]
pub(crate) struct CurveKey {
    software: Box<SoftwareSigner>,
    library: Option<Box<dyn Key>>,
}

/// An RSA key.
#[derive(Debug)]
pub(crate) struct RsaKey {
    key: Box<dyn Key>,
    /// The public half, as certificates have it.
    info: Vec<u8>,
    /// Bytes of the modulus and of a signature.
    modulus: usize,
}

impl Signer {
    /// A key in PKCS#8 or SEC1, or an RSA key in PKCS#1.
    pub(crate) fn new(key: &PrivateKeyDer<'_>) -> Result<Self, KeyError> {
        if !matches!(key, PrivateKeyDer::Pkcs1(_)) {
            match SoftwareSigner::from_der(key.secret_der()) {
                Ok(signer) => return Ok(Self::Curve(CurveKey::new(key.secret_der(), signer))),
                Err(KeyError::UnsupportedAlgorithm) => {}
                Err(error) => return Err(error),
            }
        }
        RsaKey::new(key).map(Self::Rsa)
    }

    /// What it can sign with, the preferred first.
    pub(crate) fn schemes(&self) -> Vec<SignatureScheme> {
        match self {
            Self::Curve(key) => vec![key.software.scheme()],
            Self::Rsa(_) => RSA.to_vec(),
        }
    }

    /// What it can sign with in TLS 1.2, where a scheme of ECDSA names a hash for any curve.
    pub(crate) fn tls12_schemes(&self) -> Vec<SignatureScheme> {
        let mut schemes = self.schemes();
        if self.curve().is_some() {
            let others = ECDSA.into_iter().filter(|scheme| !schemes.contains(scheme)).collect::<Vec<_>>();
            schemes.extend(others);
        }
        schemes
    }

    /// The curve of a key for ECDSA.
    pub(crate) fn curve(&self) -> Option<NamedGroup> {
        let Self::Curve(key) = self else { return None };
        match *key.software {
            SoftwareSigner::EcdsaP256(_) => Some(NamedGroup::SECP256R1),
            SoftwareSigner::EcdsaP384(_) => Some(NamedGroup::SECP384R1),
            SoftwareSigner::Ed25519(_) => None,
        }
    }

    /// Whether it signs digests, as clients do in TLS 1.2 (RFC 5246, section 7.4.8). Of RSA keys those of AWS-LC alone do.
    pub(crate) fn signs_digests(&self) -> bool {
        match self {
            Self::Curve(_) => true,
            Self::Rsa(key) => key.key.signs_digests(),
        }
    }

    /// Signs a message, which is not hashed yet; how long the signature is.
    pub(crate) fn sign(
        &self,
        scheme: SignatureScheme,
        message: &[u8],
        out: &mut [u8],
    ) -> Result<usize, CryptoError> {
        match self {
            Self::Curve(key) => key.sign(scheme, message, out),
            Self::Rsa(key) => key.key.sign(scheme, message, key.room(out)?),
        }
    }

    /// Signs what is hashed already, by the hash of the scheme; how long the signature is.
    pub(crate) fn sign_digest(
        &self,
        scheme: SignatureScheme,
        digest: &[u8],
        out: &mut [u8],
    ) -> Result<usize, CryptoError> {
        match self {
            Self::Curve(key) => key.sign_digest(scheme, digest, out),
            Self::Rsa(key) => {
                let signed = key.key.sign_digest(scheme, digest, key.room(out)?);
                signed.unwrap_or(Err(CryptoError::Unsupported))
            }
        }
    }

    /// The public key as a SubjectPublicKeyInfo (RFC 5280, section 4.1) in DER; none if it can't be made.
    pub(crate) fn public_key_info(&self) -> Option<Vec<u8>> {
        match self {
            Self::Curve(key) => {
                let mut info = [0; MAX_SPKI];
                let length = key.software.public_key_spki(&mut info).ok()?;
                Some(info.get(..length)?.to_vec())
            }
            Self::Rsa(key) => Some(key.info.clone()),
        }
    }
}

impl CurveKey {
    fn new(key: &[u8], software: SoftwareSigner) -> Self {
        let scheme = software.scheme();
        // The fastest first. In a loop graviola leads with P-256; among a handshake's other work its long table costs more.
        let makers: [Make; 3] = [aws_lc::curve, graviola::curve, ring::curve];
        let library = makers.iter().find_map(|make| make(key, scheme));
        Self { software: Box::new(software), library }
    }

    fn sign(&self, scheme: SignatureScheme, message: &[u8], out: &mut [u8]) -> Result<usize, CryptoError> {
        if scheme == self.software.scheme() {
            return match &self.library {
                Some(key) => key.sign(scheme, message, out),
                None => self.software.sign(message, out),
            };
        }
        // In TLS 1.2 a scheme names a hash for any curve.
        match scheme {
            SignatureScheme::ECDSA_SECP256R1_SHA256 => {
                self.sign_digest(scheme, &Sha256::digest(message), out)
            }
            SignatureScheme::ECDSA_SECP384R1_SHA384 => {
                self.sign_digest(scheme, &Sha384::digest(message), out)
            }
            _ => Err(CryptoError::Unsupported),
        }
    }

    fn sign_digest(
        &self,
        scheme: SignatureScheme,
        digest: &[u8],
        out: &mut [u8],
    ) -> Result<usize, CryptoError> {
        let signed = self.library.as_ref().and_then(|key| key.sign_digest(scheme, digest, out));
        signed.unwrap_or_else(|| self.software.sign_digest(digest, out))
    }
}

impl RsaKey {
    /// A key in PKCS#8 or PKCS#1, of 2048 bits at least and of 4096 at most.
    fn new(key: &PrivateKeyDer<'_>) -> Result<Self, KeyError> {
        let key = aws_lc::rsa(key).or_else(|| graviola::rsa(key)).or_else(|| ring::rsa(key));
        key.filter(|key| key.modulus <= limits::SIGNATURE).ok_or(KeyError::UnsupportedAlgorithm)
    }

    /// As much room as a signature takes.
    fn room<'o>(&self, out: &'o mut [u8]) -> Result<&'o mut [u8], CryptoError> {
        out.get_mut(..self.modulus).ok_or(CryptoError::Failed)
    }
}

#[cfg(all(
    test,
    feature = "aws-lc-rs",
    feature = "graviola",
    feature = "ring",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
mod tests;
