//! A provider with onlookers, and with the signature algorithms that a user chose.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use tidegate::crypto::{
    CryptoError, Digest, Direction, Expand, HashAlgorithm, MAX_SHARED_SECRET, NONCE, Provider, SecretLabel,
    SignatureAlgorithm,
};
use tidegate::secret::Secret;
use tidegate::wire::enums::{CipherSuite, HandshakeType, NamedGroup, SignatureScheme};

use super::handing_on::{hand_derivation_on, hand_hashes_on, hand_on};
use super::{Onlookers, signature_algorithms};

/// Signature algorithms that a provider verifies in place of its own, in order of preference; by default all of
/// [`Backend`](super::Backend).
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
    /// None: the provider's own.
    verified: Option<Verified>,
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
        self.watch.get_or_insert_default().verified = Some(verified);
        self
    }

    fn onlookers(&self) -> Option<&Onlookers> {
        Some(&self.watch.as_ref()?.onlookers)
    }
}

impl<P: Provider> Provider for Watched<P> {
    type Hash = P::Hash;
    type KeptHash = P::KeptHash;
    type AeadKey = P::AeadKey;
    type KxSecret = P::KxSecret;

    const SUITES: &'static [CipherSuite] = P::SUITES;
    const GROUPS: &'static [NamedGroup] = P::GROUPS;

    fn signature_algorithms(&self) -> &'static [SignatureAlgorithm] {
        let chosen = self.watch.as_ref().and_then(|watch| watch.verified);
        chosen.map_or_else(|| self.crypto.signature_algorithms(), |verified| verified.0)
    }

    hand_hashes_on!(crypto);
    hand_derivation_on!(crypto);

    hand_on! {
        crypto:
        aead_key(suite: CipherSuite, key: &[u8]) -> P::AeadKey;
        seal(key: &P::AeadKey, nonce: &[u8; NONCE], additional_data: &[u8], record: &mut [u8]) -> ();
        open(key: &P::AeadKey, nonce: &[u8; NONCE], additional_data: &[u8], record: &mut [u8]) -> ();
        kx_start(group: NamedGroup, secret: &mut P::KxSecret, public: &mut [u8]) -> usize;
        kx_finish(
            group: NamedGroup,
            secret: &mut P::KxSecret,
            peer_public: &[u8],
            shared: &mut Secret<MAX_SHARED_SECRET>
        ) -> ();
        kx_respond(
            group: NamedGroup,
            peer_public: &[u8],
            public: &mut [u8],
            shared: &mut Secret<MAX_SHARED_SECRET>
        ) -> usize;
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

#[cfg(test)]
mod tests {
    use tidegate::crypto::Provider;
    use tidegate::wire::enums::SignatureScheme;

    use super::{Verified, Watched};
    use crate::provider::{Backend, Onlookers, RustCrypto};

    #[test]
    fn a_provider_verifies_what_it_has_itself_unless_told_otherwise() {
        let watched = || Watched::over(RustCrypto::new(), Onlookers::default());
        let own = RustCrypto::new().signature_algorithms();
        assert!(std::ptr::eq(watched().signature_algorithms(), own));
        assert!(!std::ptr::eq(own, Backend::new().signature_algorithms()));
        let one = Verified::of(&[SignatureScheme::ED25519]).map(|one| watched().verifying(one));
        assert_eq!(one.map(|one| one.signature_algorithms().len()), Some(1));
    }
}
