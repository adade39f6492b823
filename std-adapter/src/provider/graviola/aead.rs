//! AES-GCM and ChaCha20-Poly1305 where the record lies.

use std::fmt;

use graviola::aead::{AesGcm, ChaCha20Poly1305};
use tidegate::crypto::{CryptoError, NONCE, TAG, aead_key_len};
use tidegate::wire::enums::CipherSuite;

use super::fits;
use crate::provider::parts::Aead;

/// An expanded AEAD key, wiped when it is dropped.
#[allow(clippy::large_enum_variant, reason = "keys lie in the record buffers, with no box between")]
pub enum AeadKey {
    /// AES-GCM with a key of either length.
    AesGcm(AesGcm),
    /// ChaCha20-Poly1305.
    ChaCha20Poly1305(ChaCha20Poly1305),
}

impl fmt::Debug for AeadKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AeadKey")
    }
}

impl Aead for AeadKey {
    fn has(suite: CipherSuite) -> bool {
        matches!(
            suite,
            CipherSuite::TLS_AES_128_GCM_SHA256
                | CipherSuite::TLS_AES_256_GCM_SHA384
                | CipherSuite::TLS_CHACHA20_POLY1305_SHA256
        ) && fits()
    }

    fn expand(suite: CipherSuite, key: &[u8]) -> Result<Self, CryptoError> {
        if !Self::has(suite) {
            return Err(CryptoError::Unsupported);
        }
        if key.len() != aead_key_len(suite) {
            return Err(CryptoError::Failed);
        }
        Ok(match suite {
            CipherSuite::TLS_CHACHA20_POLY1305_SHA256 => {
                let key = key.try_into().map_err(|_| CryptoError::Failed)?;
                Self::ChaCha20Poly1305(ChaCha20Poly1305::new(key))
            }
            _ => Self::AesGcm(AesGcm::new(key)),
        })
    }

    fn seal(
        &self,
        nonce: &[u8; NONCE],
        additional_data: &[u8],
        record: &mut [u8],
    ) -> Result<(), CryptoError> {
        let (text, tag) = record.split_last_chunk_mut::<TAG>().ok_or(CryptoError::Failed)?;
        match self {
            Self::AesGcm(key) => key.encrypt(nonce, additional_data, text, tag),
            Self::ChaCha20Poly1305(key) => key.encrypt(nonce, additional_data, text, tag),
        }
        Ok(())
    }

    fn open(
        &self,
        nonce: &[u8; NONCE],
        additional_data: &[u8],
        record: &mut [u8],
    ) -> Result<(), CryptoError> {
        let (text, tag) = record.split_last_chunk_mut::<TAG>().ok_or(CryptoError::InvalidInput)?;
        let opened = match self {
            Self::AesGcm(key) => key.decrypt(nonce, additional_data, text, tag),
            Self::ChaCha20Poly1305(key) => key.decrypt(nonce, additional_data, text, tag),
        };
        opened.map_err(|_| CryptoError::InvalidInput)
    }
}
