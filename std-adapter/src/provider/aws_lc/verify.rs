//! Verifying signatures.

use aws_lc_rs::digest::{self, Digest};
use aws_lc_rs::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id};
use tidegate::crypto::{SignatureAlgorithm, SignatureUse};
use tidegate::wire::enums::SignatureScheme;

/// A key of type RSASSA-PSS without parameters, which may sign with any hash (RFC 4055, section 3.1).
const PSS_UNRESTRICTED: AlgorithmIdentifier =
    AlgorithmIdentifier::from_slice(&[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 0x0a]);

/// An algorithm of AWS-LC, as certificates name it.
#[derive(Debug)]
struct Verifier {
    key: AlgorithmIdentifier,
    signature: AlgorithmIdentifier,
    algorithm: &'static dyn VerificationAlgorithm,
}

impl SignatureVerificationAlgorithm for Verifier {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        if !is_point_in_full(self.key, public_key) {
            return Err(InvalidSignature);
        }
        UnparsedPublicKey::new(self.algorithm, public_key)
            .verify(message, signature)
            .map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.key
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.signature
    }
}

/// Whether a key is no compressed point, which certificates for TLS may not have (RFC 8422, section 5.1.2).
fn is_point_in_full(key: AlgorithmIdentifier, public_key: &[u8]) -> bool {
    ![alg_id::ECDSA_P256, alg_id::ECDSA_P384].contains(&key) || public_key.first() == Some(&4)
}

/// One algorithm for each line: its scheme, where it is used, its key, its signature in certificates, who verifies, by
/// what hash a client of TLS 1.2 signs with it.
macro_rules! algorithms {
    ($($scheme:ident $usage:ident $key:expr, $signature:expr, $algorithm:ident $digest:expr;)*) => {
        /// The signature algorithms that AWS-LC verifies, in order of preference.
        pub(crate) static SIGNATURE_ALGORITHMS: &[SignatureAlgorithm] = &[$(SignatureAlgorithm {
            scheme: SignatureScheme::$scheme,
            usage: SignatureUse::$usage,
            verifier: &Verifier { key: $key, signature: $signature, algorithm: &signature::$algorithm },
            digest_verifier: $digest,
        },)*];
    };
}

/// Verifies a digest.
macro_rules! digest {
    ($algorithm:ident $hash:ident $key:expr) => {
        Some(|public_key, digest, signature| {
            let digest = Digest::import_less_safe(digest, &digest::$hash).ok()?;
            if !is_point_in_full($key, public_key) {
                return None;
            }
            UnparsedPublicKey::new(&signature::$algorithm, public_key).verify_digest(&digest, signature).ok()
        })
    };
}

