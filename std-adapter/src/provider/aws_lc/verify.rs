//! Verifying signatures.

use std::sync::LazyLock;

use aws_lc_rs::digest::{self, Digest};
use aws_lc_rs::signature::{self, UnparsedPublicKey};
use tidegate::crypto::{DigestVerifier, SignatureAlgorithm};

use crate::provider::parts::Verification;
use crate::provider::verification::{self, Hash, Kind, Library, Verify, point, whole};

/// What AWS-LC verifies.
pub(in crate::provider) const LIBRARY: Library = Library { message, digest };

/// The verification of AWS-LC.
#[derive(Debug)]
pub struct Verifiers;

impl Verification for Verifiers {
    fn algorithms() -> &'static [SignatureAlgorithm] {
        static ALGORITHMS: LazyLock<&[SignatureAlgorithm]> =
            LazyLock::new(|| verification::algorithms(&[LIBRARY]));
        &ALGORITHMS
    }
}

/// Verifies a message.
macro_rules! message {
    ($algorithm:ident $key:ident) => {
        |public_key, message, signature| {
            UnparsedPublicKey::new(&signature::$algorithm, $key(public_key)?).verify(message, signature).ok()
        }
    };
}

/// Verifies a digest.
macro_rules! digest {
    ($algorithm:ident $hash:ident $key:ident) => {
        |public_key, digest, signature| {
            let digest = Digest::import_less_safe(digest, &digest::$hash).ok()?;
            UnparsedPublicKey::new(&signature::$algorithm, $key(public_key)?)
                .verify_digest(&digest, signature)
                .ok()
        }
    };
}

fn message(kind: Kind) -> Option<Verify> {
    Some(match kind {
        Kind::P256(Hash::Sha256) => message!(ECDSA_P256_SHA256_ASN1 point),
        Kind::P256(Hash::Sha384) => message!(ECDSA_P256_SHA384_ASN1 point),
        Kind::P384(Hash::Sha256) => message!(ECDSA_P384_SHA256_ASN1 point),
        Kind::P384(Hash::Sha384) => message!(ECDSA_P384_SHA384_ASN1 point),
        Kind::P256(Hash::Sha512) | Kind::P384(Hash::Sha512) => return None,
        Kind::Ed25519 => message!(ED25519 whole),
        Kind::Pss(Hash::Sha256) => message!(RSA_PSS_2048_8192_SHA256 whole),
        Kind::Pss(Hash::Sha384) => message!(RSA_PSS_2048_8192_SHA384 whole),
        Kind::Pss(Hash::Sha512) => message!(RSA_PSS_2048_8192_SHA512 whole),
        Kind::Pkcs1(Hash::Sha256) => message!(RSA_PKCS1_2048_8192_SHA256 whole),
        Kind::Pkcs1(Hash::Sha384) => message!(RSA_PKCS1_2048_8192_SHA384 whole),
        Kind::Pkcs1(Hash::Sha512) => message!(RSA_PKCS1_2048_8192_SHA512 whole),
    })
}

fn digest(kind: Kind) -> Option<DigestVerifier> {
    Some(match kind {
        Kind::P256(Hash::Sha256) => digest!(ECDSA_P256_SHA256_ASN1 SHA256 point),
        Kind::P256(Hash::Sha384) => digest!(ECDSA_P256_SHA384_ASN1 SHA384 point),
        Kind::P384(Hash::Sha256) => digest!(ECDSA_P384_SHA256_ASN1 SHA256 point),
        Kind::P384(Hash::Sha384) => digest!(ECDSA_P384_SHA384_ASN1 SHA384 point),
        Kind::P256(Hash::Sha512) | Kind::P384(Hash::Sha512) | Kind::Ed25519 => return None,
        Kind::Pss(Hash::Sha256) => digest!(RSA_PSS_2048_8192_SHA256 SHA256 whole),
        Kind::Pss(Hash::Sha384) => digest!(RSA_PSS_2048_8192_SHA384 SHA384 whole),
        Kind::Pss(Hash::Sha512) => digest!(RSA_PSS_2048_8192_SHA512 SHA512 whole),
        Kind::Pkcs1(Hash::Sha256) => digest!(RSA_PKCS1_2048_8192_SHA256 SHA256 whole),
        Kind::Pkcs1(Hash::Sha384) => digest!(RSA_PKCS1_2048_8192_SHA384 SHA384 whole),
        Kind::Pkcs1(Hash::Sha512) => digest!(RSA_PKCS1_2048_8192_SHA512 SHA512 whole),
    })
}
