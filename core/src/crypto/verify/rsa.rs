//! The RSA algorithms of TLS 1.3 and of certificates (RFC 8446, section 4.2.3).

use pki_types::{AlgorithmIdentifier, alg_id};

use crate::crypto::rsa::{self, Padding, RsaVerifier};
use crate::crypto::{SignatureAlgorithm, SignatureUse};
use crate::wire::enums::SignatureScheme;

/// A key of type RSASSA-PSS without parameters, which may sign with any hash (RFC 4055, section 3.1).
const PSS_UNRESTRICTED: AlgorithmIdentifier =
    AlgorithmIdentifier::from_slice(&[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 0x0a]);

/// One constant for each algorithm: its kind, its hash, its name in TLS, its key and its signature in certificates.
macro_rules! algorithms {
    ($($name:ident: $padding:ident $hash:ident $scheme:ident, $key:expr, $signature:expr;)*) => {
        $(pub(super) const $name: SignatureAlgorithm = SignatureAlgorithm {
            scheme: SignatureScheme::$scheme,
            usage: usage(Padding::$padding),
            verifier: &RsaVerifier {
                key: $key,
                signature: $signature,
                hash: &rsa::$hash,
                padding: Padding::$padding,
            },
            #[cfg(feature = "tls12")]
            digest_verifier: Some(|public_key, digest, signature| {
                rsa::verify_digest(&rsa::$hash, Padding::$padding, (public_key, digest, signature))
            }),
        };)*
    };
}

algorithms! {
    PSS_RSAE_SHA256: Pss SHA256 RSA_PSS_RSAE_SHA256, alg_id::RSA_ENCRYPTION, alg_id::RSA_PSS_SHA256;
    PSS_RSAE_SHA384: Pss SHA384 RSA_PSS_RSAE_SHA384, alg_id::RSA_ENCRYPTION, alg_id::RSA_PSS_SHA384;
    PSS_RSAE_SHA512: Pss SHA512 RSA_PSS_RSAE_SHA512, alg_id::RSA_ENCRYPTION, alg_id::RSA_PSS_SHA512;
    PSS_PSS_SHA256: Pss SHA256 RSA_PSS_PSS_SHA256, PSS_UNRESTRICTED, alg_id::RSA_PSS_SHA256;
    PSS_PSS_SHA384: Pss SHA384 RSA_PSS_PSS_SHA384, PSS_UNRESTRICTED, alg_id::RSA_PSS_SHA384;
    PSS_PSS_SHA512: Pss SHA512 RSA_PSS_PSS_SHA512, PSS_UNRESTRICTED, alg_id::RSA_PSS_SHA512;
    PSS_PSS_ONLY_SHA256: Pss SHA256 RSA_PSS_PSS_SHA256, alg_id::RSA_PSS_SHA256, alg_id::RSA_PSS_SHA256;
    PSS_PSS_ONLY_SHA384: Pss SHA384 RSA_PSS_PSS_SHA384, alg_id::RSA_PSS_SHA384, alg_id::RSA_PSS_SHA384;
    PSS_PSS_ONLY_SHA512: Pss SHA512 RSA_PSS_PSS_SHA512, alg_id::RSA_PSS_SHA512, alg_id::RSA_PSS_SHA512;
    PKCS1_SHA256: Pkcs1 SHA256 RSA_PKCS1_SHA256, alg_id::RSA_ENCRYPTION, alg_id::RSA_PKCS1_SHA256;
    PKCS1_SHA384: Pkcs1 SHA384 RSA_PKCS1_SHA384, alg_id::RSA_ENCRYPTION, alg_id::RSA_PKCS1_SHA384;
    PKCS1_SHA512: Pkcs1 SHA512 RSA_PKCS1_SHA512, alg_id::RSA_ENCRYPTION, alg_id::RSA_PKCS1_SHA512;
}

const fn usage(padding: Padding) -> SignatureUse {
    match padding {
        Padding::Pss => SignatureUse::HandshakeAndCertificates,
        Padding::Pkcs1 => SignatureUse::CertificatesOnly,
    }
}
