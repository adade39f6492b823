//! The cryptography of streams, over the system's randomness.

#[cfg(feature = "aws-lc-rs")]
pub mod aws_lc;
mod onlookers;
mod watched;

use tidegate::crypto::{Provider, SignatureAlgorithm};

#[cfg(feature = "aws-lc-rs")]
pub use aws_lc::AwsLc;
pub use onlookers::{KeyLog, Observer, Onlookers};
pub use watched::{Verified, Watched};

/// The fastest of what was compiled: AWS-LC, else RustCrypto.
#[cfg(feature = "aws-lc-rs")]
pub type Backend = AwsLc;
/// The fastest of what was compiled: AWS-LC, else RustCrypto.
#[cfg(not(feature = "aws-lc-rs"))]
pub type Backend = tidegate::crypto::rustcrypto::RustCrypto<getrandom::SysRng>;

/// What streams and the OpenSSL face work with.
pub type Software = Watched<Backend>;

/// Its expanded keys.
pub(crate) type AeadKey = <Backend as Provider>::AeadKey;

/// The signature algorithms that it verifies, in order of preference.
#[cfg(feature = "aws-lc-rs")]
pub(crate) static SIGNATURE_ALGORITHMS: &[SignatureAlgorithm] = aws_lc::SIGNATURE_ALGORITHMS;
/// The signature algorithms that it verifies, in order of preference.
#[cfg(not(feature = "aws-lc-rs"))]
pub(crate) static SIGNATURE_ALGORITHMS: &[SignatureAlgorithm] = tidegate::crypto::SIGNATURE_ALGORITHMS;

impl Software {
    /// A provider that these look on at.
    #[must_use]
    pub fn new(onlookers: Onlookers) -> Self {
        #[cfg(feature = "aws-lc-rs")]
        let backend = AwsLc::new();
        #[cfg(not(feature = "aws-lc-rs"))]
        let backend = Backend::new(getrandom::SysRng);
        Self::over(backend, onlookers)
    }
}

impl Default for Software {
    /// A provider that nobody looks on at.
    fn default() -> Self {
        Self::new(Onlookers::default())
    }
}
