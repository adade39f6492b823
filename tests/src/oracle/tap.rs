//! An onlooker with the key log: what records hold, whoever made them.

use std::collections::BTreeMap;

use getrandom::SysRng;
use tidegate::crypto::rustcrypto::{AeadKey, RustCrypto};
use tidegate::crypto::{HashAlgorithm, Provider, TAG, aead_key_len};
use tidegate::wire::enums::CipherSuite;

use super::libssl::Role;
use super::record::Content;

/// Bytes of a record's header.
pub(super) const HEADER: usize = 5;

pub(super) const CHANGE_CIPHER_SPEC: u8 = 20;
pub(super) const ALERT: u8 = 21;
pub(super) const HANDSHAKE: u8 = 22;
pub(super) const APPLICATION_DATA: u8 = 23;

const NEW_SESSION_TICKET: u8 = 4;
const FINISHED: u8 = 20;
const KEY_UPDATE: u8 = 24;

/// Secrets by their labels in a key log.
#[derive(Clone, Debug, Default)]
pub struct Secrets(BTreeMap<String, Vec<u8>>);

impl Secrets {
    /// Those of a connection's key log, or of both ends' logs.
    #[must_use]
    pub fn of<'a>(lines: impl IntoIterator<Item = &'a String>) -> Self {
        let secret = |line: &String| {
            let mut words = line.split_whitespace();
            let (label, _random, secret) = (words.next()?, words.next()?, words.next()?);
            Some((label.to_owned(), bytes_of(secret)?))
        };
        Self(lines.into_iter().filter_map(secret).collect())
    }

    fn find(&self, sender: Role, epoch: Epoch) -> Option<&[u8]> {
        let label = match (sender, epoch) {
            (Role::Client, Epoch::Handshake) => "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
            (Role::Server, Epoch::Handshake) => "SERVER_HANDSHAKE_TRAFFIC_SECRET",
            (Role::Client, Epoch::Application) => "CLIENT_TRAFFIC_SECRET_0",
            (Role::Server, Epoch::Application) => "SERVER_TRAFFIC_SECRET_0",
            (_, Epoch::Clear) => return None,
        };
        self.0.get(label).map(Vec::as_slice)
    }
}

/// The bytes that hexadecimal digits stand for.
pub(super) fn bytes_of(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

/// Which keys protect a direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Epoch {
    Clear,
    Handshake,
    Application,
}

/// The records of one direction of TLS 1.3, in order.
pub struct Flow<'a> {
    sender: Role,
    secrets: &'a Secrets,
    epoch: Epoch,
    keys: Option<Keys>,
    /// The handshake message that is not complete.
    message: Vec<u8>,
}

impl<'a> Flow<'a> {
    /// Those that `sender` sends, from the first one on.
    #[must_use]
    pub const fn new(sender: Role, secrets: &'a Secrets) -> Self {
        Self { sender, secrets, epoch: Epoch::Clear, keys: None, message: Vec::new() }
    }

    /// What the next record holds.
    pub fn contents(&mut self, record: &[u8]) -> Vec<Content> {
        let Some((kind, length)) = outside(record) else { return Vec::new() };
        if kind != APPLICATION_DATA {
            return self.inner(kind, &record[HEADER..]);
        }
        if self.epoch == Epoch::Clear {
            self.enter(Epoch::Handshake);
        }
        match self.keys.as_mut().and_then(|keys| keys.open(record)) {
            Some((kind, plaintext)) => self.inner(kind, &plaintext),
            None => vec![Content::Unreadable(length.saturating_sub(TAG + 1))],
        }
    }

    fn enter(&mut self, epoch: Epoch) {
        self.epoch = epoch;
        self.keys = self.secrets.find(self.sender, epoch).and_then(|secret| Keys::new(secret.to_vec()));
    }

    fn inner(&mut self, kind: u8, plaintext: &[u8]) -> Vec<Content> {
        match (kind, plaintext) {
            (CHANGE_CIPHER_SPEC, _) => vec![Content::ChangeCipherSpec],
            (ALERT, [_, 0]) => vec![Content::CloseNotify],
            (ALERT, [_, code]) => vec![Content::Alert(*code)],
            (HANDSHAKE, _) => self.messages(plaintext),
            _ => vec![Content::Data(plaintext.len())],
        }
    }

