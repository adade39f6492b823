//! Verifying signatures.

use std::sync::LazyLock;

use aws_lc_rs::digest::{self, Digest};
use aws_lc_rs::signature::{self, UnparsedPublicKey};
use tidegate::crypto::{DigestVerifier, SignatureAlgorithm};

use crate::provider::parts::Verification;
use crate::provider::verification::{self, Hash, Kind, Library, Verify, ed25519, point, rsa};

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
        Kind::Ed25519 => message!(ED25519 ed25519),
        Kind::Pss(Hash::Sha256) => message!(RSA_PSS_2048_8192_SHA256 rsa),
        Kind::Pss(Hash::Sha384) => message!(RSA_PSS_2048_8192_SHA384 rsa),
        Kind::Pss(Hash::Sha512) => message!(RSA_PSS_2048_8192_SHA512 rsa),
        Kind::Pkcs1(Hash::Sha256) => message!(RSA_PKCS1_2048_8192_SHA256 rsa),
        Kind::Pkcs1(Hash::Sha384) => message!(RSA_PKCS1_2048_8192_SHA384 rsa),
        Kind::Pkcs1(Hash::Sha512) => message!(RSA_PKCS1_2048_8192_SHA512 rsa),
    })
}

fn digest(kind: Kind) -> Option<DigestVerifier> {
    Some(match kind {
        Kind::P256(Hash::Sha256) => digest!(ECDSA_P256_SHA256_ASN1 SHA256 point),
        Kind::P256(Hash::Sha384) => digest!(ECDSA_P256_SHA384_ASN1 SHA384 point),
        Kind::P384(Hash::Sha256) => digest!(ECDSA_P384_SHA256_ASN1 SHA256 point),
        Kind::P384(Hash::Sha384) => digest!(ECDSA_P384_SHA384_ASN1 SHA384 point),
        Kind::P256(Hash::Sha512) | Kind::P384(Hash::Sha512) | Kind::Ed25519 => return None,
        Kind::Pss(Hash::Sha256) => digest!(RSA_PSS_2048_8192_SHA256 SHA256 rsa),
        Kind::Pss(Hash::Sha384) => digest!(RSA_PSS_2048_8192_SHA384 SHA384 rsa),
        Kind::Pss(Hash::Sha512) => digest!(RSA_PSS_2048_8192_SHA512 SHA512 rsa),
        Kind::Pkcs1(Hash::Sha256) => digest!(RSA_PKCS1_2048_8192_SHA256 SHA256 rsa),
        Kind::Pkcs1(Hash::Sha384) => digest!(RSA_PKCS1_2048_8192_SHA384 SHA384 rsa),
        Kind::Pkcs1(Hash::Sha512) => digest!(RSA_PKCS1_2048_8192_SHA512 SHA512 rsa),
    })
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::encoding::AsDer as _;
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::rsa::KeySize;
    use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _, RSA_PSS_SHA256, RsaKeyPair};

    use super::*;

    /// The key is taken, and neither with anything around it nor behind it.
    fn takes_it_alone(kind: Kind, [key, around]: [&[u8]; 2], signature: &[u8]) {
        let verify = message(kind).unwrap();
        assert_eq!(verify(key, b"message", signature), Some(()), "{kind:?}");
        for other in [around.to_vec(), [around, b"."].concat(), [key, b"."].concat()] {
            assert_eq!(verify(&other, b"message", signature), None, "{kind:?}");
        }
    }

    #[test]
    fn keys_stand_alone() {
        let key = Ed25519KeyPair::generate().unwrap();
        let (public, signature) = (key.public_key(), key.sign(b"message"));
        takes_it_alone(
            Kind::Ed25519,
            [public.as_ref(), public.as_der().unwrap().as_ref()],
            signature.as_ref(),
        );
        let key = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let mut signature = vec![0; key.public_modulus_len()];
        key.sign(&RSA_PSS_SHA256, &SystemRandom::new(), b"message", &mut signature).unwrap();
        let public = key.public_key();
        takes_it_alone(
            Kind::Pss(Hash::Sha256),
            [public.as_ref(), public.as_der().unwrap().as_ref()],
            &signature,
        );
    }
}
