//! Signing with AWS-LC, which wipes its keys.

use aws_lc_rs::digest::{self, Digest};
use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    self, ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
    KeyPair as _, RsaEncoding, RsaKeyPair,
};
use pki_types::PrivateKeyDer;
use tidegate::crypto::CryptoError;
use tidegate::wire::enums::SignatureScheme;

use super::{Key, RsaKey};
use crate::provider::parts::write_prefix;

/// A key for ECDSA, and what a digest for it is made with.
#[derive(Debug)]
struct Ecdsa(EcdsaKeyPair, &'static digest::Algorithm);

/// A key for Ed25519.
#[derive(Debug)]
struct Ed25519(Ed25519KeyPair);

/// An RSA key.
#[derive(Debug)]
struct Rsa(RsaKeyPair);

/// A key in PKCS#8 or SEC1 for this scheme.
pub(super) fn curve(key: &[u8], scheme: SignatureScheme) -> Option<Box<dyn Key>> {
    let (algorithm, digest) = match scheme {
        SignatureScheme::ECDSA_SECP256R1_SHA256 => (&ECDSA_P256_SHA256_ASN1_SIGNING, &digest::SHA256),
        SignatureScheme::ECDSA_SECP384R1_SHA384 => (&ECDSA_P384_SHA384_ASN1_SIGNING, &digest::SHA384),
        SignatureScheme::ED25519 => {
            let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(key).ok()?;
            return Some(Box::new(Ed25519(pair)));
        }
        _ => return None,
    };
    let pair = EcdsaKeyPair::from_private_key_der(algorithm, key).ok()?;
    Some(Box::new(Ecdsa(pair, digest)))
}

/// A key in PKCS#8 or PKCS#1.
pub(super) fn rsa(key: &PrivateKeyDer<'_>) -> Option<RsaKey> {
    let pair = match key {
        PrivateKeyDer::Pkcs1(key) => RsaKeyPair::from_der(key.secret_pkcs1_der()),
        PrivateKeyDer::Pkcs8(key) => RsaKeyPair::from_pkcs8(key.secret_pkcs8_der()),
        PrivateKeyDer::Sec1(_) | _ => return None,
    }
    .ok()?;
    let info: PublicKeyX509Der<'_> = pair.public_key().as_der().ok()?;
    let (info, modulus) = (info.as_ref().to_vec(), pair.public_modulus_len());
    Some(RsaKey { key: Box::new(Rsa(pair)), info, modulus })
}

impl Key for Ecdsa {
    fn sign(&self, _: SignatureScheme, message: &[u8], out: &mut [u8]) -> Result<usize, CryptoError> {
        let signature = self.0.sign(&SystemRandom::new(), message).map_err(|_| CryptoError::Failed)?;
        write_prefix(out, signature.as_ref())
    }

    fn sign_digest(
        &self,
        _: SignatureScheme,
        digest: &[u8],
        out: &mut [u8],
    ) -> Option<Result<usize, CryptoError>> {
        let digest = Digest::import_less_safe(digest, self.1).ok()?;
        let signature = self.0.sign_digest(&digest).map_err(|_| CryptoError::Failed);
        Some(signature.and_then(|signature| write_prefix(out, signature.as_ref())))
    }
}

impl Key for Ed25519 {
    fn sign(&self, _: SignatureScheme, message: &[u8], out: &mut [u8]) -> Result<usize, CryptoError> {
        write_prefix(out, self.0.sign(message).as_ref())
    }
}

impl Key for Rsa {
    fn sign(&self, scheme: SignatureScheme, message: &[u8], out: &mut [u8]) -> Result<usize, CryptoError> {
        let (encoding, _) = parts(scheme)?;
        self.0.sign(encoding, &SystemRandom::new(), message, out).map_err(|_| CryptoError::Failed)?;
        Ok(out.len())
    }

    fn sign_digest(
        &self,
        scheme: SignatureScheme,
        digest: &[u8],
        out: &mut [u8],
    ) -> Option<Result<usize, CryptoError>> {
        Some(parts(scheme).and_then(|(encoding, algorithm)| {
            // It is the engine's own digest of the handshake.
            let digest = Digest::import_less_safe(digest, algorithm).map_err(|_| CryptoError::Failed)?;
            self.0.sign_digest(encoding, &digest, out).map_err(|_| CryptoError::Failed)?;
            Ok(out.len())
        }))
    }

    fn signs_digests(&self) -> bool {
        true
    }
}

/// How a scheme pads, and what it hashes with (RFC 8446, section 4.2.3: the salt is as long as the digest).
fn parts(
    scheme: SignatureScheme,
) -> Result<(&'static dyn RsaEncoding, &'static digest::Algorithm), CryptoError> {
    Ok(match scheme {
        SignatureScheme::RSA_PSS_RSAE_SHA256 => (&signature::RSA_PSS_SHA256, &digest::SHA256),
        SignatureScheme::RSA_PSS_RSAE_SHA384 => (&signature::RSA_PSS_SHA384, &digest::SHA384),
        SignatureScheme::RSA_PSS_RSAE_SHA512 => (&signature::RSA_PSS_SHA512, &digest::SHA512),
        SignatureScheme::RSA_PKCS1_SHA256 => (&signature::RSA_PKCS1_SHA256, &digest::SHA256),
        SignatureScheme::RSA_PKCS1_SHA384 => (&signature::RSA_PKCS1_SHA384, &digest::SHA384),
        SignatureScheme::RSA_PKCS1_SHA512 => (&signature::RSA_PKCS1_SHA512, &digest::SHA512),
        _ => return Err(CryptoError::Unsupported),
    })
}
