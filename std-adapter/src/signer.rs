//! Private keys: those that the core signs with, and RSA keys.

use pki_types::PrivateKeyDer;
use sha2::{Digest as _, Sha256, Sha384};
use tidegate::crypto::CryptoError;
use tidegate::sign::{KeyError, MAX_SPKI, SoftwareSigner};
use tidegate::wire::enums::{NamedGroup, SignatureScheme};

#[cfg(feature = "aws-lc-rs")]
mod rsa;

#[cfg(feature = "aws-lc-rs")]
use rsa::RsaSigner;

/// The schemes of ECDSA.
const ECDSA: [SignatureScheme; 2] =
    [SignatureScheme::ECDSA_SECP256R1_SHA256, SignatureScheme::ECDSA_SECP384R1_SHA384];

/// A private key.
#[derive(Debug)]
pub(crate) enum Signer {
    /// ECDSA or Ed25519.
    Software(Box<SoftwareSigner>),
    #[cfg(feature = "aws-lc-rs")]
    Rsa(RsaSigner),
}

impl Signer {
    /// A key in PKCS#8 or SEC1, or an RSA key in PKCS#1.
    pub(crate) fn new(key: &PrivateKeyDer<'_>) -> Result<Self, KeyError> {
        if !matches!(key, PrivateKeyDer::Pkcs1(_)) {
            match SoftwareSigner::from_der(key.secret_der()) {
                Ok(signer) => return Ok(Self::Software(Box::new(signer))),
                Err(KeyError::UnsupportedAlgorithm) => {}
                Err(error) => return Err(error),
            }
        }
        Self::rsa(key)
    }

    #[cfg(feature = "aws-lc-rs")]
    fn rsa(key: &PrivateKeyDer<'_>) -> Result<Self, KeyError> {
        RsaSigner::new(key).map(Self::Rsa)
    }

    #[cfg(not(feature = "aws-lc-rs"))]
    fn rsa(_: &PrivateKeyDer<'_>) -> Result<Self, KeyError> {
        Err(KeyError::UnsupportedAlgorithm)
    }

    /// What it can sign with, the preferred first.
    pub(crate) fn schemes(&self) -> Vec<SignatureScheme> {
        match self {
            Self::Software(signer) => vec![signer.scheme()],
            #[cfg(feature = "aws-lc-rs")]
            Self::Rsa(_) => RsaSigner::SCHEMES.to_vec(),
        }
    }

    /// What it can sign with in TLS 1.2, where a scheme of ECDSA names a hash for any curve.
    pub(crate) fn tls12_schemes(&self) -> Vec<SignatureScheme> {
        let mut schemes = self.schemes();
        if self.curve().is_some() {
            let others = ECDSA.into_iter().filter(|scheme| !schemes.contains(scheme)).collect::<Vec<_>>();
            schemes.extend(others);
        }
        schemes
    }

    /// The curve of a key for ECDSA.
    pub(crate) fn curve(&self) -> Option<NamedGroup> {
        match self {
            Self::Software(signer) => match **signer {
                SoftwareSigner::EcdsaP256(_) => Some(NamedGroup::SECP256R1),
                SoftwareSigner::EcdsaP384(_) => Some(NamedGroup::SECP384R1),
                SoftwareSigner::Ed25519(_) => None,
            },
            #[cfg(feature = "aws-lc-rs")]
            Self::Rsa(_) => None,
        }
    }

    /// Signs a message, which is not hashed yet; how long the signature is.
    pub(crate) fn sign(
        &self,
        scheme: SignatureScheme,
        message: &[u8],
        out: &mut [u8],
    ) -> Result<usize, CryptoError> {
        match self {
            Self::Software(signer) if signer.scheme() == scheme => signer.sign(message, out),
            // In TLS 1.2 a scheme names a hash for any curve.
            Self::Software(signer) => match scheme {
                SignatureScheme::ECDSA_SECP256R1_SHA256 => signer.sign_digest(&Sha256::digest(message), out),
                SignatureScheme::ECDSA_SECP384R1_SHA384 => signer.sign_digest(&Sha384::digest(message), out),
                _ => Err(CryptoError::Unsupported),
            },
            #[cfg(feature = "aws-lc-rs")]
            Self::Rsa(signer) => signer.sign(scheme, message, out),
        }
    }

    /// Signs what is hashed already, by the hash of the scheme; how long the signature is.
    pub(crate) fn sign_digest(
        &self,
        #[cfg_attr(not(feature = "aws-lc-rs"), expect(unused_variables, reason = "other keys have one"))]
        scheme: SignatureScheme,
        digest: &[u8],
        out: &mut [u8],
    ) -> Result<usize, CryptoError> {
        match self {
            Self::Software(signer) => signer.sign_digest(digest, out),
            #[cfg(feature = "aws-lc-rs")]
            Self::Rsa(signer) => signer.sign_digest(scheme, digest, out),
        }
    }

    /// The public key as a SubjectPublicKeyInfo (RFC 5280, section 4.1) in DER; none if it can't be made.
    pub(crate) fn public_key_info(&self) -> Option<Vec<u8>> {
        match self {
            Self::Software(signer) => {
                let mut info = [0; MAX_SPKI];
                let length = signer.public_key_spki(&mut info).ok()?;
                Some(info.get(..length)?.to_vec())
            }
            #[cfg(feature = "aws-lc-rs")]
            Self::Rsa(signer) => signer.public_key_info(),
        }
    }
}
