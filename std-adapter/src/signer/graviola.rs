//! Signing with graviola, which wipes its keys and signs messages alone.

use std::fmt;

use graviola::hashing::{Hash, Sha256, Sha384};
use graviola::signing::ecdsa::{self, Curve, P256, P384};
use graviola::signing::eddsa::Ed25519SigningKey;
use graviola::signing::rsa;
use pki_types::PrivateKeyDer;
use tidegate::crypto::CryptoError;
use tidegate::wire::enums::SignatureScheme;

use super::{Key, RsaKey};
use crate::provider::graviola::fits;
use crate::provider::parts::write_prefix;

/// Bytes that hold the public half of an RSA key of 4096 bits.
const RSA_INFO: usize = 600;

/// A key for a scheme of a curve: how it signs.
struct OnCurve<K>(K, Sign<K>);

/// Signs a message.
type Sign<K> = fn(&K, &[u8], &mut [u8]) -> Result<usize, CryptoError>;

/// An RSA key.
struct Rsa(rsa::SigningKey);

impl<K> fmt::Debug for OnCurve<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OnCurve")
    }
}

impl fmt::Debug for Rsa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rsa")
    }
}

/// A key in PKCS#8 or SEC1 for this scheme.
pub(super) fn curve(key: &[u8], scheme: SignatureScheme) -> Option<Box<dyn Key>> {
    if !fits() {
        return None;
    }
    match scheme {
        SignatureScheme::ECDSA_SECP256R1_SHA256 => {
            Some(Box::new(OnCurve(ecdsa_key::<P256>(key)?, sign_ecdsa::<P256, Sha256>)))
        }
        SignatureScheme::ECDSA_SECP384R1_SHA384 => {
            Some(Box::new(OnCurve(ecdsa_key::<P384>(key)?, sign_ecdsa::<P384, Sha384>)))
        }
        SignatureScheme::ED25519 => {
            let key = Ed25519SigningKey::from_pkcs8_der(key).ok()?;
            Some(Box::new(OnCurve(key, |key, message, out| write_prefix(out, &key.sign(message)))))
        }
        _ => None,
    }
}

fn ecdsa_key<C: Curve>(key: &[u8]) -> Option<ecdsa::SigningKey<C>> {
    ecdsa::SigningKey::from_pkcs8_der(key).or_else(|_| ecdsa::SigningKey::from_sec1_der(key)).ok()
}

fn sign_ecdsa<C: Curve, H: Hash>(
    key: &ecdsa::SigningKey<C>,
    message: &[u8],
    out: &mut [u8],
) -> Result<usize, CryptoError> {
    key.sign_asn1::<H>(&[message], out).map(<[u8]>::len).map_err(|_| CryptoError::Failed)
}

/// A key in PKCS#8 or PKCS#1.
pub(super) fn rsa(key: &PrivateKeyDer<'_>) -> Option<RsaKey> {
    if !fits() {
        return None;
    }
    let key = match key {
        PrivateKeyDer::Pkcs1(key) => rsa::SigningKey::from_pkcs1_der(key.secret_pkcs1_der()),
        PrivateKeyDer::Pkcs8(key) => rsa::SigningKey::from_pkcs8_der(key.secret_pkcs8_der()),
        PrivateKeyDer::Sec1(_) | _ => return None,
    }
    .ok()?;
    let info = key.public_key().to_spki_der(&mut [0; RSA_INFO]).ok()?.to_vec();
    let modulus = key.modulus_len_bytes();
    Some(RsaKey { key: Box::new(Rsa(key)), info, modulus })
}

impl<K: Send + Sync> Key for OnCurve<K> {
    fn sign(&self, _: SignatureScheme, message: &[u8], out: &mut [u8]) -> Result<usize, CryptoError> {
        self.1(&self.0, message, out)
    }
}

impl Key for Rsa {
    fn sign(&self, scheme: SignatureScheme, message: &[u8], out: &mut [u8]) -> Result<usize, CryptoError> {
        let signature = match scheme {
            SignatureScheme::RSA_PSS_RSAE_SHA256 => self.0.sign_pss_sha256(out, message),
            SignatureScheme::RSA_PSS_RSAE_SHA384 => self.0.sign_pss_sha384(out, message),
            SignatureScheme::RSA_PSS_RSAE_SHA512 => self.0.sign_pss_sha512(out, message),
            SignatureScheme::RSA_PKCS1_SHA256 => self.0.sign_pkcs1_sha256(out, message),
            SignatureScheme::RSA_PKCS1_SHA384 => self.0.sign_pkcs1_sha384(out, message),
            SignatureScheme::RSA_PKCS1_SHA512 => self.0.sign_pkcs1_sha512(out, message),
            _ => return Err(CryptoError::Unsupported),
        };
        signature.map(<[u8]>::len).map_err(|_| CryptoError::Failed)
    }
}
