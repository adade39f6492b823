//! Tickets that a server seals itself, and keeps nothing (RFC 5077, section 4).

use crate::copy::copy;
use crate::crypto::{CryptoError, NONCE, Provider, TAG, aead_key_len};
use crate::secret::Secret;
use crate::wire::enums::CipherSuite;
use crate::wire::{Reader, Writer};

/// Bytes of a key's name, which every ticket carries.
pub const KEY_NAME: usize = 16;
/// Bytes of a key.
pub const KEY: usize = 32;
/// Bytes that sealing adds to a session: the name of the key, the cipher, a nonce, a tag.
pub const OVERHEAD: usize = HEADER + TAG;
const HEADER: usize = KEY_NAME + 2 + NONCE;

/// The keys that seal sessions into tickets: the one in use, and the one before it, whose tickets are still good.
///
/// A fleet of servers that share the keys shares the sessions. Who has a key can read all that is sent under the sessions of
/// its tickets: make a new one [often](TicketKeys::install), and give the old one up with the tickets. A key seals 2^32
/// tickets at most, since nonces are random.
#[derive(Debug, Default)]
pub struct TicketKeys {
    current: Key,
    former: Key,
}

#[derive(Debug, Default)]
struct Key {
    name: [u8; KEY_NAME],
    key: Secret<KEY>,
}

impl TicketKeys {
    /// No key: nothing is sealed, no ticket is opened.
    #[must_use]
    pub const fn new() -> Self {
        Self { current: Key::none(), former: Key::none() }
    }

    /// From here on seals with this key, and opens what it or the one before it sealed. The name tells keys apart and is no
    /// secret.
    pub fn install(&mut self, name: [u8; KEY_NAME], key: &[u8; KEY]) {
        self.former.name = self.current.name;
        self.former.key.take_from(&mut self.current.key);
        self.current.name = name;
        copy(self.current.key.fill(KEY), key);
    }

    /// As [`TicketKeys::install`], with a random key.
    ///
    /// # Errors
    /// [`CryptoError`] of the provider; then nothing changes.
    pub fn renew<P: Provider>(&mut self, provider: &mut P) -> Result<(), CryptoError> {
        let (mut name, mut key) = ([0; KEY_NAME], Secret::<KEY>::empty());
        provider.fill_random(&mut name)?;
        provider.fill_random(key.fill(KEY))?;
        let bytes = key.as_bytes().first_chunk().ok_or(CryptoError::Failed)?;
        self.install(name, bytes);
        Ok(())
    }

    /// Seals a session into `out`, which has room for [`OVERHEAD`] bytes more than the session; how long the ticket is.
    ///
    /// # Errors
    /// [`CryptoError::Failed`] without a key or room, else the provider's.
    pub fn seal<P: Provider>(
        &self,
        provider: &mut P,
        session: &[u8],
        out: &mut [u8],
    ) -> Result<usize, CryptoError> {
        let cipher = cipher::<P>().ok_or(CryptoError::Failed)?;
        let length = session.len().saturating_add(OVERHEAD);
        let ticket = out.get_mut(..length).ok_or(CryptoError::Failed)?;
        let mut nonce = [0; NONCE];
        provider.fill_random(&mut nonce)?;
        let (header, sealed) = ticket.split_at_mut_checked(HEADER).ok_or(CryptoError::Failed)?;
        let mut writer = Writer::new(header, 0);
        writer.put(&self.current.name);
        writer.u16(cipher.0);
        writer.put(&nonce);
        copy(sealed, session);
        let key = provider.aead_key(cipher, self.current.bytes(cipher)?)?;
        provider.seal(&key, &nonce, header, sealed)?;
        Ok(length)
    }

    /// Whether it is the key in use that sealed this ticket, as its name says. A client that shows another one may be given a
    /// new one.
    #[must_use]
    pub fn is_current(&self, ticket: &[u8]) -> bool {
        self.current.is_there() && ticket.starts_with(&self.current.name)
    }

    /// Opens a ticket into `out`; how long the session is. None for what was not sealed by a key that is here.
    pub fn open<P: Provider>(&self, provider: &mut P, ticket: &[u8], out: &mut [u8]) -> Option<usize> {
        let mut reader = Reader::new(ticket);
        let name = reader.array::<KEY_NAME>().ok()?;
        let cipher = CipherSuite(reader.u16().ok()?);
        let nonce = reader.array::<NONCE>().ok()?;
        let key =
            [&self.current, &self.former].into_iter().find(|key| key.name == *name && key.is_there())?;
        let known = P::SUITES.contains(&cipher);
        let sealed = out.get_mut(..reader.rest().len()).filter(|_| known)?;
        copy(sealed, reader.rest());
        let key = provider.aead_key(cipher, key.bytes(cipher).ok()?).ok()?;
        provider.open(&key, nonce, ticket.get(..HEADER)?, sealed).ok()?;
        sealed.len().checked_sub(TAG)
    }
}

impl Key {
    const fn none() -> Self {
        Self { name: [0; KEY_NAME], key: Secret::empty() }
    }

    const fn is_there(&self) -> bool {
        !self.key.is_empty()
    }

    /// As much of the key as the cipher takes.
    fn bytes(&self, cipher: CipherSuite) -> Result<&[u8], CryptoError> {
        self.key.as_bytes().get(..aead_key_len(cipher)).ok_or(CryptoError::Failed)
    }
}

/// The strongest cipher of the provider.
fn cipher<P: Provider>() -> Option<CipherSuite> {
    let strong = |cipher: &&CipherSuite| aead_key_len(**cipher) == KEY;
    P::SUITES.iter().find(strong).or(P::SUITES.first()).copied()
}

#[cfg(all(test, feature = "rustcrypto"))]
mod tests {

    use super::{KEY, OVERHEAD, TicketKeys};
    use crate::crypto::rustcrypto::RustCrypto;
    use crate::crypto::rustcrypto::randomness::Counting;

    #[test]
    fn tickets_open_with_their_key_and_the_one_after_it() {
        let mut provider = RustCrypto::new(Counting(0));
        let mut keys = TicketKeys::new();
        let (mut ticket, mut out) = ([0; 100], [0; 100]);
        assert!(keys.seal(&mut provider, b"session", &mut ticket).is_err(), "no key");
        keys.install([1; 16], &[2; KEY]);
        let length = keys.seal(&mut provider, b"session", &mut ticket).unwrap();
        assert_eq!(length, 7 + OVERHEAD);
        let ticket = &ticket[..length];
        for expected in [Some(7), Some(7), None] {
            assert_eq!(keys.open(&mut provider, ticket, &mut out), expected);
            keys.renew(&mut provider).unwrap();
        }
        assert_eq!(&out[..7], b"session");
    }

    #[test]
    fn no_other_bytes_are_a_ticket() {
        let mut provider = RustCrypto::new(Counting(0));
        let mut keys = TicketKeys::new();
        keys.install([1; 16], &[2; KEY]);
        let (mut ticket, mut out) = ([0; 100], [0; 100]);
        let length = keys.seal(&mut provider, b"session", &mut ticket).unwrap();
        for at in 0..length {
            ticket[at] ^= 1;
            assert_eq!(keys.open(&mut provider, &ticket[..length], &mut out), None, "byte {at}");
            ticket[at] ^= 1;
            assert_eq!(keys.open(&mut provider, &ticket[..at], &mut out), None, "{at} bytes");
        }
        assert_eq!(keys.open(&mut provider, &ticket[..length], &mut out[..10]), None, "no room");
        assert_eq!(TicketKeys::new().open(&mut provider, &[0; 60], &mut out), None, "the name of no key");
    }
}
