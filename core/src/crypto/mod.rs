//! What the engine needs of cryptography, and who provides it.
//!
//! [`Provider`] is dispatched statically and held by a connection by value: a zero-sized type for software, a handle
//! for a peripheral. Its state lives inline; nothing is boxed.

pub mod certificate;
pub(crate) mod der;
mod provider;
#[cfg(feature = "rsa")]
mod rsa;
#[cfg(any(feature = "ecdsa-p256", feature = "ecdsa-p384", feature = "secp256r1", feature = "secp384r1"))]
mod sec1;
mod verify;

#[cfg(any(feature = "aes-128-gcm", feature = "aes-256-gcm", feature = "chacha20-poly1305"))]
pub mod rustcrypto;

use core::fmt;

use pki_types::SignatureVerificationAlgorithm;

pub use provider::{Direction, Expand, Provider};
#[cfg(feature = "tls12")]
pub(crate) use verify::signs_for;
pub use verify::{SIGNATURE_ALGORITHMS, SpkiError, verify_with_spki};
#[cfg(feature = "tls12")]
pub use verify::{verify_digest_with_spki, verify_tls12_with_spki};

use crate::copy::copy;
use crate::wire::enums::{CipherSuite, SignatureScheme};

/// Bytes of the longest digest and of the longest secret of the key schedule (SHA-384).
pub const MAX_DIGEST: usize = 48;
/// Bytes of the longest digest of a handshake: SHA-384's, or that of SHA-512 for signatures of TLS 1.2.
pub const MAX_HASH: usize = if cfg!(feature = "tls12-sha512") { 64 } else { MAX_DIGEST };
/// Bytes of the longest AEAD key (AES-256, ChaCha20).
pub const MAX_AEAD_KEY: usize = 32;
/// Bytes of every TLS 1.3 nonce.
pub const NONCE: usize = 12;
/// Bytes of the authentication tag of every suite here.
pub const TAG: usize = 16;
/// Bytes of the longest public value on a curve (P-384, uncompressed).
pub(crate) const MAX_POINT: usize = 97;
/// Bytes of the longest public value of a key exchange: of a client's X25519MLKEM768, else of P-384.
pub const MAX_PUBLIC_VALUE: usize = if cfg!(feature = "mlkem") { 1184 + 32 } else { MAX_POINT };
/// Bytes of the longest shared secret of a key exchange: of X25519MLKEM768, else of P-384.
pub const MAX_SHARED_SECRET: usize = if cfg!(feature = "mlkem") { 32 + 32 } else { 48 };

/// Bytes of the longest message that [`Provider::hmac_pieces`] joins by default: a digest, a label, both random values,
/// and an exporter's context of more than 300 bytes.
#[cfg(feature = "tls12")]
pub const HMAC_PIECES: usize = 512;

/// A hash function: of a cipher suite, or of signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HashAlgorithm {
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512, which no suite has: for signatures of clients in TLS 1.2 alone.
    #[cfg(feature = "tls12-sha512")]
    Sha512,
}

impl HashAlgorithm {
    /// Bytes of a digest.
    #[must_use]
    pub const fn len(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            #[cfg(feature = "tls12-sha512")]
            Self::Sha512 => 64,
        }
    }

    /// Never: a digest has bytes.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        false
    }

    /// Whether it is the hash of a cipher suite, as those of pre-shared keys are.
    #[cfg(feature = "psk")]
    pub(crate) const fn is_of_a_suite(self) -> bool {
        matches!(self, Self::Sha256 | Self::Sha384)
    }

    /// The hash of a signature scheme of TLS 1.2, of those that a transcript is hashed by.
    #[cfg(feature = "tls12")]
    #[must_use]
    pub const fn of_scheme(scheme: SignatureScheme) -> Option<Self> {
        let [hash, signature] = scheme.0.to_be_bytes();
        match (hash, signature) {
            (4, 1 | 3) | (8, 4 | 9) => Some(Self::Sha256),
            (5, 1 | 3) | (8, 5 | 10) => Some(Self::Sha384),
            #[cfg(feature = "tls12-sha512")]
            (6, 1 | 3) | (8, 6 | 11) => Some(Self::Sha512),
            _ => None,
        }
    }

    /// The hash of a KDF by its number in the registry of TLS (RFC 9258, section 10).
    #[cfg(feature = "psk")]
    #[must_use]
    pub const fn of_kdf(number: u16) -> Option<Self> {
        match number {
            1 => Some(Self::Sha256),
            2 => Some(Self::Sha384),
            _ => None,
        }
    }

    /// The number of the KDF with this hash; that of no KDF for SHA-512.
    #[cfg(feature = "psk")]
    #[must_use]
    pub const fn kdf(self) -> u16 {
        match self {
            Self::Sha256 => 1,
            Self::Sha384 => 2,
            #[cfg(feature = "tls12-sha512")]
            Self::Sha512 => 0,
        }
    }

    /// The hash of a cipher suite.
    #[must_use]
    pub const fn of(suite: CipherSuite) -> Self {
        match suite {
            CipherSuite::TLS_AES_256_GCM_SHA384 => Self::Sha384,
            #[cfg(feature = "tls12")]
            CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
            | CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 => Self::Sha384,
            _ => Self::Sha256,
        }
    }
}

