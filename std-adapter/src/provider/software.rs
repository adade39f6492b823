//! RustCrypto as parts of a provider: everything, in Rust alone.

use getrandom::SysRng;
use tidegate::crypto::rustcrypto::{AeadKey, KxSecret, RustCrypto};
use tidegate::crypto::{
    CryptoError, MAX_SHARED_SECRET, NONCE, Provider, SIGNATURE_ALGORITHMS, SignatureAlgorithm,
};
use tidegate::secret::Secret;
use tidegate::wire::enums::{CipherSuite, NamedGroup};

use super::parts::{Aead, KeyExchange, Verification};

/// The core's own provider, which has no state.
const fn rustcrypto() -> RustCrypto<SysRng> {
    RustCrypto::new(SysRng)
}

impl Aead for AeadKey {
    fn has(suite: CipherSuite) -> bool {
        RustCrypto::<SysRng>::SUITES.contains(&suite)
    }

    fn expand(suite: CipherSuite, key: &[u8]) -> Result<Self, CryptoError> {
        rustcrypto().aead_key(suite, key)
    }

    fn seal(
        &self,
        nonce: &[u8; NONCE],
        additional_data: &[u8],
        record: &mut [u8],
    ) -> Result<(), CryptoError> {
        rustcrypto().seal(self, nonce, additional_data, record)
    }

    fn open(
        &self,
        nonce: &[u8; NONCE],
        additional_data: &[u8],
        record: &mut [u8],
    ) -> Result<(), CryptoError> {
        rustcrypto().open(self, nonce, additional_data, record)
    }
}

impl KeyExchange for KxSecret {
    fn has(group: NamedGroup) -> bool {
        RustCrypto::<SysRng>::GROUPS.contains(&group)
    }

    fn start(&mut self, group: NamedGroup, public: &mut [u8]) -> Result<usize, CryptoError> {
        rustcrypto().kx_start(group, self, public)
    }

    fn finish(
        &mut self,
        group: NamedGroup,
        peer_public: &[u8],
        shared: &mut Secret<MAX_SHARED_SECRET>,
    ) -> Result<(), CryptoError> {
        rustcrypto().kx_finish(group, self, peer_public, shared)
    }

    fn respond(
        group: NamedGroup,
        peer_public: &[u8],
        public: &mut [u8],
        shared: &mut Secret<MAX_SHARED_SECRET>,
    ) -> Result<usize, CryptoError> {
        rustcrypto().kx_respond(group, peer_public, public, shared)
    }
}

/// The verification of the core.
#[derive(Debug)]
pub struct Verifiers;

impl Verification for Verifiers {
    fn algorithms() -> &'static [SignatureAlgorithm] {
        SIGNATURE_ALGORITHMS
    }
}
