//! AES-GCM of two libraries, of which one is faster with short records and the other with long ones.

use std::fmt;
use std::sync::OnceLock;

use tidegate::crypto::{CryptoError, MAX_AEAD_KEY, NONCE};
use tidegate::secret::Secret;
use tidegate::wire::enums::CipherSuite;

use super::parts::Aead;

/// Bytes from which on a record is long, with its tag. ring leads AWS-LC by 20 % at 1 kB, and AWS-LC ring by 20 % at 16 kB; at this
/// length they meet.
const LONG: usize = 3072;

/// A key of `S` for short records, and of `L` for long ones: expanded when the first comes, since the keys of handshakes, and of
/// many connections, meet none.
pub struct ByLength<S, L> {
    suite: CipherSuite,
    key: Secret<MAX_AEAD_KEY>,
    short: S,
    long: OnceLock<Option<L>>,
}

impl<S, L> fmt::Debug for ByLength<S, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByLength").field("suite", &self.suite).finish_non_exhaustive()
    }
}

impl<S: Aead, L: Aead> ByLength<S, L> {
    /// The key for a record that is long; none for a short one.
    fn long(&self, length: usize) -> Option<&L> {
        if length < LONG {
            return None;
        }
        self.long.get_or_init(|| L::expand(self.suite, self.key.as_bytes()).ok()).as_ref()
    }
}

impl<S: Aead, L: Aead> Aead for ByLength<S, L> {
    /// With ChaCha20-Poly1305 they are equally fast.
    fn has(suite: CipherSuite) -> bool {
        suite != CipherSuite::TLS_CHACHA20_POLY1305_SHA256 && S::has(suite) && L::has(suite)
    }

    fn expand(suite: CipherSuite, key: &[u8]) -> Result<Self, CryptoError> {
        let short = S::expand(suite, key)?;
        let mut expanded = Self { suite, key: Secret::empty(), short, long: OnceLock::new() };
        expanded.key.fill(key.len()).copy_from_slice(key);
        Ok(expanded)
    }

    fn seal(
        &self,
        nonce: &[u8; NONCE],
        additional_data: &[u8],
        record: &mut [u8],
    ) -> Result<(), CryptoError> {
        match self.long(record.len()) {
            Some(key) => key.seal(nonce, additional_data, record),
            None => self.short.seal(nonce, additional_data, record),
        }
    }

    fn open(
        &self,
        nonce: &[u8; NONCE],
        additional_data: &[u8],
        record: &mut [u8],
    ) -> Result<(), CryptoError> {
        match self.long(record.len()) {
            Some(key) => key.open(nonce, additional_data, record),
            None => self.short.open(nonce, additional_data, record),
        }
    }
}
