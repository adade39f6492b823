//! Signing in software: ECDSA on P-256 and P-384, and Ed25519.
//!
//! For keys that lie in memory. A key in a secure element or on a server is asked for its signature instead; so is an
//! RSA key.

#[cfg(any(feature = "ecdsa-p256", feature = "ecdsa-p384"))]
mod ecdsa;
#[cfg(feature = "ed25519")]
mod ed25519;
mod private_key;

use core::fmt;

#[cfg(feature = "ecdsa-p256")]
pub use ecdsa::EcdsaP256Signer;
#[cfg(feature = "ecdsa-p384")]
pub use ecdsa::EcdsaP384Signer;
#[cfg(feature = "ed25519")]
pub use ed25519::Ed25519Signer;

use crate::crypto::CryptoError;
use crate::wire::enums::SignatureScheme;

/// Bytes that hold any signature made here (ECDSA on P-384).
pub const MAX_SIGNATURE: usize = 104;
/// Bytes that hold the SubjectPublicKeyInfo of any key here (P-384).
pub const MAX_SPKI: usize = 120;

/// Why a private key can't be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyError {
    /// It can't be parsed.
    Malformed,
    /// It is a key of another kind, or of one that is not supported.
    UnsupportedAlgorithm,
    /// Its value is out of range, or is not that of the public key beside it.
    Invalid,
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "the private key can't be parsed",
            Self::UnsupportedAlgorithm => "the private key is of a kind that is not supported",
            Self::Invalid => "the private key's value is not valid",
        })
    }
}

impl core::error::Error for KeyError {}

/// A private key of any kind that is supported.
pub enum SoftwareSigner {
    /// ECDSA on P-256.
    #[cfg(feature = "ecdsa-p256")]
    EcdsaP256(EcdsaP256Signer),
    /// ECDSA on P-384.
    #[cfg(feature = "ecdsa-p384")]
    EcdsaP384(EcdsaP384Signer),
    /// Ed25519.
    #[cfg(feature = "ed25519")]
    Ed25519(Ed25519Signer),
}

/// Makes a key from one encoding of one kind.
type FromDer = fn(&[u8]) -> Result<SoftwareSigner, KeyError>;

/// Every encoding of every kind.
const ENCODINGS: &[FromDer] = &[
    #[cfg(feature = "ecdsa-p256")]
    |der| EcdsaP256Signer::from_pkcs8_der(der).map(SoftwareSigner::EcdsaP256),
    #[cfg(feature = "ecdsa-p384")]
    |der| EcdsaP384Signer::from_pkcs8_der(der).map(SoftwareSigner::EcdsaP384),
    #[cfg(feature = "ed25519")]
    |der| Ed25519Signer::from_pkcs8_der(der).map(SoftwareSigner::Ed25519),
    #[cfg(feature = "ecdsa-p256")]
    |der| EcdsaP256Signer::from_sec1_der(der).map(SoftwareSigner::EcdsaP256),
    #[cfg(feature = "ecdsa-p384")]
    |der| EcdsaP384Signer::from_sec1_der(der).map(SoftwareSigner::EcdsaP384),
];

impl SoftwareSigner {
    /// A key from PKCS#8 (RFC 5958) or SEC1 (RFC 5915) in DER.
    ///
    /// # Errors
    /// [`KeyError::Invalid`] or [`KeyError::UnsupportedAlgorithm`] if it is one of them and can't be used,
    /// [`KeyError::Malformed`] if it is neither.
    pub fn from_der(der: &[u8]) -> Result<Self, KeyError> {
        let mut worst = KeyError::Malformed;
        for parse in ENCODINGS {
            match (parse(der), worst) {
                (Ok(signer), _) => return Ok(signer),
                (Err(KeyError::Malformed), _) | (Err(_), KeyError::Invalid) => {}
                (Err(error), _) => worst = error,
            }
        }
        Err(worst)
    }

    /// Signs a message, which is not hashed yet. Returns the signature's length; [`MAX_SIGNATURE`] bytes are enough.
    ///
    /// # Errors
    /// [`CryptoError::Failed`] if `out` is too short.
    pub fn sign(&self, message: &[u8], out: &mut [u8]) -> Result<usize, CryptoError> {
        match self {
            #[cfg(feature = "ecdsa-p256")]
            Self::EcdsaP256(signer) => signer.sign(message, out),
            #[cfg(feature = "ecdsa-p384")]
            Self::EcdsaP384(signer) => signer.sign(message, out),
            #[cfg(feature = "ed25519")]
            Self::Ed25519(signer) => signer.sign(message, out),
        }
    }

    /// Signs a message that is hashed already, by the hash of the [scheme](Self::scheme).
    ///
    /// # Errors
    /// [`CryptoError::Unsupported`] with Ed25519, which hashes by itself; [`CryptoError::Failed`] if `out` is too short.
    #[cfg(feature = "tls12")]
    #[cfg_attr(
        not(any(feature = "ecdsa-p256", feature = "ecdsa-p384")),
        expect(unused_variables, reason = "Ed25519 signs no digests")
    )]
    pub fn sign_digest(&self, digest: &[u8], out: &mut [u8]) -> Result<usize, CryptoError> {
        match self {
            #[cfg(feature = "ecdsa-p256")]
            Self::EcdsaP256(signer) => signer.sign_digest(digest, out),
            #[cfg(feature = "ecdsa-p384")]
            Self::EcdsaP384(signer) => signer.sign_digest(digest, out),
            #[cfg(feature = "ed25519")]
            Self::Ed25519(_) => Err(CryptoError::Unsupported),
        }
    }

    /// The one scheme that the key signs with.
    #[must_use]
    pub const fn scheme(&self) -> SignatureScheme {
        match self {
            #[cfg(feature = "ecdsa-p256")]
            Self::EcdsaP256(signer) => signer.scheme(),
            #[cfg(feature = "ecdsa-p384")]
            Self::EcdsaP384(signer) => signer.scheme(),
            #[cfg(feature = "ed25519")]
            Self::Ed25519(signer) => signer.scheme(),
        }
    }

    /// Writes the public key as a SubjectPublicKeyInfo (RFC 5280, section 4.1) in DER, to be compared with a
    /// certificate's. Returns its length; [`MAX_SPKI`] bytes are enough.
    ///
    /// # Errors
    /// [`CryptoError::Failed`] if `out` is too short.
    pub fn public_key_spki(&self, out: &mut [u8]) -> Result<usize, CryptoError> {
        match self {
            #[cfg(feature = "ecdsa-p256")]
            Self::EcdsaP256(signer) => signer.public_key_spki(out),
            #[cfg(feature = "ecdsa-p384")]
            Self::EcdsaP384(signer) => signer.public_key_spki(out),
            #[cfg(feature = "ed25519")]
            Self::Ed25519(signer) => signer.public_key_spki(out),
        }
    }
}

impl fmt::Debug for SoftwareSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SoftwareSigner({})", self.scheme())
    }
}

/// Writes pieces one after the other; how many bytes they are.
fn write_pieces(out: &mut [u8], pieces: &[&[u8]]) -> Result<usize, CryptoError> {
    let len = pieces.iter().fold(0_usize, |len, piece| len.saturating_add(piece.len()));
    let space = out.get_mut(..len).ok_or(CryptoError::Failed)?;
    space.iter_mut().zip(pieces.iter().copied().flatten()).for_each(|(to, from)| *to = *from);
    Ok(len)
}

#[cfg(test)]
mod tests;
