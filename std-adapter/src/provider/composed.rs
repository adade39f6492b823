//! A provider put together from parts.

use std::fmt;
use std::marker::PhantomData;

use getrandom::SysRng;
use tidegate::crypto::rustcrypto::{self, Hash};
use tidegate::crypto::{
    CryptoError, Digest, Expand, HashAlgorithm, MAX_SHARED_SECRET, NONCE, Provider, SignatureAlgorithm,
};
use tidegate::secret::Secret;
use tidegate::wire::enums::{CipherSuite, NamedGroup};

use super::handing_on::{hand_hashes_on, hand_on};
use super::parts::{Aead, KeyExchange, Verification};
use super::short::Keyed;

/// The name of a part, of which nothing is held.
type Part<T> = PhantomData<fn() -> T>;

/// The AEADs of `A`, the key exchange of `K`, the verification of `V`; hashes and HMAC of RustCrypto, HKDF
/// over them, and the system's randomness.
pub struct Composed<A, K, V> {
    software: rustcrypto::RustCrypto<SysRng>,
    aead: Part<A>,
    key_exchange: Part<K>,
    verification: Part<V>,
}

impl<A, K, V> Composed<A, K, V> {
    /// It has no state.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            software: rustcrypto::RustCrypto::new(SysRng),
            aead: PhantomData,
            key_exchange: PhantomData,
            verification: PhantomData,
        }
    }
}

impl<A, K, V> Default for Composed<A, K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<A, K, V> fmt::Debug for Composed<A, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Composed")
    }
}

impl<A: Aead, K: KeyExchange, V: Verification> Provider for Composed<A, K, V> {
    type Hash = Hash;
    // Most connections keep none.
    type KeptHash = Box<Hash>;
    type AeadKey = A;
    type KxSecret = K;

    const SUITES: &'static [CipherSuite] = rustcrypto::RustCrypto::<SysRng>::SUITES;
    const GROUPS: &'static [NamedGroup] = rustcrypto::RustCrypto::<SysRng>::GROUPS;

    fn signature_algorithms(&self) -> &'static [SignatureAlgorithm] {
        V::algorithms()
    }

    hand_hashes_on!(software);

    fn hmac(
        &mut self,
        algorithm: HashAlgorithm,
        key: &[u8],
        message: &[u8],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        if algorithm == HashAlgorithm::Sha256 {
            return Keyed::new(key)?.mac_into([message], out);
        }
        self.software.hmac(algorithm, key, message, out)
    }

    fn hmac_pieces(
        &mut self,
        algorithm: HashAlgorithm,
        key: &[u8],
        message: &[&[u8]],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        if algorithm == HashAlgorithm::Sha256 {
            return Keyed::new(key)?.mac_into(message.iter().copied(), out);
        }
        self.software.hmac_pieces(algorithm, key, message, out)
    }

    fn hkdf_extract(
        &mut self,
        algorithm: HashAlgorithm,
        salt: &[u8],
        input: &[u8],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        if algorithm == HashAlgorithm::Sha256 {
            return Keyed::new(salt)?.mac_into([input], out);
        }
        self.software.hkdf_extract(algorithm, salt, input, out)
    }

    fn hkdf_expand(
        &mut self,
        algorithm: HashAlgorithm,
        secret: &[u8],
        info: &[&[u8]],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        self.hkdf_expand_several(algorithm, secret, &mut |expand| expand(info, out))
    }

    fn hkdf_expand_several(
        &mut self,
        algorithm: HashAlgorithm,
        secret: &[u8],
        work: &mut dyn FnMut(Expand<'_>) -> Result<(), CryptoError>,
    ) -> Result<(), CryptoError> {
        if algorithm != HashAlgorithm::Sha256 {
            return self.software.hkdf_expand_several(algorithm, secret, work);
        }
        let keyed = Keyed::of_secret(secret)?;
        work(&mut |info, out| keyed.expand(info, out))
    }

    fn aead_key(&mut self, suite: CipherSuite, key: &[u8]) -> Result<A, CryptoError> {
        A::expand(suite, key)
    }

    fn seal(
        &mut self,
        key: &A,
        nonce: &[u8; NONCE],
        additional_data: &[u8],
        record: &mut [u8],
    ) -> Result<(), CryptoError> {
        key.seal(nonce, additional_data, record)
    }

    fn open(
        &mut self,
        key: &A,
        nonce: &[u8; NONCE],
        additional_data: &[u8],
        record: &mut [u8],
    ) -> Result<(), CryptoError> {
        key.open(nonce, additional_data, record)
    }

    fn kx_start(
        &mut self,
        group: NamedGroup,
        secret: &mut K,
        public: &mut [u8],
    ) -> Result<usize, CryptoError> {
        secret.start(group, public)
    }

    fn kx_finish(
        &mut self,
        group: NamedGroup,
        secret: &mut K,
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
        K::respond(group, peer_public, public, shared)
    }
}
