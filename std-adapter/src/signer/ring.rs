//! Signing with ring, which does not wipe its keys and signs messages alone.

use pki_types::{PrivateKeyDer, alg_id};
use ring::rand::SystemRandom;
use ring::signature::{
    self, ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
    KeyPair as _, RsaEncoding, RsaKeyPair,
};
use tidegate::crypto::CryptoError;
use tidegate::wire::enums::SignatureScheme;

use super::{Key, RsaKey};
use crate::provider::parts::write_prefix;

/// A key for ECDSA.
#[derive(Debug)]
struct Ecdsa(EcdsaKeyPair);

/// A key for Ed25519.
#[derive(Debug)]
struct Ed25519(Ed25519KeyPair);

/// An RSA key.
#[derive(Debug)]
struct Rsa(RsaKeyPair);

/// A key in PKCS#8 for this scheme, with its public key beside it if it is for ECDSA.
pub(super) fn curve(key: &[u8], scheme: SignatureScheme) -> Option<Box<dyn Key>> {
    let algorithm = match scheme {
        SignatureScheme::ECDSA_SECP256R1_SHA256 => &ECDSA_P256_SHA256_ASN1_SIGNING,
        SignatureScheme::ECDSA_SECP384R1_SHA384 => &ECDSA_P384_SHA384_ASN1_SIGNING,
        SignatureScheme::ED25519 => {
            let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(key).ok()?;
            return Some(Box::new(Ed25519(pair)));
        }
        _ => return None,
    };
    let pair = EcdsaKeyPair::from_pkcs8(algorithm, key, &SystemRandom::new()).ok()?;
    Some(Box::new(Ecdsa(pair)))
}

/// A key in PKCS#8 or PKCS#1.
pub(super) fn rsa(key: &PrivateKeyDer<'_>) -> Option<RsaKey> {
    let pair = match key {
        PrivateKeyDer::Pkcs1(key) => RsaKeyPair::from_der(key.secret_pkcs1_der()),
        PrivateKeyDer::Pkcs8(key) => RsaKeyPair::from_pkcs8(key.secret_pkcs8_der()),
        PrivateKeyDer::Sec1(_) | _ => return None,
    }
    .ok()?;
    let bits = [&[0], pair.public_key().as_ref()].concat();
    let info = der(0x30, &[der(0x30, &alg_id::RSA_ENCRYPTION), der(0x03, &bits)].concat());
    let modulus = pair.public().modulus_len();
    Some(RsaKey { key: Box::new(Rsa(pair)), info, modulus })
}

/// A value in DER, shorter than 64 kB.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(content.len()).unwrap_or_default().to_be_bytes();
    let length: &[u8] = match (high, low) {
        (0, ..0x80) => &[low],
        (0, _) => &[0x81, low],
        _ => &[0x82, high, low],
    };
    [&[tag], length, content].concat()
}

impl Key for Ecdsa {
    fn sign(&self, _: SignatureScheme, message: &[u8], out: &mut [u8]) -> Result<usize, CryptoError> {
        let signature = self.0.sign(&SystemRandom::new(), message).map_err(|_| CryptoError::Failed)?;
        write_prefix(out, signature.as_ref())
    }
}

impl Key for Ed25519 {
    fn sign(&self, _: SignatureScheme, message: &[u8], out: &mut [u8]) -> Result<usize, CryptoError> {
        write_prefix(out, self.0.sign(message).as_ref())
    }
}

impl Key for Rsa {
    fn sign(&self, scheme: SignatureScheme, message: &[u8], out: &mut [u8]) -> Result<usize, CryptoError> {
        let encoding = encoding(scheme)?;
        self.0.sign(encoding, &SystemRandom::new(), message, out).map_err(|_| CryptoError::Failed)?;
        Ok(out.len())
    }
}

/// How a scheme pads and hashes (RFC 8446, section 4.2.3: the salt is as long as the digest).
fn encoding(scheme: SignatureScheme) -> Result<&'static dyn RsaEncoding, CryptoError> {
    Ok(match scheme {
        SignatureScheme::RSA_PSS_RSAE_SHA256 => &signature::RSA_PSS_SHA256,
        SignatureScheme::RSA_PSS_RSAE_SHA384 => &signature::RSA_PSS_SHA384,
        SignatureScheme::RSA_PSS_RSAE_SHA512 => &signature::RSA_PSS_SHA512,
        SignatureScheme::RSA_PKCS1_SHA256 => &signature::RSA_PKCS1_SHA256,
        SignatureScheme::RSA_PKCS1_SHA384 => &signature::RSA_PKCS1_SHA384,
        SignatureScheme::RSA_PKCS1_SHA512 => &signature::RSA_PKCS1_SHA512,
        _ => return Err(CryptoError::Unsupported),
    })
}
