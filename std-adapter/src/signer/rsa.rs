//! RSA keys, with AWS-LC: PSS for both versions, PKCS#1 for TLS 1.2.

use aws_lc_rs::digest::{self, Digest};
use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{self, KeyPair as _, RsaEncoding, RsaKeyPair};
use pki_types::PrivateKeyDer;
use tidegate::crypto::CryptoError;
use tidegate::limits;
use tidegate::sign::KeyError;
use tidegate::wire::enums::SignatureScheme;

/// An RSA key.
#[derive(Debug)]
pub(crate) struct RsaSigner(RsaKeyPair);

impl RsaSigner {
    /// What it can sign with, the preferred first.
    pub(crate) const SCHEMES: [SignatureScheme; 6] = [
        SignatureScheme::RSA_PSS_RSAE_SHA256,
        SignatureScheme::RSA_PSS_RSAE_SHA384,
        SignatureScheme::RSA_PSS_RSAE_SHA512,
        SignatureScheme::RSA_PKCS1_SHA256,
        SignatureScheme::RSA_PKCS1_SHA384,
        SignatureScheme::RSA_PKCS1_SHA512,
    ];

    /// A key in PKCS#8 or PKCS#1, of 2048 bits at least and of 4096 at most.
    pub(crate) fn new(key: &PrivateKeyDer<'_>) -> Result<Self, KeyError> {
        let pair = match key {
            PrivateKeyDer::Pkcs1(key) => RsaKeyPair::from_der(key.secret_pkcs1_der()),
            PrivateKeyDer::Pkcs8(key) => RsaKeyPair::from_pkcs8(key.secret_pkcs8_der()),
            PrivateKeyDer::Sec1(_) | _ => return Err(KeyError::UnsupportedAlgorithm),
        };
        let pair = pair.map_err(|_| KeyError::UnsupportedAlgorithm)?;
        if pair.public_modulus_len() > limits::SIGNATURE {
            return Err(KeyError::UnsupportedAlgorithm);
        }
        Ok(Self(pair))
    }

    pub(crate) fn sign(
        &self,
        scheme: SignatureScheme,
        message: &[u8],
        out: &mut [u8],
    ) -> Result<usize, CryptoError> {
        let (encoding, _) = parts(scheme)?;
        let out = self.room(out)?;
        self.0.sign(encoding, &SystemRandom::new(), message, out).map_err(|_| CryptoError::Failed)?;
        Ok(out.len())
    }

    pub(crate) fn sign_digest(
        &self,
        scheme: SignatureScheme,
        digest: &[u8],
        out: &mut [u8],
    ) -> Result<usize, CryptoError> {
        let (encoding, algorithm) = parts(scheme)?;
        // It is the engine's own digest of the handshake.
        let digest = Digest::import_less_safe(digest, algorithm).map_err(|_| CryptoError::Failed)?;
        let out = self.room(out)?;
        self.0.sign_digest(encoding, &digest, out).map_err(|_| CryptoError::Failed)?;
        Ok(out.len())
    }

    pub(crate) fn public_key_info(&self) -> Option<Vec<u8>> {
        let info: PublicKeyX509Der<'_> = self.0.public_key().as_der().ok()?;
        Some(info.as_ref().to_vec())
    }

    /// As much room as a signature takes.
    fn room<'o>(&self, out: &'o mut [u8]) -> Result<&'o mut [u8], CryptoError> {
        out.get_mut(..self.0.public_modulus_len()).ok_or(CryptoError::Failed)
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
