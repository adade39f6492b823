//! Ed25519 (RFC 8032, section 5.1).

use ed25519_dalek::{Signature, VerifyingKey};
use pki_types::alg_id;

use super::CurveVerifier;
use crate::crypto::{SignatureAlgorithm, SignatureUse};
use crate::wire::enums::SignatureScheme;

/// Ed25519.
pub(super) const ED25519: SignatureAlgorithm = SignatureAlgorithm {
    scheme: SignatureScheme::ED25519,
    usage: SignatureUse::HandshakeAndCertificates,
    verifier: &CurveVerifier { key: alg_id::ED25519, signature: alg_id::ED25519, verify },
    // It hashes the message twice, so a digest is not enough.
    #[cfg(feature = "tls12")]
    digest_verifier: None,
};

/// Strict: besides a scalar out of range, which everyone refuses, points of small order are refused, with which one
/// signature verifies for many messages or keys. No key or signature that was made by the rules has any.
fn verify(public_key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    let key = VerifyingKey::from_bytes(public_key.try_into().ok()?).ok()?;
    let signature = Signature::from_bytes(signature.try_into().ok()?);
    key.verify_strict(message, &signature).ok()
}
