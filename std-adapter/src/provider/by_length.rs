//! AES-GCM of two libraries, of which one is faster with short records and the other with long ones.

use std::fmt;
use std::sync::OnceLock;

use tidegate::crypto::{CryptoError, MAX_AEAD_KEY, NONCE};
use tidegate::secret::Secret;
use tidegate::wire::enums::CipherSuite;

use super::parts::Aead;

/// Bytes from which on a record is long, with its tag. With AVX-512 ring leads AWS-LC by 20 % at 1 kB, and AWS-LC ring by 20 % at
/// 16 kB; at this length they meet.
const LONG: usize = 3072;

/// Whether AWS-LC leads ring with long records on this processor. Its code for x86-64 is for AVX-512 or for AES alone, whereas ring
/// has some for VAES with AVX2: twice as fast. With AES alone, and on other architectures, they were not measured.
fn leads_with_long() -> bool {
    #[cfg(target_arch = "x86_64")]
    return std::arch::is_x86_feature_detected!("avx512bw")
        && std::arch::is_x86_feature_detected!("avx512vl")
        && std::arch::is_x86_feature_detected!("vaes")
        && std::arch::is_x86_feature_detected!("vpclmulqdq");
    #[cfg(not(target_arch = "x86_64"))]
    true
}

/// A key of `S` for short records, and of `L` for long ones: expanded when the first comes, since the keys of handshakes, and of
/// many connections, meet none. Where `L` does not lead with long ones it is `S` for all.
pub struct ByLength<S, L> {
    suite: CipherSuite,
    key: Secret<MAX_AEAD_KEY>,
    short: S,
    /// None: all are for `S`.
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

    fn with(suite: CipherSuite, key: &[u8], leads_with_long: bool) -> Result<Self, CryptoError> {
        let long = if leads_with_long { OnceLock::new() } else { OnceLock::from(None) };
        let mut expanded = Self { suite, key: Secret::empty(), short: S::expand(suite, key)?, long };
        expanded.key.fill(key.len()).copy_from_slice(key);
        Ok(expanded)
    }
}

impl<S: Aead, L: Aead> Aead for ByLength<S, L> {
    /// With ChaCha20-Poly1305 they are equally fast.
    fn has(suite: CipherSuite) -> bool {
        suite != CipherSuite::TLS_CHACHA20_POLY1305_SHA256 && S::has(suite) && L::has(suite)
    }

    fn expand(suite: CipherSuite, key: &[u8]) -> Result<Self, CryptoError> {
        Self::with(suite, key, leads_with_long())
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

#[cfg(test)]
mod tests {
    use tidegate::crypto::TAG;

    use super::*;

    /// An AEAD whose ciphertext is its number.
    struct Writes<const NUMBER: u8>;

    impl<const NUMBER: u8> Aead for Writes<NUMBER> {
        fn has(_: CipherSuite) -> bool {
            true
        }

        fn expand(_: CipherSuite, _: &[u8]) -> Result<Self, CryptoError> {
            Ok(Self)
        }

        fn seal(&self, _: &[u8; NONCE], _: &[u8], record: &mut [u8]) -> Result<(), CryptoError> {
            record.fill(NUMBER);
            Ok(())
        }

        fn open(&self, _: &[u8; NONCE], _: &[u8], record: &mut [u8]) -> Result<(), CryptoError> {
            if record.first() == Some(&NUMBER) { Ok(()) } else { Err(CryptoError::InvalidInput) }
        }
    }

    #[test]
    fn long_records_are_for_the_second_where_it_leads() {
        let suite = CipherSuite::TLS_AES_128_GCM_SHA256;
        for (leads, length, expected) in
            [(true, LONG - 1, 1), (true, LONG, 2), (false, LONG - 1, 1), (false, LONG, 1)]
        {
            let key = ByLength::<Writes<1>, Writes<2>>::with(suite, &[7; 16], leads).unwrap();
            let mut record = vec![0; length];
            key.seal(&[0; NONCE], &[], &mut record).unwrap();
            assert_eq!(record[length - TAG], expected, "{length} bytes, leads: {leads}");
            assert_eq!(key.open(&[0; NONCE], &[], &mut record), Ok(()));
        }
    }
}