    /// The messages that end in a record; one that only goes on in it counts as one of the handshake.
    fn messages(&mut self, plaintext: &[u8]) -> Vec<Content> {
        self.message.extend(plaintext);
        let mut found = Vec::new();
        while let Some(length) = message_length(&self.message).filter(|length| *length <= self.message.len())
        {
            let message: Vec<u8> = self.message.drain(..length).collect();
            found.push(self.on_message(&message));
        }
        if found.is_empty() { vec![Content::Handshake] } else { found }
    }

    fn on_message(&mut self, message: &[u8]) -> Content {
        match message {
            [FINISHED, ..] => {
                self.enter(Epoch::Application);
                Content::Handshake
            }
            [KEY_UPDATE, .., requested] => {
                self.keys = self.keys.take().and_then(Keys::next);
                Content::KeyUpdate { requested: *requested == 1 }
            }
            [NEW_SESSION_TICKET, ..] => Content::Ticket,
            _ => Content::Handshake,
        }
    }
}

/// The type and length that a record's header gives, if the record is as long as that.
pub(super) fn outside(record: &[u8]) -> Option<(u8, usize)> {
    let [kind, _, _, high, low, rest @ ..] = record else { return None };
    let length = usize::from(u16::from_be_bytes([*high, *low]));
    (rest.len() == length).then_some((*kind, length))
}

/// The length of the handshake message that these bytes begin.
pub(super) fn message_length(bytes: &[u8]) -> Option<usize> {
    let [_, high, middle, low, ..] = bytes else { return None };
    Some(4 + (usize::from(*high) << 16 | usize::from(*middle) << 8 | usize::from(*low)))
}

/// The keys of a direction, made from its secret.
struct Keys {
    provider: RustCrypto<SysRng>,
    algorithm: HashAlgorithm,
    secret: Vec<u8>,
    key: AeadKey,
    nonce: [u8; 12],
    sequence: u64,
}

impl Keys {
    fn new(secret: Vec<u8>) -> Option<Self> {
        let mut provider = RustCrypto::new(SysRng);
        let (algorithm, suite) = match secret.len() {
            32 => (HashAlgorithm::Sha256, CipherSuite::TLS_AES_128_GCM_SHA256),
            _ => (HashAlgorithm::Sha384, CipherSuite::TLS_AES_256_GCM_SHA384),
        };
        let mut key = vec![0; aead_key_len(suite)];
        let mut nonce = [0; 12];
        expand(&mut provider, algorithm, &secret, (b"tls13 key", &mut key))?;
        expand(&mut provider, algorithm, &secret, (b"tls13 iv", &mut nonce))?;
        let key = provider.aead_key(suite, &key).ok()?;
        Some(Self { provider, algorithm, secret, key, nonce, sequence: 0 })
    }

    /// Those after a KeyUpdate (RFC 8446, section 7.2).
    fn next(mut self) -> Option<Self> {
        let mut next = vec![0; self.secret.len()];
        expand(&mut self.provider, self.algorithm, &self.secret, (b"tls13 traffic upd", &mut next))?;
        Self::new(next)
    }

    /// The type and the plaintext of the next record.
    fn open(&mut self, record: &[u8]) -> Option<(u8, Vec<u8>)> {
        let (header, sealed) = record.split_at(HEADER);
        let mut nonce = self.nonce;
        nonce.iter_mut().rev().zip(self.sequence.to_le_bytes()).for_each(|(to, from)| *to ^= from);
        let mut plaintext = sealed.to_vec();
        self.provider.open(&self.key, &nonce, header, &mut plaintext).ok()?;
        self.sequence += 1;
        plaintext.truncate(sealed.len() - TAG);
        while plaintext.last() == Some(&0) {
            plaintext.pop();
        }
        plaintext.pop().map(|kind| (kind, plaintext))
    }
}

/// HKDF-Expand-Label (RFC 8446, section 7.1) without a context.
fn expand(
    provider: &mut RustCrypto<SysRng>,
    algorithm: HashAlgorithm,
    secret: &[u8],
    (label, out): (&[u8], &mut [u8]),
) -> Option<()> {
    let length = u16::try_from(out.len()).ok()?.to_be_bytes();
    let label_length = [u8::try_from(label.len()).ok()?];
    provider.hkdf_expand(algorithm, secret, &[&length, &label_length, label, &[0]], out).ok()
}
