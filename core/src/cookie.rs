//! Cookies that a server seals itself, and keeps nothing (RFC 8446, section 4.2.2).
//!
//! What a [`SealCookie`](crate::SealCookie) asks to be sealed goes to the client and comes back in an
//! [`OpenCookie`](crate::OpenCookie), perhaps to another server that has the same keys. A cookie is good for one client and for
//! a short time: it is bound to what the application knows of the client, its address for example, and says when it was made.

use pki_types::UnixTime;

use crate::crypto::{CryptoError, Provider, TAG};
use crate::limits;
use crate::ticket::{KEY, KEY_NAME, OVERHEAD, TicketKeys};
use crate::wire::{Reader, Writer};

/// Bytes of what a cookie is bound to, at most: an address of IPv6 with its port takes 18.
pub const BINDING: usize = 64;
/// Bytes that sealing adds to what is asked to be sealed, beside what the cookie is bound to.
const ADDED: usize = 8 + 1 + OVERHEAD;
/// Bytes of what is asked to be sealed, at most: a suite, a group and two digests.
pub(crate) const CONTENT: usize = 2 + 2 + 2 * crate::crypto::MAX_DIGEST;

const _: () = assert!(CONTENT + BINDING + ADDED <= limits::COOKIE, "a cookie of ours fits clients like ours");

/// The keys that seal cookies: the one in use, and the one before it, whose cookies are still good. They are for cookies alone;
/// a fleet of servers shares them. Make a new one [often](CookieKeys::install).
#[derive(Debug, Default)]
pub struct CookieKeys(TicketKeys);

impl CookieKeys {
    /// No key: nothing is sealed, no cookie is opened.
    #[must_use]
    pub const fn new() -> Self {
        Self(TicketKeys::new())
    }

    /// From here on seals with this key, and opens what it or the one before it sealed. The name tells keys apart and is no
    /// secret.
    pub fn install(&mut self, name: [u8; KEY_NAME], key: &[u8; KEY]) {
        self.0.install(name, key);
    }

    /// As [`CookieKeys::install`], with a random key.
    ///
    /// # Errors
    /// [`CryptoError`] of the provider; then nothing changes.
    pub fn renew<P: Provider>(&mut self, provider: &mut P) -> Result<(), CryptoError> {
        self.0.renew(provider)
    }

    /// Seals what a [`SealCookie`](crate::SealCookie) asks for into `out`, which has
    /// [`limits::COOKIE`] bytes, bound to at most [`BINDING`] bytes; how long the cookie is.
    ///
    /// # Errors
    /// [`CryptoError::Failed`] without a key or room, else the provider's.
    pub fn seal<P: Provider>(
        &self,
        provider: &mut P,
        (content, binding): (&[u8], &[u8]),
        now: UnixTime,
        out: &mut [u8],
    ) -> Result<usize, CryptoError> {
        let mut plain = [0; CONTENT + BINDING + 9];
        let mut writer = Writer::new(&mut plain, 0);
        now.as_secs().to_be_bytes().iter().for_each(|byte| writer.u8(*byte));
        writer.vec_u8(&|w| w.put(binding));
        writer.put(content);
        let (written, total) = (writer.written(), writer.total());
        let plain = plain.get(..written).filter(|_| written == total && binding.len() <= BINDING);
        self.0.seal(provider, plain.ok_or(CryptoError::Failed)?, out)
    }

    /// Opens the cookie of an [`OpenCookie`](crate::OpenCookie) into `out`, which has
    /// [`limits::COOKIE`] bytes; where in it what was sealed lies. None for what was not sealed by a key that
    /// is here, for somebody else, in the future, or more than `seconds` ago.
    pub fn open<P: Provider>(
        &self,
        provider: &mut P,
        (cookie, binding): (&[u8], &[u8]),
        (now, seconds): (UnixTime, u64),
        out: &mut [u8],
    ) -> Option<core::ops::Range<usize>> {
        // A longer one is none of ours, and the room is for one with its tag.
        let length = self.0.open(provider, cookie, out)?;
        let mut reader = Reader::new(out.get(..length)?);
        let made = u64::from_be_bytes(*reader.array::<8>().ok()?);
        let same = reader.vec_u8().ok()? == binding;
        let age = now.as_secs().checked_sub(made)?;
        let rest = reader.rest().len();
        (same && age <= seconds).then_some(length.saturating_sub(rest)..length)
    }
}

const _: () = assert!(limits::COOKIE > CONTENT + BINDING + 9 + TAG, "what is opened has room with its tag");

#[cfg(all(test, feature = "rustcrypto"))]
mod tests {
    use core::time::Duration;

    use pki_types::UnixTime;

    use super::{BINDING, CookieKeys};
    use crate::crypto::rustcrypto::RustCrypto;
    use crate::crypto::rustcrypto::randomness::Counting;
    use crate::limits;
    use crate::ticket::KEY;

    fn at(seconds: u64) -> UnixTime {
        UnixTime::since_unix_epoch(Duration::from_secs(seconds))
    }

    #[test]
    fn a_cookie_is_good_for_one_client_for_a_time_under_two_keys() {
        let mut provider = RustCrypto::new(Counting(0));
        let mut keys = CookieKeys::new();
        let (mut cookie, mut out) = ([0; limits::COOKIE], [0; limits::COOKIE]);
        assert!(keys.seal(&mut provider, (b"content", b"client"), at(1000), &mut cookie).is_err(), "no key");
        keys.install([1; 16], &[2; KEY]);
        let length = keys.seal(&mut provider, (b"content", b"client"), at(1000), &mut cookie).unwrap();
        let cookie = &cookie[..length];
        let mut opens = |keys: &CookieKeys, binding: &[u8], now: u64| {
            let range = keys.open(&mut provider, (cookie, binding), (at(now), 30), &mut out)?;
            Some(out[range].to_vec())
        };
        for now in [1000, 1001, 1030] {
            assert_eq!(opens(&keys, b"client", now).as_deref(), Some(&b"content"[..]));
        }
        assert_eq!(opens(&keys, b"client", 1031), None, "too old");
        assert_eq!(opens(&keys, b"client", 999), None, "from the future");
        assert_eq!(opens(&keys, b"other", 1000), None, "somebody else's");
        assert_eq!(opens(&keys, b"", 1000), None, "nobody's");
        for expected in [true, false] {
            keys.renew(&mut RustCrypto::new(Counting(7))).unwrap();
            assert_eq!(opens(&keys, b"client", 1000).is_some(), expected);
        }
    }

    #[test]
    fn what_a_cookie_is_bound_to_has_a_length() {
        let mut provider = RustCrypto::new(Counting(0));
        let mut keys = CookieKeys::new();
        keys.install([1; 16], &[2; KEY]);
        let mut cookie = [0; limits::COOKIE];
        let content = [7; super::CONTENT];
        assert!(keys.seal(&mut provider, (&content, &[9; BINDING]), at(0), &mut cookie).is_ok());
        assert!(keys.seal(&mut provider, (&content, &[9; BINDING + 1]), at(0), &mut cookie).is_err());
    }
}