algorithms! {
    ECDSA_SECP256R1_SHA256 HandshakeAndCertificates alg_id::ECDSA_P256, alg_id::ECDSA_SHA256,
        ECDSA_P256_SHA256_ASN1 digest!(ECDSA_P256_SHA256_ASN1 SHA256 alg_id::ECDSA_P256);
    ECDSA_SECP384R1_SHA384 HandshakeAndCertificates alg_id::ECDSA_P384, alg_id::ECDSA_SHA384,
        ECDSA_P384_SHA384_ASN1 digest!(ECDSA_P384_SHA384_ASN1 SHA384 alg_id::ECDSA_P384);
    ED25519 HandshakeAndCertificates alg_id::ED25519, alg_id::ED25519, ED25519 None;
    RSA_PSS_RSAE_SHA256 HandshakeAndCertificates alg_id::RSA_ENCRYPTION, alg_id::RSA_PSS_SHA256,
        RSA_PSS_2048_8192_SHA256 digest!(RSA_PSS_2048_8192_SHA256 SHA256 alg_id::RSA_ENCRYPTION);
    RSA_PSS_RSAE_SHA384 HandshakeAndCertificates alg_id::RSA_ENCRYPTION, alg_id::RSA_PSS_SHA384,
        RSA_PSS_2048_8192_SHA384 digest!(RSA_PSS_2048_8192_SHA384 SHA384 alg_id::RSA_ENCRYPTION);
    RSA_PSS_RSAE_SHA512 HandshakeAndCertificates alg_id::RSA_ENCRYPTION, alg_id::RSA_PSS_SHA512,
        RSA_PSS_2048_8192_SHA512 digest!(RSA_PSS_2048_8192_SHA512 SHA512 alg_id::RSA_ENCRYPTION);
    RSA_PSS_PSS_SHA256 HandshakeAndCertificates PSS_UNRESTRICTED, alg_id::RSA_PSS_SHA256,
        RSA_PSS_2048_8192_SHA256 digest!(RSA_PSS_2048_8192_SHA256 SHA256 PSS_UNRESTRICTED);
    RSA_PSS_PSS_SHA384 HandshakeAndCertificates PSS_UNRESTRICTED, alg_id::RSA_PSS_SHA384,
        RSA_PSS_2048_8192_SHA384 digest!(RSA_PSS_2048_8192_SHA384 SHA384 PSS_UNRESTRICTED);
    RSA_PSS_PSS_SHA512 HandshakeAndCertificates PSS_UNRESTRICTED, alg_id::RSA_PSS_SHA512,
        RSA_PSS_2048_8192_SHA512 digest!(RSA_PSS_2048_8192_SHA512 SHA512 PSS_UNRESTRICTED);
    RSA_PSS_PSS_SHA256 HandshakeAndCertificates alg_id::RSA_PSS_SHA256, alg_id::RSA_PSS_SHA256,
        RSA_PSS_2048_8192_SHA256 digest!(RSA_PSS_2048_8192_SHA256 SHA256 alg_id::RSA_PSS_SHA256);
    RSA_PSS_PSS_SHA384 HandshakeAndCertificates alg_id::RSA_PSS_SHA384, alg_id::RSA_PSS_SHA384,
        RSA_PSS_2048_8192_SHA384 digest!(RSA_PSS_2048_8192_SHA384 SHA384 alg_id::RSA_PSS_SHA384);
    RSA_PSS_PSS_SHA512 HandshakeAndCertificates alg_id::RSA_PSS_SHA512, alg_id::RSA_PSS_SHA512,
        RSA_PSS_2048_8192_SHA512 digest!(RSA_PSS_2048_8192_SHA512 SHA512 alg_id::RSA_PSS_SHA512);
    RSA_PKCS1_SHA256 CertificatesOnly alg_id::RSA_ENCRYPTION, alg_id::RSA_PKCS1_SHA256,
        RSA_PKCS1_2048_8192_SHA256 digest!(RSA_PKCS1_2048_8192_SHA256 SHA256 alg_id::RSA_ENCRYPTION);
    RSA_PKCS1_SHA384 CertificatesOnly alg_id::RSA_ENCRYPTION, alg_id::RSA_PKCS1_SHA384,
        RSA_PKCS1_2048_8192_SHA384 digest!(RSA_PKCS1_2048_8192_SHA384 SHA384 alg_id::RSA_ENCRYPTION);
    RSA_PKCS1_SHA512 CertificatesOnly alg_id::RSA_ENCRYPTION, alg_id::RSA_PKCS1_SHA512,
        RSA_PKCS1_2048_8192_SHA512 digest!(RSA_PKCS1_2048_8192_SHA512 SHA512 alg_id::RSA_ENCRYPTION);
    ECDSA_SECP384R1_SHA384 CertificatesOnly alg_id::ECDSA_P256, alg_id::ECDSA_SHA384,
        ECDSA_P256_SHA384_ASN1 digest!(ECDSA_P256_SHA384_ASN1 SHA384 alg_id::ECDSA_P256);
    ECDSA_SECP256R1_SHA256 CertificatesOnly alg_id::ECDSA_P384, alg_id::ECDSA_SHA256,
        ECDSA_P384_SHA256_ASN1 digest!(ECDSA_P384_SHA256_ASN1 SHA256 alg_id::ECDSA_P384);
}
