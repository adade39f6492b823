//! The cryptography of streams, over the system's randomness.
//!
//! [`Backend`] is what streams use: for each algorithm the library that is fastest at it, of those whose feature is on and
//! that the processor can run. Beside it stands each library by itself; what one lacks comes from RustCrypto, so that no
//! algorithm goes with a feature. Hashes, HMAC and HKDF are RustCrypto's everywhere: with the short inputs of a handshake nobody is
//! faster. HMAC with SHA-256 is used by blocks.
//!
//! # What is fastest
//!
//! Measured on one core of x86-64 with AVX-512 and VAES, each library in turn in 61 rounds, the best decile:
//!
//! | | AWS-LC | graviola | ring | RustCrypto |
//! |---|---|---|---|---|
//! | AES-128-GCM, a record of 64 B, sealed | 105 ns | 127 ns | **88 ns** | 150 ns |
//! | of 1 kB | 235 ns | 194 ns | **181 ns** | 463 ns |
//! | of 16 kB | **1.42 us** | 1.65 us | 1.67 us | 5.7 us |
//! | AES-256-GCM, 16 kB | **1.64 us** | 1.97 us | 1.90 us | 6.4 us |
//! | ChaCha20-Poly1305, 16 kB | **6.1 us** | 13.2 us | 6.3 us | 12.8 us |
//! | X25519, both ends | 64 us | **63 us** | 122 us | 137 us |
//! | X25519MLKEM768, both ends | 113 us | **88 us** | RustCrypto's | 461 us |
//! | P-256, both ends | **111 us** | 111 us | 114 us | 791 us |
//! | P-384, both ends | **393 us** | 549 us | 1.50 ms | 1.99 ms |
//! | ECDSA on P-256, signed / verified | 15.5 / **49** us | **14.5** / 55 us | 16.8 / 53 us | 94 / 325 us |
//! | on P-384, verified | **192 us** | 295 us | 731 us | 835 us |
//! | RSA, 2048 bits, signed / verified | **233** / **18** us | 535 / 24 us | 559 / 22 us | - / 206 us |
//!
//! So AES-GCM is ring's for short records and AWS-LC's for long ones ([`by_length`]), X25519 and X25519MLKEM768 are
//! graviola's, the rest is AWS-LC's. In whole handshakes graviola's signature on P-256 loses its lead. On processors with VAES but
//! without AVX-512, where ring seals 16 kB in half of AWS-LC's time, long records are ring's too.
//!
//! # What is compiled
//!
//! All three by default. `cargo build -p tidegate-std` from nothing takes 164 s of processor time with RustCrypto alone, 10 s
//! more with graviola, which is Rust and assembly within it, as much with ring, and 60 s more with AWS-LC. The last two compile
//! C and assembly with the C compiler, and need neither cmake nor Go nor nasm. With `default-features = false` and
//! `features = ["graviola", "ring"]` long records and RSA keys are what is slower, and with `graviola` alone no C is compiled.
//! graviola takes Rust 1.89.
//!
//! # What it runs on
//!
//! graviola is for x86-64 with AES, PCLMULQDQ, ADX, BMI1, BMI2, AVX and AVX2, and for AArch64 with AES, SHA-2, PMULL and
//! NEON; on other processors it panics, so that it is not called there: the others take its place, at run time. AWS-LC, ring
//! and RustCrypto look for themselves at what the processor has.
//!
//! # What is wiped
//!
//! AWS-LC, graviola and RustCrypto wipe keys and the secrets of key exchanges when they are dropped. ring wipes nothing: its
//! AEAD keys are overwritten here, its secrets of key exchanges and its private keys are not. `Backend` takes those of ring
//! where neither AWS-LC nor graviola is there.
//!
//! # What RSA keys sign
//!
//! Signatures with RSA keys take one of the three features. A client of TLS 1.2 signs a digest, which AWS-LC alone does: with the
//! others it shows no certificate with an RSA key to a server of TLS 1.2.

#[cfg(not(all(
    feature = "aws-lc-rs",
    feature = "ring",
    feature = "graviola",
    any(target_arch = "x86_64", target_arch = "aarch64")
)))]
mod absent;
#[cfg(feature = "aws-lc-rs")]
pub mod aws_lc;
pub mod best;
pub mod by_length;
mod composed;
#[cfg(all(feature = "graviola", any(target_arch = "x86_64", target_arch = "aarch64")))]
pub mod graviola;
mod handing_on;
mod kept;
#[cfg(any(feature = "aws-lc-rs", feature = "ring"))]
mod like_ring;
mod onlookers;
pub mod parts;
#[cfg(feature = "ring")]
pub mod ring;
mod short;
pub mod software;
mod verification;
mod watched;

#[cfg(not(feature = "aws-lc-rs"))]
use absent as aws_lc;
#[cfg(not(all(feature = "graviola", any(target_arch = "x86_64", target_arch = "aarch64"))))]
use absent as graviola;
#[cfg(not(feature = "ring"))]
use absent as ring;

use tidegate::crypto::{Provider, SignatureAlgorithm, rustcrypto};

pub use composed::Composed;
pub use kept::keeping_signatures;
pub(crate) use kept::kept_signature_algorithms;
pub use onlookers::{KeyLog, Observer, Onlookers};
pub use watched::{Verified, Watched};

use parts::Verification as _;

/// RustCrypto alone.
pub type RustCrypto = Composed<rustcrypto::AeadKey, rustcrypto::KxSecret, software::Verifiers>;

/// AWS-LC, which has everything.
#[cfg(feature = "aws-lc-rs")]
pub type AwsLc = Composed<aws_lc::AeadKey, aws_lc::KxSecret, aws_lc::Verifiers>;

/// ring, and RustCrypto for X25519MLKEM768 and for digests in place of messages.
#[cfg(feature = "ring")]
pub type Ring = Composed<ring::AeadKey, parts::OrElse<ring::KxSecret, rustcrypto::KxSecret>, ring::Verifiers>;

/// graviola, and RustCrypto for digests in place of messages; RustCrypto alone on processors that graviola does not run on.
#[cfg(all(feature = "graviola", any(target_arch = "x86_64", target_arch = "aarch64")))]
pub type Graviola = Composed<
    parts::OrElse<graviola::AeadKey, rustcrypto::AeadKey>,
    parts::OrElse<graviola::KxSecret, rustcrypto::KxSecret>,
    graviola::Verifiers,
>;
/// RustCrypto, since graviola is not for this architecture.
#[cfg(all(feature = "graviola", not(any(target_arch = "x86_64", target_arch = "aarch64"))))]
pub type Graviola = RustCrypto;

/// The fastest of what was compiled.
pub type Backend = Composed<best::AeadKey, best::KxSecret, best::Verifiers>;

/// What streams and the OpenSSL face work with.
pub type Software = Watched<Backend>;

/// Its expanded keys.
pub(crate) type AeadKey = <Backend as Provider>::AeadKey;

/// The signature algorithms that it verifies, in order of preference.
pub(crate) fn signature_algorithms() -> &'static [SignatureAlgorithm] {
    best::Verifiers::algorithms()
}

impl Software {
    /// A provider that these look on at.
    #[must_use]
    pub fn new(onlookers: Onlookers) -> Self {
        Self::over(Backend::new(), onlookers)
    }
}

impl Default for Software {
    /// A provider that nobody looks on at.
    fn default() -> Self {
        Self::new(Onlookers::default())
    }
}
