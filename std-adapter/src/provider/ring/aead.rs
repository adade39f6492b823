//! AES-GCM and ChaCha20-Poly1305.

use std::sync::LazyLock;

use ring::aead::LessSafeKey;
use zeroize::optimization_barrier;

/// An expanded AEAD key. ring does not wipe it: a key of zeros overwrites it when it is dropped.
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

crate::provider::like_ring::aead_like_ring!(ring);

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
