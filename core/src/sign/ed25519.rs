//! Ed25519 (RFC 8032, section 5.1).

use core::fmt;

use ed25519_dalek::{Signer, SigningKey};
use pki_types::alg_id;

use super::private_key::read_pkcs8;
use super::{KeyError, write_pieces};
use crate::crypto::CryptoError;
use crate::crypto::der::{DerReader, OCTET_STRING};
use crate::wire::enums::SignatureScheme;

/// What stands before the key in its SubjectPublicKeyInfo (RFC 8410, section 4).
const SPKI_PREFIX: &[u8] = &[0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0];

/// A private key of Ed25519, wiped when dropped.
pub struct Ed25519Signer {
    key: SigningKey,
}

impl Ed25519Signer {
    /// A key from PKCS#8 (RFC 8410, section 7) in DER.
    ///
    /// # Errors
    /// [`KeyError`] if it can't be parsed or is of another kind.
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, KeyError> {
        let private_key = read_pkcs8(der, alg_id::ED25519)?;
        let seed = DerReader::read_all(private_key, |reader| reader.read(OCTET_STRING));
        let seed = seed.and_then(|seed| seed.try_into().ok()).ok_or(KeyError::Malformed)?;
        Ok(Self { key: SigningKey::from_bytes(seed) })
    }

    /// Signs a message; returns the signature's length.
    ///
    /// # Errors
    /// [`CryptoError::Failed`] if `out` is too short.
    pub fn sign(&self, message: &[u8], out: &mut [u8]) -> Result<usize, CryptoError> {
        let signature = self.key.try_sign(message).map_err(|_| CryptoError::Failed)?;
        write_pieces(out, &[&signature.to_bytes()])
    }

    /// The scheme of the signatures.
    #[must_use]
    pub const fn scheme(&self) -> SignatureScheme {
        SignatureScheme::ED25519
    }

    /// Writes the public key as a SubjectPublicKeyInfo (RFC 8410, section 4) in DER; returns its length.
    ///
    /// # Errors
    /// [`CryptoError::Failed`] if `out` is too short.
    pub fn public_key_spki(&self, out: &mut [u8]) -> Result<usize, CryptoError> {
        write_pieces(out, &[SPKI_PREFIX, self.key.verifying_key().as_bytes()])
    }
}

impl fmt::Debug for Ed25519Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ed25519Signer").finish_non_exhaustive()
    }
}