/// A digest, which is not secret: a transcript hash.
pub type Digest = DigestSlot<MAX_HASH>;

/// A digest of a certificate, by the hash of a suite; empty for none.
#[cfg(any(feature = "tls12", feature = "psk"))]
pub(crate) type CertificateDigest = DigestSlot<MAX_DIGEST>;

/// Room for a digest of at most `N` bytes, which is not secret.
#[derive(Clone, Copy)]
pub struct DigestSlot<const N: usize> {
    bytes: [u8; N],
    len: u8,
}

impl<const N: usize> DigestSlot<N> {
    /// No digest.
    #[cfg(any(feature = "tls12", feature = "psk"))]
    pub(crate) const NONE: Self = Self { bytes: [0; N], len: 0 };

    /// A digest of these bytes, cut to `N`.
    #[must_use]
    pub fn new(digest: &[u8]) -> Self {
        const { assert!(N <= 0xff, "a digest is no longer than its length can say") };
        let mut bytes = [0; N];
        copy(&mut bytes, digest);
        Self { bytes, len: u8::try_from(digest.len().min(N)).unwrap_or_default() }
    }

    /// Whether there is none.
    #[cfg(any(feature = "tls12", all(feature = "psk", feature = "client-auth")))]
    pub(crate) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The digest's bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }
}

impl<const N: usize> fmt::Debug for DigestSlot<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Why a cryptographic operation failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum CryptoError {
    /// The algorithm is not in this provider's lists.
    Unsupported,
    /// The source of randomness failed.
    Randomness,
    /// The peer's input is not valid: a tag that does not match, a point off the curve, an all-zero shared secret.
    InvalidInput,
    /// The provider itself failed: a peripheral, a length that can't be.
    Failed,
}

impl fmt::Display for CryptoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unsupported => "the provider does not support the algorithm",
            Self::Randomness => "the source of randomness failed",
            Self::InvalidInput => "the input is not valid",
            Self::Failed => "the provider failed",
        })
    }
}

impl core::error::Error for CryptoError {}

/// Where a signature algorithm may be used (RFC 8446, section 4.2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureUse {
    /// In CertificateVerify and in certificates.
    HandshakeAndCertificates,
    /// In certificates only: RSASSA-PKCS1-v1_5, or ECDSA with a curve and a hash that do not belong together.
    CertificatesOnly,
}

/// One signature algorithm that a provider can verify.
#[derive(Clone, Copy, Debug)]
pub struct SignatureAlgorithm {
    /// How TLS names it. Two algorithms may share a name where certificates are laxer than TLS.
    pub scheme: SignatureScheme,
    /// Where it may be used.
    pub usage: SignatureUse,
    /// Who verifies.
    pub verifier: &'static dyn SignatureVerificationAlgorithm,
    /// Who verifies with a digest in place of the message, where a hash has one: what a client of TLS 1.2 signs is not kept.
    #[cfg(feature = "tls12")]
    pub digest_verifier: Option<DigestVerifier>,
}

/// Verifies with a public key, a digest and a signature.
#[cfg(feature = "tls12")]
pub type DigestVerifier = fn(&[u8], &[u8], &[u8]) -> Option<()>;

/// Which secret a line of an NSS key log holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretLabel {
    /// `CLIENT_EARLY_TRAFFIC_SECRET`
    #[cfg(feature = "early-data")]
    ClientEarlyTraffic,
    /// `EARLY_EXPORTER_SECRET`
    #[cfg(feature = "early-data")]
    EarlyExporter,
    /// `CLIENT_HANDSHAKE_TRAFFIC_SECRET`
    ClientHandshakeTraffic,
    /// `SERVER_HANDSHAKE_TRAFFIC_SECRET`
    ServerHandshakeTraffic,
    /// `CLIENT_TRAFFIC_SECRET_0`
    ClientTraffic,
    /// `SERVER_TRAFFIC_SECRET_0`
    ServerTraffic,
    /// `EXPORTER_SECRET`
    Exporter,
    /// `CLIENT_RANDOM`: the master secret of TLS 1.2.
    #[cfg(feature = "tls12")]
    ClientRandom,
}

impl SecretLabel {
    /// The label of the NSS key log format.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            #[cfg(feature = "early-data")]
            Self::ClientEarlyTraffic => "CLIENT_EARLY_TRAFFIC_SECRET",
            #[cfg(feature = "early-data")]
            Self::EarlyExporter => "EARLY_EXPORTER_SECRET",
            Self::ClientHandshakeTraffic => "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
            Self::ServerHandshakeTraffic => "SERVER_HANDSHAKE_TRAFFIC_SECRET",
            Self::ClientTraffic => "CLIENT_TRAFFIC_SECRET_0",
            Self::ServerTraffic => "SERVER_TRAFFIC_SECRET_0",
            Self::Exporter => "EXPORTER_SECRET",
            #[cfg(feature = "tls12")]
            Self::ClientRandom => "CLIENT_RANDOM",
        }
    }
}

/// Bytes of the AEAD key of a suite.
#[must_use]
pub const fn aead_key_len(suite: CipherSuite) -> usize {
    match suite {
        CipherSuite::TLS_AES_128_GCM_SHA256 => 16,
        _ => 32,
    }
}
