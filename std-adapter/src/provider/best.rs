//! For each algorithm the library that is fastest at it, of those that were compiled in and that the processor can run.

use std::sync::LazyLock;

use tidegate::crypto::SignatureAlgorithm;
use tidegate::crypto::rustcrypto;

use super::by_length::ByLength;
use super::parts::{OrElse, Verification};
use super::{aws_lc, graviola, ring, verification};

/// AES-GCM of ring and AWS-LC by the length of the record where both are there; else AWS-LC's, graviola's, ring's, RustCrypto's.
pub type AeadKey = OrElse<
    ByLength<ring::AeadKey, aws_lc::AeadKey>,
    OrElse<aws_lc::AeadKey, OrElse<graviola::AeadKey, OrElse<ring::AeadKey, rustcrypto::AeadKey>>>,
>;

/// graviola's, else AWS-LC's, ring's, RustCrypto's.
pub type KxSecret =
    OrElse<graviola::KxSecret, OrElse<aws_lc::KxSecret, OrElse<ring::KxSecret, rustcrypto::KxSecret>>>;

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
