//! Verifying signatures.

use std::sync::LazyLock;

use graviola::hashing::{Sha256, Sha384};
use graviola::signing::ecdsa::{self, P256, P384};
use graviola::signing::eddsa::Ed25519VerifyingKey;
use graviola::signing::rsa;
use tidegate::crypto::SignatureAlgorithm;

use super::fits;
use crate::provider::parts::Verification;
use crate::provider::verification::{self, Hash, Kind, Library, Verify};

/// What graviola verifies: messages alone.
pub(in crate::provider) const LIBRARY: Library = Library { message, digest: |_| None };

/// The verification of graviola.
#[derive(Debug)]
pub struct Verifiers;

impl Verification for Verifiers {
    fn algorithms() -> &'static [SignatureAlgorithm] {
        static ALGORITHMS: LazyLock<&[SignatureAlgorithm]> =
            LazyLock::new(|| verification::algorithms(&[LIBRARY]));
        &ALGORITHMS
    }
}

/// Verifies with a key for ECDSA, which is no compressed point.
macro_rules! ecdsa {
    ($curve:ident $hash:ident) => {
        |key, message, signature| {
            let key = ecdsa::VerifyingKey::<$curve>::from_x962_uncompressed(key).ok()?;
            key.verify_asn1::<$hash>(&[message], signature).ok()
        }
    };
}

/// Verifies with an RSA key.
macro_rules! rsa {
    ($verify:ident) => {
        |key, message, signature| {
            rsa::VerifyingKey::from_pkcs1_der(key).ok()?.$verify(signature, message).ok()
        }
    };
}

fn message(kind: Kind) -> Option<Verify> {
    if !fits() {
        return None;
    }
    Some(match kind {
        Kind::P256(Hash::Sha256) => ecdsa!(P256 Sha256),
        Kind::P256(Hash::Sha384) => ecdsa!(P256 Sha384),
        Kind::P384(Hash::Sha256) => ecdsa!(P384 Sha256),
        Kind::P384(Hash::Sha384) => ecdsa!(P384 Sha384),
        Kind::P256(Hash::Sha512) | Kind::P384(Hash::Sha512) => return None,
        Kind::Ed25519 => |key, message, signature| {
            Ed25519VerifyingKey::from_bytes(key).ok()?.verify(signature, message).ok()
        },
        Kind::Pss(Hash::Sha256) => rsa!(verify_pss_sha256),
        Kind::Pss(Hash::Sha384) => rsa!(verify_pss_sha384),
        Kind::Pss(Hash::Sha512) => rsa!(verify_pss_sha512),
        Kind::Pkcs1(Hash::Sha256) => rsa!(verify_pkcs1_sha256),
        Kind::Pkcs1(Hash::Sha384) => rsa!(verify_pkcs1_sha384),
        Kind::Pkcs1(Hash::Sha512) => rsa!(verify_pkcs1_sha512),
    })
}
