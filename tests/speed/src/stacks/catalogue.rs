//! The list of all that were compiled in.

use tidegate_std::provider::{AwsLc, Backend, Graviola, Ring, RustCrypto};

use super::bare::Bare;
use super::ours::Ours;
use super::signing::Signer;
use crate::bench::Bench;
use crate::stack::{Failure, Kind, Setup, Stack};

/// What the name of ours ends in where it remembers the signatures of certificates.
pub(crate) const KEEPING: &str = ", keeping signatures";

/// Makes an implementation.
type Make = fn(&Setup) -> Result<Box<dyn Stack>, Failure>;

/// An implementation.
#[derive(Clone, Copy)]
pub(crate) struct Entry {
    /// Its name: ours begin with `tidegate`, AEADs alone with `bare`; the library for cryptography follows, none for the adapter's
    /// own choice.
    pub(crate) name: &'static str,
    /// How it is made.
    pub(crate) make: Make,
}

impl Entry {
    /// Whether it is an AEAD alone.
    pub(crate) fn is_bare(&self) -> bool {
        self.name.starts_with("bare")
    }

    /// Whether a bench says something of it: an AEAD shakes no hands, and certificates are in full handshakes alone.
    pub(crate) fn fits(&self, bench: Bench) -> bool {
        match bench {
            Bench::Handshakes(kind) => {
                !self.is_bare() && (kind == Kind::Full || !self.name.ends_with(KEEPING))
            }
            Bench::Records(..) => !self.name.ends_with(KEEPING),
        }
    }
}

/// What is measured, ours first.
pub(crate) fn entries() -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut add = |name, make: Make| entries.push(Entry { name, make });
    add("tidegate", |setup| boxed(Ours::new(setup, Backend::new, Signer::fastest(&setup.pki.key))));
    add("tidegate, keeping signatures", |setup| {
        boxed(Ours::keeping(setup, Backend::new, Signer::fastest(&setup.pki.key)))
    });
    add("tidegate aws-lc", |setup| boxed(Ours::new(setup, AwsLc::new, Signer::aws_lc(&setup.pki.key))));
    add("tidegate ring", |setup| boxed(Ours::new(setup, Ring::new, Signer::ring(&setup.pki.key))));
    add("tidegate graviola", |setup| {
        boxed(Ours::new(setup, Graviola::new, Signer::graviola(&setup.pki.key)))
    });
    add("tidegate rustcrypto", |setup| {
        boxed(Ours::new(setup, RustCrypto::new, Signer::rustcrypto(&setup.pki.key)))
    });
    add("bare", |setup| boxed(Bare::new(setup, Backend::new())));
    add("bare aws-lc", |setup| boxed(Bare::new(setup, AwsLc::new())));
    add("bare ring", |setup| boxed(Bare::new(setup, Ring::new())));
    add("bare graviola", |setup| boxed(Bare::new(setup, Graviola::new())));
    add("bare rustcrypto", |setup| boxed(Bare::new(setup, RustCrypto::new())));
    #[cfg(feature = "rustls")]
    add_rustls(&mut add);
    #[cfg(feature = "openssl")]
    add("openssl", |setup| boxed(super::openssl::OpenSsl::new(setup)));
    #[cfg(feature = "boring")]
    add("boringssl", |setup| boxed(super::boring::Boring::new(setup)));
    #[cfg(feature = "s2n")]
    add("s2n-tls", |setup| boxed(super::s2n::S2n::new(setup)));
    entries
}

#[cfg(feature = "rustls")]
fn add_rustls(add: &mut impl FnMut(&'static str, Make)) {
    use super::rustls::buffered::Buffered;
    use super::rustls::unbuffered::Unbuffered;
    use super::rustls::{AWS_LC, GRAVIOLA, RING, RUSTCRYPTO};
    add("rustls aws-lc", |setup| boxed(Buffered::new(setup, AWS_LC)));
    add("rustls aws-lc unbuffered", |setup| boxed(Unbuffered::new(setup, AWS_LC)));
    add("rustls ring", |setup| boxed(Buffered::new(setup, RING)));
    add("rustls ring unbuffered", |setup| boxed(Unbuffered::new(setup, RING)));
    add("rustls graviola", |setup| boxed(Buffered::new(setup, GRAVIOLA)));
    add("rustls graviola unbuffered", |setup| boxed(Unbuffered::new(setup, GRAVIOLA)));
    add("rustls rustcrypto", |setup| boxed(Buffered::new(setup, RUSTCRYPTO)));
    add("rustls rustcrypto unbuffered", |setup| boxed(Unbuffered::new(setup, RUSTCRYPTO)));
}

fn boxed<S: Stack + 'static>(stack: Result<S, Failure>) -> Result<Box<dyn Stack>, Failure> {
    Ok(Box::new(stack?))
}
