//! Verifying signatures: the algorithms that were chosen, and CertificateVerify's use of them.

#[cfg(feature = "ecdsa-p256")]
mod ecdsa_p256;
#[cfg(feature = "ecdsa-p384")]
mod ecdsa_p384;
#[cfg(feature = "ed25519")]
mod ed25519;
#[cfg(feature = "rsa")]
mod rsa;
mod spki;

#[cfg(any(feature = "ecdsa-p256", feature = "ecdsa-p384", feature = "ed25519"))]
use pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm};

#[cfg(feature = "tls12")]
pub(crate) use spki::signs_for;
pub use spki::{SpkiError, verify_with_spki};
#[cfg(feature = "tls12")]
pub use spki::{verify_digest_with_spki, verify_tls12_with_spki};

use super::SignatureAlgorithm;

/// The chosen signature algorithms in order of preference.
pub static SIGNATURE_ALGORITHMS: &[SignatureAlgorithm] = &[
    #[cfg(feature = "ecdsa-p256")]
    ecdsa_p256::SHA256,
    #[cfg(feature = "ecdsa-p384")]
    ecdsa_p384::SHA384,
    #[cfg(feature = "ed25519")]
    ed25519::ED25519,
    #[cfg(feature = "rsa")]
    rsa::PSS_RSAE_SHA256,
    #[cfg(feature = "rsa")]
    rsa::PSS_RSAE_SHA384,
    #[cfg(feature = "rsa")]
    rsa::PSS_RSAE_SHA512,
    #[cfg(feature = "rsa")]
    rsa::PSS_PSS_SHA256,
    #[cfg(feature = "rsa")]
    rsa::PSS_PSS_SHA384,
    #[cfg(feature = "rsa")]
    rsa::PSS_PSS_SHA512,
    #[cfg(feature = "rsa")]
    rsa::PSS_PSS_ONLY_SHA256,
    #[cfg(feature = "rsa")]
    rsa::PSS_PSS_ONLY_SHA384,
    #[cfg(feature = "rsa")]
    rsa::PSS_PSS_ONLY_SHA512,
    #[cfg(feature = "rsa")]
    rsa::PKCS1_SHA256,
    #[cfg(feature = "rsa")]
    rsa::PKCS1_SHA384,
    #[cfg(feature = "rsa")]
    rsa::PKCS1_SHA512,
    #[cfg(feature = "ecdsa-p256")]
    ecdsa_p256::SHA384,
    #[cfg(feature = "ecdsa-p384")]
    ecdsa_p384::SHA256,
];

/// Verifies with a public key, a message and a signature.
#[cfg(any(feature = "ecdsa-p256", feature = "ecdsa-p384", feature = "ed25519"))]
type Verify = fn(&[u8], &[u8], &[u8]) -> Option<()>;

/// An algorithm on a curve.
#[cfg(any(feature = "ecdsa-p256", feature = "ecdsa-p384", feature = "ed25519"))]
#[derive(Debug)]
struct CurveVerifier {
    key: AlgorithmIdentifier,
    signature: AlgorithmIdentifier,
    verify: Verify,
}

#[cfg(any(feature = "ecdsa-p256", feature = "ecdsa-p384", feature = "ed25519"))]
impl SignatureVerificationAlgorithm for CurveVerifier {
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

#[cfg(test)]
mod tests;
