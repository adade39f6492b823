//! The provider in software: the RustCrypto and dalek crates.
//!
//! Each algorithm stands behind its cargo feature; what is not chosen is not compiled.

mod aead;
mod hash;
mod kx;

use core::fmt;

use rand_core::TryCryptoRng;

pub use aead::AeadKey;
pub use hash::Hash;
pub use kx::KxSecret;

use super::{
    CryptoError, Digest, Expand, HashAlgorithm, MAX_SHARED_SECRET, NONCE, Provider, SignatureAlgorithm,
};
use crate::secret::Secret;
use crate::wire::enums::{CipherSuite, NamedGroup};

/// Cryptography in software, with the randomness of `R`.
///
/// Everything here is constant in time on processors whose multiplication is; `R` decides how good the keys are.
pub struct RustCrypto<R> {
    rng: R,
}

impl<R: TryCryptoRng> RustCrypto<R> {
    /// A provider that takes its randomness from `rng`.
    #[must_use]
    pub const fn new(rng: R) -> Self {
        Self { rng }
    }
}

impl<R> fmt::Debug for RustCrypto<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RustCrypto").finish_non_exhaustive()
    }
}

impl<R: TryCryptoRng> Provider for RustCrypto<R> {
    type Hash = Hash;
    type KeptHash = Hash;
    type AeadKey = AeadKey;
    type KxSecret = KxSecret;

    const SUITES: &'static [CipherSuite] = aead::SUITES;
    const GROUPS: &'static [NamedGroup] = kx::GROUPS;

    fn signature_algorithms(&self) -> &'static [SignatureAlgorithm] {
        super::SIGNATURE_ALGORITHMS
    }

    fn fill_random(&mut self, out: &mut [u8]) -> Result<(), CryptoError> {
        self.rng.try_fill_bytes(out).map_err(|_| CryptoError::Randomness)
    }

    fn hash_start(&mut self, algorithm: HashAlgorithm) -> Result<Hash, CryptoError> {
        Hash::start(algorithm)
    }

    fn hash_update(&mut self, hash: &mut Hash, bytes: &[u8]) -> Result<(), CryptoError> {
        hash.update(bytes);
        Ok(())
    }

    fn hash_digest(&mut self, hash: &Hash) -> Result<Digest, CryptoError> {
        Ok(hash.digest())
    }

    fn hmac(
        &mut self,
        algorithm: HashAlgorithm,
        key: &[u8],
        message: &[u8],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        hash::hmac(algorithm, key, message, out)
    }

    #[cfg(feature = "tls12")]
    fn hmac_pieces(
        &mut self,
        algorithm: HashAlgorithm,
        key: &[u8],
        message: &[&[u8]],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        hash::hmac_pieces(algorithm, key, message, out)
    }

    fn hkdf_extract(
        &mut self,
        algorithm: HashAlgorithm,
        salt: &[u8],
        input: &[u8],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        hash::hkdf_extract(algorithm, salt, input, out)
    }

    fn hkdf_expand(
        &mut self,
        algorithm: HashAlgorithm,
        secret: &[u8],
        info: &[&[u8]],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        hash::hkdf_expand_several(algorithm, secret, &mut |expand| expand(info, out))
    }

    fn hkdf_expand_several(
        &mut self,
        algorithm: HashAlgorithm,
        secret: &[u8],
        work: &mut dyn FnMut(Expand<'_>) -> Result<(), CryptoError>,
    ) -> Result<(), CryptoError> {
        hash::hkdf_expand_several(algorithm, secret, work)
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
        key.seal(nonce, additional_data, record)
    }

    fn open(
        &mut self,
        key: &AeadKey,
        nonce: &[u8; NONCE],
        additional_data: &[u8],
        record: &mut [u8],
    ) -> Result<(), CryptoError> {
        key.open(nonce, additional_data, record)
    }

    fn kx_start(
        &mut self,
        group: NamedGroup,
        secret: &mut KxSecret,
        public: &mut [u8],
    ) -> Result<usize, CryptoError> {
        secret.start(&mut self.rng, group, public)
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
        kx::respond(&mut self.rng, group, peer_public, public, shared)
    }
}

#[cfg(all(
    test,
    any(feature = "tls12", all(feature = "early-data", feature = "client-auth", feature = "cookies"))
))]
pub(crate) mod handing_on;
#[cfg(test)]
pub(crate) mod randomness;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod wycheproof_tests;
