//! ECDSA on P-256 (FIPS 186-5, section 6.4).

use p256::ecdsa::signature::hazmat::PrehashVerifier;
use p256::ecdsa::{Signature, VerifyingKey};
use pki_types::alg_id;
use sha2::{Digest, Sha256, Sha384};

use super::CurveVerifier;
use crate::crypto::sec1::read_point;
use crate::crypto::{SignatureAlgorithm, SignatureUse};
use crate::wire::enums::SignatureScheme;

/// With the hash that belongs to the curve.
pub(super) const SHA256: SignatureAlgorithm = SignatureAlgorithm {
    scheme: SignatureScheme::ECDSA_SECP256R1_SHA256,
    usage: SignatureUse::HandshakeAndCertificates,
    verifier: &CurveVerifier {
        key: alg_id::ECDSA_P256,
        signature: alg_id::ECDSA_SHA256,
        verify: verify::<Sha256>,
    },
    #[cfg(feature = "tls12")]
    digest_verifier: Some(verify_digest),
};

/// With the other hash, which TLS 1.3 has no name for; the scheme says which signature algorithm it is.
pub(super) const SHA384: SignatureAlgorithm = SignatureAlgorithm {
    scheme: SignatureScheme::ECDSA_SECP384R1_SHA384,
    usage: SignatureUse::CertificatesOnly,
    verifier: &CurveVerifier {
        key: alg_id::ECDSA_P256,
        signature: alg_id::ECDSA_SHA384,
        verify: verify::<Sha384>,
    },
    #[cfg(feature = "tls12")]
    digest_verifier: Some(verify_digest),
};

fn verify<D: Digest>(public_key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    verify_digest(public_key, &D::digest(message), signature)
}

// What it calls is compiled apart as long as both hashes call it.
#[expect(clippy::inline_always, reason = "smaller on every bare-metal target")]
#[inline(always)]
fn verify_digest(public_key: &[u8], digest: &[u8], signature: &[u8]) -> Option<()> {
    let key = VerifyingKey::from(read_point(public_key)?);
    let signature = Signature::from_der(signature).ok()?;
    key.verify_prehash(digest, &signature).ok()
}
