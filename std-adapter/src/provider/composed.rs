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

/// The name of a part, of which nothing is held.
type Part<T> = PhantomData<fn() -> T>;

/// The AEADs of `A`, the key exchange of `K`, the verification of `V`; hashes, HMAC and HKDF of RustCrypto, and the system's
/// randomness.
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
    type AeadKey = A;
    type KxSecret = K;

    const SUITES: &'static [CipherSuite] = rustcrypto::RustCrypto::<SysRng>::SUITES;
    const GROUPS: &'static [NamedGroup] = rustcrypto::RustCrypto::<SysRng>::GROUPS;

    fn signature_algorithms(&self) -> &'static [SignatureAlgorithm] {
        V::algorithms()
    }

    hand_hashes_on!(software);

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
