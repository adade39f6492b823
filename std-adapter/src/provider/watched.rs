//! A provider with onlookers, and with the signature algorithms that a user chose.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use tidegate::crypto::{
    CryptoError, Digest, Direction, Expand, HashAlgorithm, MAX_SHARED_SECRET, NONCE, Provider, SecretLabel,
    SignatureAlgorithm,
};
use tidegate::secret::Secret;
use tidegate::wire::enums::{CipherSuite, HandshakeType, NamedGroup, SignatureScheme};

use super::{Onlookers, signature_algorithms};

/// The signature algorithms that a provider verifies, in order of preference; by default all.
#[derive(Clone, Copy, Debug)]
pub struct Verified(&'static [SignatureAlgorithm]);

impl Default for Verified {
    fn default() -> Self {
        Self(signature_algorithms())
    }
}

impl Verified {
    /// Those of these schemes; none if there is no such algorithm. A list stays for the life of the process, and each is made
    /// once.
    #[must_use]
    pub fn of(schemes: &[SignatureScheme]) -> Option<Self> {
        static LISTS: Mutex<BTreeMap<Vec<u16>, &'static [SignatureAlgorithm]>> = Mutex::new(BTreeMap::new());
        let of = |scheme: &SignatureScheme| {
            let scheme = *scheme;
            signature_algorithms().iter().copied().filter(move |algorithm| algorithm.scheme == scheme)
        };
        let algorithms: Vec<SignatureAlgorithm> = schemes.iter().flat_map(of).collect();
        if algorithms.is_empty() {
            return None;
        }
        let key = schemes.iter().map(|scheme| scheme.0).collect();
        let mut lists = LISTS.lock().unwrap_or_else(PoisonError::into_inner);
        Some(Self(lists.entry(key).or_insert_with(|| algorithms.leak())))
    }
}

/// A provider that somebody may look on at.
#[derive(Debug)]
pub struct Watched<P> {
    crypto: P,
    /// None where all is as by default.
    watch: Option<Box<Watch>>,
}

#[derive(Debug, Default)]
struct Watch {
    onlookers: Onlookers,
    verified: Verified,
}

impl<P> Watched<P> {
    /// This provider, with these looking on.
    #[must_use]
    pub fn over(crypto: P, onlookers: Onlookers) -> Self {
        let watch = (!onlookers.is_nobody()).then(|| Box::new(Watch { onlookers, ..Watch::default() }));
        Self { crypto, watch }
    }

    /// The same with these signature algorithms.
    #[must_use]
    pub fn verifying(mut self, verified: Verified) -> Self {
        self.watch.get_or_insert_default().verified = verified;
        self
    }

    fn onlookers(&self) -> Option<&Onlookers> {
        Some(&self.watch.as_ref()?.onlookers)
    }
}

impl<P: Provider> Provider for Watched<P> {
    type Hash = P::Hash;
    type AeadKey = P::AeadKey;
    type KxSecret = P::KxSecret;

    const SUITES: &'static [CipherSuite] = P::SUITES;
    const GROUPS: &'static [NamedGroup] = P::GROUPS;

    fn signature_algorithms(&self) -> &'static [SignatureAlgorithm] {
        self.watch.as_ref().map_or_else(Verified::default, |watch| watch.verified).0
    }

    fn fill_random(&mut self, out: &mut [u8]) -> Result<(), CryptoError> {
        self.crypto.fill_random(out)
    }

    fn hash_start(&mut self, algorithm: HashAlgorithm) -> Result<P::Hash, CryptoError> {
        self.crypto.hash_start(algorithm)
    }

    fn hash_update(&mut self, hash: &mut P::Hash, bytes: &[u8]) -> Result<(), CryptoError> {
        self.crypto.hash_update(hash, bytes)
    }

    fn hash_digest(&mut self, hash: &P::Hash) -> Result<Digest, CryptoError> {
        self.crypto.hash_digest(hash)
    }

    fn hmac(
        &mut self,
        algorithm: HashAlgorithm,
        key: &[u8],
        message: &[u8],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        self.crypto.hmac(algorithm, key, message, out)
    }

    fn hmac_pieces(
        &mut self,
        algorithm: HashAlgorithm,
        key: &[u8],
        message: &[&[u8]],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        self.crypto.hmac_pieces(algorithm, key, message, out)
    }

    fn hkdf_extract(
        &mut self,
        algorithm: HashAlgorithm,
        salt: &[u8],
        input: &[u8],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        self.crypto.hkdf_extract(algorithm, salt, input, out)
    }

    fn hkdf_expand(
        &mut self,
        algorithm: HashAlgorithm,
        secret: &[u8],
        info: &[&[u8]],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        self.crypto.hkdf_expand(algorithm, secret, info, out)
    }

    fn hkdf_expand_several(
        &mut self,
        algorithm: HashAlgorithm,
        secret: &[u8],
        work: &mut dyn FnMut(Expand<'_>) -> Result<(), CryptoError>,
    ) -> Result<(), CryptoError> {
        self.crypto.hkdf_expand_several(algorithm, secret, work)
    }

    fn aead_key(&mut self, suite: CipherSuite, key: &[u8]) -> Result<P::AeadKey, CryptoError> {
        self.crypto.aead_key(suite, key)
    }

    fn seal(
        &mut self,
        key: &P::AeadKey,
        nonce: &[u8; NONCE],
        additional_data: &[u8],
        record: &mut [u8],
    ) -> Result<(), CryptoError> {
        self.crypto.seal(key, nonce, additional_data, record)
    }

    fn open(
        &mut self,
        key: &P::AeadKey,
        nonce: &[u8; NONCE],
        additional_data: &[u8],
        record: &mut [u8],
    ) -> Result<(), CryptoError> {
        self.crypto.open(key, nonce, additional_data, record)
    }

    fn kx_start(
        &mut self,
        group: NamedGroup,
        secret: &mut P::KxSecret,
        public: &mut [u8],
    ) -> Result<usize, CryptoError> {
        self.crypto.kx_start(group, secret, public)
    }

    fn kx_finish(
        &mut self,
        group: NamedGroup,
        secret: &mut P::KxSecret,
        peer_public: &[u8],
        shared: &mut Secret<MAX_SHARED_SECRET>,
    ) -> Result<(), CryptoError> {
        self.crypto.kx_finish(group, secret, peer_public, shared)
    }

    fn kx_respond(
        &mut self,
        group: NamedGroup,
        peer_public: &[u8],
        public: &mut [u8],
        shared: &mut Secret<MAX_SHARED_SECRET>,
    ) -> Result<usize, CryptoError> {
        self.crypto.kx_respond(group, peer_public, public, shared)
    }

    fn on_secret(&mut self, label: SecretLabel, client_random: &[u8; 32], secret: &[u8]) {
        if let Some(log) = self.onlookers().and_then(|onlookers| onlookers.key_log.as_ref()) {
            log.line(label, client_random, secret);
        }
        self.crypto.on_secret(label, client_random, secret);
    }

    fn on_message(&mut self, direction: Direction, kind: HandshakeType, length: usize) {
        if let Some(observer) = self.onlookers().and_then(|onlookers| onlookers.observer.as_ref()) {
            observer(direction, kind, length);
        }
        self.crypto.on_message(direction, kind, length);
    }
}
