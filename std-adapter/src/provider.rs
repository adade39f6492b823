//! The cryptography of streams, over the system's randomness.
//!
//! [`Backend`] is what streams use: for each algorithm the library that is fastest at it, of those whose feature is on and
//! that the processor can run. Beside it stands each library by itself; what one lacks comes from RustCrypto. Hashes, HMAC
//! and HKDF are RustCrypto's everywhere: on the short inputs of a handshake it is the fastest.

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
mod onlookers;
pub mod parts;
#[cfg(feature = "ring")]
pub mod ring;
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
