//! Verifying signatures with a library where it has the algorithm, and with the core's own verifier where not.

use pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id};
use tidegate::crypto::{DigestVerifier, SIGNATURE_ALGORITHMS, SignatureAlgorithm};

/// Verifies with a public key, a message and a signature.
pub(super) type Verify = fn(&[u8], &[u8], &[u8]) -> Option<()>;

/// What is to be verified, as libraries tell their algorithms apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    P256(Hash),
    P384(Hash),
    Ed25519,
    Pss(Hash),
    Pkcs1(Hash),
}

/// What a message is hashed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

/// What a library verifies, as a message and as a digest.
#[derive(Clone, Copy)]
pub(super) struct Library {
    pub(super) message: fn(Kind) -> Option<Verify>,
    pub(super) digest: fn(Kind) -> Option<DigestVerifier>,
}

/// The algorithms of the core in its order, each verified by the first of the libraries that has it, else by the core. Made once
/// in a process for each provider, for good.
pub(super) fn algorithms(libraries: &[Library]) -> &'static [SignatureAlgorithm] {
    SIGNATURE_ALGORITHMS.iter().map(|own| taken_over(own, libraries)).collect::<Vec<_>>().leak()
}

fn taken_over(own: &SignatureAlgorithm, libraries: &[Library]) -> SignatureAlgorithm {
    let (key, signature) = (own.verifier.public_key_alg_id(), own.verifier.signature_alg_id());
    let Some(kind) = kind(key, signature) else { return *own };
    let message = libraries.iter().find_map(|library| (library.message)(kind));
    let digest = libraries.iter().find_map(|library| (library.digest)(kind));
    let verifier = message.map(|verify| &*Box::leak(Box::new(Verifier { key, signature, verify })));
    SignatureAlgorithm {
        verifier: verifier.map_or(own.verifier, |verifier| verifier),
        digest_verifier: own.digest_verifier.and(digest.or(own.digest_verifier)),
        ..*own
    }
}

/// The kind of an algorithm by the names that certificates have for it; none that this adapter does not know.
fn kind(key: AlgorithmIdentifier, signature: AlgorithmIdentifier) -> Option<Kind> {
    Some(match (key, signature) {
        (alg_id::ED25519, _) => Kind::Ed25519,
        (alg_id::ECDSA_P256, alg_id::ECDSA_SHA256) => Kind::P256(Hash::Sha256),
        (alg_id::ECDSA_P256, alg_id::ECDSA_SHA384) => Kind::P256(Hash::Sha384),
        (alg_id::ECDSA_P384, alg_id::ECDSA_SHA256) => Kind::P384(Hash::Sha256),
        (alg_id::ECDSA_P384, alg_id::ECDSA_SHA384) => Kind::P384(Hash::Sha384),
        (_, alg_id::RSA_PSS_SHA256) => Kind::Pss(Hash::Sha256),
        (_, alg_id::RSA_PSS_SHA384) => Kind::Pss(Hash::Sha384),
        (_, alg_id::RSA_PSS_SHA512) => Kind::Pss(Hash::Sha512),
        (_, alg_id::RSA_PKCS1_SHA256) => Kind::Pkcs1(Hash::Sha256),
        (_, alg_id::RSA_PKCS1_SHA384) => Kind::Pkcs1(Hash::Sha384),
        (_, alg_id::RSA_PKCS1_SHA512) => Kind::Pkcs1(Hash::Sha512),
        _ => return None,
    })
}

/// An algorithm of a library, as certificates name it.
#[derive(Debug)]
struct Verifier {
    key: AlgorithmIdentifier,
    signature: AlgorithmIdentifier,
    verify: Verify,
}

impl SignatureVerificationAlgorithm for Verifier {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        (self.verify)(public_key, message, signature).ok_or(InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.key
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.signature
    }
}

/// A key of Ed25519, and no SubjectPublicKeyInfo, which AWS-LC takes in its place.
#[cfg(feature = "aws-lc-rs")]
pub(super) fn ed25519(public_key: &[u8]) -> Option<&[u8]> {
    (public_key.len() == 32).then_some(public_key)
}

/// An RSAPublicKey of 2048 bits or more (RFC 8017, appendix A.1.1), and no SubjectPublicKeyInfo, which AWS-LC takes in its place,
/// whatever is behind it: a sequence that begins with a number and ends with the bytes.
#[cfg(feature = "aws-lc-rs")]
pub(super) fn rsa(public_key: &[u8]) -> Option<&[u8]> {
    let [0x30, 0x82, high, low, content @ ..] = public_key else { return None };
    let is_whole = content.len() == usize::from(u16::from_be_bytes([*high, *low]));
    (is_whole && content.first() == Some(&2)).then_some(public_key)
}

/// A point in full: certificates for TLS may not have it compressed (RFC 8422, section 5.1.2).
#[cfg(feature = "aws-lc-rs")]
pub(super) fn point(public_key: &[u8]) -> Option<&[u8]> {
    (public_key.first() == Some(&4)).then_some(public_key)
}
