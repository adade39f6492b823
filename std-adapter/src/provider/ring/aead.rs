//! AES-GCM and ChaCha20-Poly1305 where the record lies.

use std::sync::LazyLock;

use ring::aead::{
    AES_128_GCM, AES_256_GCM, Aad, Algorithm, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey,
};
use tidegate::crypto::{CryptoError, NONCE, TAG};
use tidegate::wire::enums::CipherSuite;
use zeroize::optimization_barrier;

use crate::provider::parts::Aead;

/// An expanded AEAD key. ring does not wipe it: a key of zeros overwrites it when it is dropped.
///
/// Nonces come from the engine, which counts the records of a key.
#[derive(Debug)]
pub struct AeadKey(LessSafeKey);

impl AeadKey {
    /// Becomes a key of zeros.
    fn overwrite(&mut self) {
        static ZEROS: LazyLock<Vec<LessSafeKey>> = LazyLock::new(|| {
            let zeros = [&AES_128_GCM, &AES_256_GCM, &CHACHA20_POLY1305].into_iter();
            let keys = zeros.map(|algorithm| UnboundKey::new(algorithm, &[0; 32][..algorithm.key_len()]));
            keys.flatten().map(LessSafeKey::new).collect()
        });
        if let Some(zeros) = ZEROS.iter().find(|key| key.algorithm() == self.0.algorithm()) {
            self.0 = zeros.clone();
        }
        optimization_barrier(&self.0);
    }
}

impl Drop for AeadKey {
    fn drop(&mut self) {
        self.overwrite();
    }
}

impl Aead for AeadKey {
    fn has(suite: CipherSuite) -> bool {
        algorithm(suite).is_some()
    }

    fn expand(suite: CipherSuite, key: &[u8]) -> Result<Self, CryptoError> {
        let algorithm = algorithm(suite).ok_or(CryptoError::Unsupported)?;
        let key = UnboundKey::new(algorithm, key).map_err(|_| CryptoError::Failed)?;
        Ok(Self(LessSafeKey::new(key)))
    }

    fn seal(
        &self,
        nonce: &[u8; NONCE],
        additional_data: &[u8],
        record: &mut [u8],
    ) -> Result<(), CryptoError> {
        let (text, tag_space) = record.split_last_chunk_mut::<TAG>().ok_or(CryptoError::Failed)?;
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let tag = self
            .0
            .seal_in_place_separate_tag(nonce, Aad::from(additional_data), text)
            .map_err(|_| CryptoError::Failed)?;
        *tag_space = tag.as_ref().try_into().map_err(|_| CryptoError::Failed)?;
        Ok(())
    }

    fn open(
        &self,
        nonce: &[u8; NONCE],
        additional_data: &[u8],
        record: &mut [u8],
    ) -> Result<(), CryptoError> {
        let nonce = Nonce::assume_unique_for_key(*nonce);
        self.0
            .open_in_place(nonce, Aad::from(additional_data), record)
            .map(|_| ())
            .map_err(|_| CryptoError::InvalidInput)
    }
}

fn algorithm(suite: CipherSuite) -> Option<&'static Algorithm> {
    match suite {
        CipherSuite::TLS_AES_128_GCM_SHA256 => Some(&AES_128_GCM),
        CipherSuite::TLS_AES_256_GCM_SHA384 => Some(&AES_256_GCM),
        CipherSuite::TLS_CHACHA20_POLY1305_SHA256 => Some(&CHACHA20_POLY1305),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use tidegate::crypto::aead_key_len;
    use tidegate::wire::enums::CipherSuite;

    use super::AeadKey;
    use crate::provider::parts::Aead;

    fn sealed(key: &AeadKey) -> [u8; 40] {
        let mut record = [3; 40];
        key.seal(&[5; 12], b"header", &mut record).unwrap();
        record
    }

    #[test]
    fn of_a_dropped_key_zeros_are_left() {
        for suite in [
            CipherSuite::TLS_AES_128_GCM_SHA256,
            CipherSuite::TLS_AES_256_GCM_SHA384,
            CipherSuite::TLS_CHACHA20_POLY1305_SHA256,
        ] {
            let key = |byte: u8| AeadKey::expand(suite, &vec![byte; aead_key_len(suite)]).unwrap();
            let mut dropped = key(7);
            assert_ne!(sealed(&dropped), sealed(&key(0)));
            dropped.overwrite();
            assert_eq!(sealed(&dropped), sealed(&key(0)), "{suite}");
        }
    }
}
