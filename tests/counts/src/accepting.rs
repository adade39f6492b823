//! What is as good as a proof to the ends here: a key that is none, and any signature.

use pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id};

/// SubjectPublicKeyInfo of a key on P-256, with no point at its end.
pub(crate) const KEY: [u8; 91] = {
    const HEAD: [u8; 27] =
        *b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00\x04";
    let (mut key, mut at) = ([1; 91], 0);
    while at < HEAD.len() {
        key[at] = HEAD[at];
        at += 1;
    }
    key
};

/// Accepts any signature.
#[derive(Debug)]
pub(crate) struct Accepting;

impl SignatureVerificationAlgorithm for Accepting {
    fn verify_signature(&self, _: &[u8], _: &[u8], _: &[u8]) -> Result<(), InvalidSignature> {
        Ok(())
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_P256
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_SHA256
    }
}
