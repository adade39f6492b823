//! A provider whose calls are timed.

use tidegate::crypto::{
    CryptoError, Digest, HashAlgorithm, MAX_SHARED_SECRET, NONCE, Provider, SignatureAlgorithm,
};
use tidegate::secret::Secret;
use tidegate::wire::enums::{CipherSuite, NamedGroup};

use super::watch::{Part, timed};

/// The provider, and its signature algorithms, timed too.
pub(super) struct Timed<P> {
    pub(super) provider: P,
    pub(super) algorithms: &'static [SignatureAlgorithm],
}

/// A call of the provider's.
macro_rules! call {
    ($self:ident . $name:ident ( $($argument:expr),* )) => {
        timed(Part::Cryptography, || $self.provider.$name($($argument),*))
    };
}

impl<P: Provider> Provider for Timed<P> {
    type Hash = P::Hash;
    type KeptHash = P::KeptHash;
    type AeadKey = P::AeadKey;
    type KxSecret = P::KxSecret;

    const SUITES: &'static [CipherSuite] = P::SUITES;
    const GROUPS: &'static [NamedGroup] = P::GROUPS;

    fn signature_algorithms(&self) -> &'static [SignatureAlgorithm] {
        self.algorithms
    }

    fn fill_random(&mut self, out: &mut [u8]) -> Result<(), CryptoError> {
        call!(self.fill_random(out))
    }

    fn hash_start(&mut self, algorithm: HashAlgorithm) -> Result<P::Hash, CryptoError> {
        call!(self.hash_start(algorithm))
    }

    fn hash_update(&mut self, hash: &mut P::Hash, bytes: &[u8]) -> Result<(), CryptoError> {
        call!(self.hash_update(hash, bytes))
    }

    fn hash_digest(&mut self, hash: &P::Hash) -> Result<Digest, CryptoError> {
        call!(self.hash_digest(hash))
    }

    fn hmac(
        &mut self,
        hash: HashAlgorithm,
        key: &[u8],
        text: &[u8],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        call!(self.hmac(hash, key, text, out))
    }

    fn hkdf_extract(
        &mut self,
        hash: HashAlgorithm,
        salt: &[u8],
        input: &[u8],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        call!(self.hkdf_extract(hash, salt, input, out))
    }

    fn hkdf_expand(
        &mut self,
        hash: HashAlgorithm,
        secret: &[u8],
        info: &[&[u8]],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        call!(self.hkdf_expand(hash, secret, info, out))
    }

    fn aead_key(&mut self, suite: CipherSuite, key: &[u8]) -> Result<P::AeadKey, CryptoError> {
        call!(self.aead_key(suite, key))
    }

    fn seal(
        &mut self,
        key: &P::AeadKey,
        nonce: &[u8; NONCE],
        data: &[u8],
        record: &mut [u8],
    ) -> Result<(), CryptoError> {
        call!(self.seal(key, nonce, data, record))
    }

    fn open(
        &mut self,
        key: &P::AeadKey,
        nonce: &[u8; NONCE],
        data: &[u8],
        record: &mut [u8],
    ) -> Result<(), CryptoError> {
        call!(self.open(key, nonce, data, record))
    }

    fn kx_start(
        &mut self,
        group: NamedGroup,
        secret: &mut P::KxSecret,
        public: &mut [u8],
    ) -> Result<usize, CryptoError> {
        call!(self.kx_start(group, secret, public))
    }

    fn kx_finish(
        &mut self,
        group: NamedGroup,
        secret: &mut P::KxSecret,
        peer: &[u8],
        shared: &mut Secret<MAX_SHARED_SECRET>,
    ) -> Result<(), CryptoError> {
        call!(self.kx_finish(group, secret, peer, shared))
    }

    fn kx_respond(
        &mut self,
        group: NamedGroup,
        peer: &[u8],
        public: &mut [u8],
        shared: &mut Secret<MAX_SHARED_SECRET>,
    ) -> Result<usize, CryptoError> {
        call!(self.kx_respond(group, peer, public, shared))
    }
}
