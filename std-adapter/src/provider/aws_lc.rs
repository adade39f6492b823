//! AWS-LC (the crate `aws-lc-rs`): AEADs, key exchange and signatures in assembly.
//!
//! Hashes, HMAC and HKDF are RustCrypto's: on the short inputs of a handshake they take half the time.

mod aead;
mod kx;
mod verify;

use getrandom::SysRng;
use tidegate::crypto::rustcrypto::{Hash, RustCrypto};
use tidegate::crypto::{
    CryptoError, Digest, HashAlgorithm, MAX_SHARED_SECRET, NONCE, Provider, SignatureAlgorithm,
};
use tidegate::secret::Secret;
use tidegate::wire::enums::{CipherSuite, NamedGroup};

pub use aead::AeadKey;
pub use kx::KxSecret;
pub(super) use verify::SIGNATURE_ALGORITHMS;

/// AWS-LC over the system's randomness.
#[derive(Debug)]
pub struct AwsLc {
    short: RustCrypto<SysRng>,
}

impl AwsLc {
    /// It has no state.
    #[must_use]
    pub const fn new() -> Self {
        Self { short: RustCrypto::new(SysRng) }
    }
}

impl Default for AwsLc {
    fn default() -> Self {
        Self::new()
    }
}

impl Provider for AwsLc {
    type Hash = Hash;
    type AeadKey = AeadKey;
    type KxSecret = KxSecret;

    const SUITES: &'static [CipherSuite] = RustCrypto::<SysRng>::SUITES;
    const GROUPS: &'static [NamedGroup] = RustCrypto::<SysRng>::GROUPS;

    fn signature_algorithms(&self) -> &'static [SignatureAlgorithm] {
        SIGNATURE_ALGORITHMS
    }

    fn fill_random(&mut self, out: &mut [u8]) -> Result<(), CryptoError> {
        aws_lc_rs::rand::fill(out).map_err(|_| CryptoError::Randomness)
    }

    fn hash_start(&mut self, algorithm: HashAlgorithm) -> Result<Hash, CryptoError> {
        self.short.hash_start(algorithm)
    }

    fn hash_update(&mut self, hash: &mut Hash, bytes: &[u8]) -> Result<(), CryptoError> {
        self.short.hash_update(hash, bytes)
    }

    fn hash_digest(&mut self, hash: &Hash) -> Result<Digest, CryptoError> {
        self.short.hash_digest(hash)
    }

    fn hmac(
        &mut self,
        algorithm: HashAlgorithm,
        key: &[u8],
        message: &[u8],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        self.short.hmac(algorithm, key, message, out)
    }

    fn hmac_pieces(
        &mut self,
        algorithm: HashAlgorithm,
        key: &[u8],
        message: &[&[u8]],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        self.short.hmac_pieces(algorithm, key, message, out)
    }

    fn hkdf_extract(
        &mut self,
        algorithm: HashAlgorithm,
        salt: &[u8],
        input: &[u8],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        self.short.hkdf_extract(algorithm, salt, input, out)
    }

    fn hkdf_expand(
        &mut self,
        algorithm: HashAlgorithm,
        secret: &[u8],
        info: &[&[u8]],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        self.short.hkdf_expand(algorithm, secret, info, out)
    }

    fn aead_key(&mut self, suite: CipherSuite, key: &[u8]) -> Result<AeadKey, CryptoError> {
        AeadKey::new(suite, key)
    }

    fn seal(
        &mut self,
        key: &AeadKey,
        nonce: &[u8; NONCE],
        additional_data: &[u8],
        record: &mut [u8],
    ) -> Result<(), CryptoError> {
        key.seal(*nonce, additional_data, record)
    }

    fn open(
        &mut self,
        key: &AeadKey,
        nonce: &[u8; NONCE],
        additional_data: &[u8],
        record: &mut [u8],
    ) -> Result<(), CryptoError> {
        key.open(*nonce, additional_data, record)
    }

    fn kx_start(
        &mut self,
        group: NamedGroup,
        secret: &mut KxSecret,
        public: &mut [u8],
    ) -> Result<usize, CryptoError> {
        secret.start(group, public)
    }

    fn kx_finish(
        &mut self,
        group: NamedGroup,
        secret: &mut KxSecret,
        peer_public: &[u8],
        shared: &mut Secret<MAX_SHARED_SECRET>,
    ) -> Result<(), CryptoError> {
        secret.finish(group, peer_public, shared)
    }

    fn kx_respond(
        &mut self,
        group: NamedGroup,
        peer_public: &[u8],
        public: &mut [u8],
        shared: &mut Secret<MAX_SHARED_SECRET>,
    ) -> Result<usize, CryptoError> {
        kx::respond(group, peer_public, public, shared)
    }
}
