//! For each algorithm the library that is fastest at it, of those that were compiled in and that the processor can run.

use std::sync::LazyLock;

use tidegate::crypto::{CryptoError, MAX_SHARED_SECRET, SignatureAlgorithm, rustcrypto};
use tidegate::secret::Secret;
use tidegate::wire::enums::NamedGroup;
use zeroize::Zeroize;

use super::by_length::ByLength;
use super::parts::{KeyExchange, OrElse, Verification};
use super::{aws_lc, graviola, ring, verification};

/// AES-GCM of ring and AWS-LC by the length of the record, and by what the processor has, where both are there; else AWS-LC's,
/// graviola's, ring's, RustCrypto's.
pub type AeadKey = OrElse<
    ByLength<ring::AeadKey, aws_lc::AeadKey>,
    OrElse<aws_lc::AeadKey, OrElse<graviola::AeadKey, OrElse<ring::AeadKey, rustcrypto::AeadKey>>>,
>;

/// graviola's for X25519 and X25519MLKEM768; else AWS-LC's, graviola's, ring's, RustCrypto's.
pub type KxSecret = OrElse<
    Curve25519,
    OrElse<aws_lc::KxSecret, OrElse<graviola::KxSecret, OrElse<ring::KxSecret, rustcrypto::KxSecret>>>,
>;

/// What graviola is fastest at: its ML-KEM takes half of AWS-LC's time, its X25519 as much, its P-384 half as much again.
#[derive(Debug, Default)]
pub struct Curve25519(graviola::KxSecret);

impl Zeroize for Curve25519 {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

impl KeyExchange for Curve25519 {
    fn has(group: NamedGroup) -> bool {
        matches!(group, NamedGroup::X25519 | NamedGroup::X25519MLKEM768) && graviola::KxSecret::has(group)
    }

    fn start(&mut self, group: NamedGroup, public: &mut [u8]) -> Result<usize, CryptoError> {
        self.0.start(group, public)
    }

    fn finish(
        &mut self,
        group: NamedGroup,
        peer_public: &[u8],
        shared: &mut Secret<MAX_SHARED_SECRET>,
    ) -> Result<(), CryptoError> {
        self.0.finish(group, peer_public, shared)
    }

    fn respond(
        group: NamedGroup,
        peer_public: &[u8],
        public: &mut [u8],
        shared: &mut Secret<MAX_SHARED_SECRET>,
    ) -> Result<usize, CryptoError> {
        graviola::KxSecret::respond(group, peer_public, public, shared)
    }
}

/// AWS-LC's, else graviola's, ring's, the core's.
#[derive(Debug)]
pub struct Verifiers;

impl Verification for Verifiers {
    fn algorithms() -> &'static [SignatureAlgorithm] {
        static ALGORITHMS: LazyLock<&[SignatureAlgorithm]> =
            LazyLock::new(|| verification::algorithms(&[aws_lc::LIBRARY, graviola::LIBRARY, ring::LIBRARY]));
        &ALGORITHMS
    }
}
