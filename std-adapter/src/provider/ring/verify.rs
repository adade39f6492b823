//! Verifying signatures.

use std::sync::LazyLock;

use ring::signature::{self, UnparsedPublicKey};
use tidegate::crypto::SignatureAlgorithm;

use crate::provider::parts::Verification;
use crate::provider::verification::{self, Hash, Kind, Library, Verify};

/// What ring verifies: messages alone.
pub(in crate::provider) const LIBRARY: Library = Library { message, digest: |_| None };

/// The verification of ring.
#[derive(Debug)]
pub struct Verifiers;

impl Verification for Verifiers {
    fn algorithms() -> &'static [SignatureAlgorithm] {
        static ALGORITHMS: LazyLock<&[SignatureAlgorithm]> =
            LazyLock::new(|| verification::algorithms(&[LIBRARY]));
        &ALGORITHMS
    }
}

/// Verifies a message; with ECDSA by a key that is no compressed point.
macro_rules! message {
    ($algorithm:ident) => {
        |public_key, message, signature| {
            UnparsedPublicKey::new(&signature::$algorithm, public_key).verify(message, signature).ok()
        }
    };
}

fn message(kind: Kind) -> Option<Verify> {
    Some(match kind {
        Kind::P256(Hash::Sha256) => message!(ECDSA_P256_SHA256_ASN1),
        Kind::P256(Hash::Sha384) => message!(ECDSA_P256_SHA384_ASN1),
        Kind::P384(Hash::Sha256) => message!(ECDSA_P384_SHA256_ASN1),
        Kind::P384(Hash::Sha384) => message!(ECDSA_P384_SHA384_ASN1),
        Kind::P256(Hash::Sha512) | Kind::P384(Hash::Sha512) => return None,
        Kind::Ed25519 => message!(ED25519),
        Kind::Pss(Hash::Sha256) => message!(RSA_PSS_2048_8192_SHA256),
        Kind::Pss(Hash::Sha384) => message!(RSA_PSS_2048_8192_SHA384),
        Kind::Pss(Hash::Sha512) => message!(RSA_PSS_2048_8192_SHA512),
        Kind::Pkcs1(Hash::Sha256) => message!(RSA_PKCS1_2048_8192_SHA256),
        Kind::Pkcs1(Hash::Sha384) => message!(RSA_PKCS1_2048_8192_SHA384),
        Kind::Pkcs1(Hash::Sha512) => message!(RSA_PKCS1_2048_8192_SHA512),
    })
}
