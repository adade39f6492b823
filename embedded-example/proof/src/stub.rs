//! A provider that does nothing and may answer anything, so that the compiler can take nothing for granted.

use core::hint::black_box;

use tidegate::crypto::{
    CryptoError, Digest, HashAlgorithm, MAX_SHARED_SECRET, NONCE, Provider, SignatureAlgorithm,
};
use tidegate::secret::Secret;
use tidegate::wire::enums::{CipherSuite, NamedGroup};
use zeroize::Zeroize;

pub struct Stub;

/// A slot for nothing.
#[derive(Default)]
pub struct Slot([u8; 32]);

impl Zeroize for Slot {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

/// This value, or any error.
fn any<T>(seen: impl Sized, value: T) -> Result<T, CryptoError> {
    black_box(&seen);
    if black_box(true) { Ok(black_box(value)) } else { Err(black_box(CryptoError::Failed)) }
}

impl Provider for Stub {
    type Hash = [u8; 64];
    type KeptHash = [u8; 64];
    type AeadKey = [u8; 64];
    type KxSecret = Slot;

    const SUITES: &'static [CipherSuite] =
        &[CipherSuite::TLS_AES_128_GCM_SHA256, CipherSuite::TLS_AES_256_GCM_SHA384];
    const GROUPS: &'static [NamedGroup] = &[
        #[cfg(feature = "mlkem")]
        NamedGroup::X25519MLKEM768,
        NamedGroup::X25519,
        NamedGroup::SECP256R1,
    ];

    fn signature_algorithms(&self) -> &'static [SignatureAlgorithm] {
        black_box(&[])
    }

    fn fill_random(&mut self, out: &mut [u8]) -> Result<(), CryptoError> {
        any(out, ())
    }

    fn hash_start(&mut self, algorithm: HashAlgorithm) -> Result<Self::Hash, CryptoError> {
        any(algorithm, [0; 64])
    }

    fn hash_update(&mut self, hash: &mut Self::Hash, bytes: &[u8]) -> Result<(), CryptoError> {
        any((hash, bytes), ())
    }

    fn hash_digest(&mut self, hash: &Self::Hash) -> Result<Digest, CryptoError> {
        any(hash, Digest::new(black_box(&[0; 48])))
    }

    fn hmac(
        &mut self,
        algorithm: HashAlgorithm,
        key: &[u8],
        message: &[u8],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        any((algorithm, key, message, out), ())
    }

    fn hkdf_extract(
        &mut self,
        algorithm: HashAlgorithm,
        salt: &[u8],
        input: &[u8],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        any((algorithm, salt, input, out), ())
    }

    fn hkdf_expand(
        &mut self,
        algorithm: HashAlgorithm,
        secret: &[u8],
        info: &[&[u8]],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        any((algorithm, secret, info, out), ())
    }

    fn aead_key(&mut self, suite: CipherSuite, key: &[u8]) -> Result<Self::AeadKey, CryptoError> {
        any((suite, key), [0; 64])
    }

    fn seal(
        &mut self,
        key: &Self::AeadKey,
        nonce: &[u8; NONCE],
        additional_data: &[u8],
        record: &mut [u8],
    ) -> Result<(), CryptoError> {
        any((key, nonce, additional_data, record), ())
    }

    fn open(
        &mut self,
        key: &Self::AeadKey,
        nonce: &[u8; NONCE],
        additional_data: &[u8],
        record: &mut [u8],
    ) -> Result<(), CryptoError> {
        any((key, nonce, additional_data, record), ())
    }

    fn kx_start(
        &mut self,
        group: NamedGroup,
        secret: &mut Slot,
        public: &mut [u8],
    ) -> Result<usize, CryptoError> {
        any((group, secret, public), 32)
    }

    fn kx_finish(
        &mut self,
        group: NamedGroup,
        secret: &mut Slot,
        peer_public: &[u8],
        shared: &mut Secret<MAX_SHARED_SECRET>,
    ) -> Result<(), CryptoError> {
        any((group, secret, peer_public, shared), ())
    }

    fn kx_respond(
        &mut self,
        group: NamedGroup,
        peer_public: &[u8],
        public: &mut [u8],
        shared: &mut Secret<MAX_SHARED_SECRET>,
    ) -> Result<usize, CryptoError> {
        any((group, peer_public, public, shared), 32)
    }
}
