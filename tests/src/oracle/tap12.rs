//! The onlooker with the key log in TLS 1.2, whose keys change with every handshake.

use std::collections::BTreeMap;

use getrandom::SysRng;
use tidegate::crypto::rustcrypto::{AeadKey, RustCrypto};
use tidegate::crypto::{HashAlgorithm, Provider, TAG};
use tidegate::wire::enums::CipherSuite;

use super::libssl::Role;
use super::record::Content;
use super::tap::{
    ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE, HEADER, bytes_of, message_length, outside,
};

/// Bytes of the nonce that a record carries.
const EXPLICIT: usize = 8;
/// Bytes of the nonce that the key block gives.
const IMPLICIT: usize = 4;

const HELLO_REQUEST: u8 = 0;
const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 2;
/// Where a hello's random stands: behind the header and the version.
const RANDOM: std::ops::Range<usize> = 6..38;

/// The contents of all records of a connection, those that the client sent and those that the server did.
pub(super) fn contents_12<'a>(
    key_log: impl IntoIterator<Item = &'a String>,
    client: &[Vec<u8>],
    server: &[Vec<u8>],
) -> [Vec<Vec<Content>>; 2] {
    let masters = masters(key_log);
    let mut sides = [Side::new(Role::Client, client), Side::new(Role::Server, server)];
    while sides.iter().any(|side| side.at < side.records.len()) {
        sides.iter_mut().for_each(Side::run);
        let [client, server] = &mut sides;
        let master = masters.get(&client.random);
        let suite = server.suite;
        for (role, keys) in [(Role::Client, &mut client.keys), (Role::Server, &mut server.keys)] {
            let randoms = [&server.random[..], &client.random[..]].concat();
            *keys = master.zip(suite).and_then(|(master, suite)| Keys::new(role, suite, master, &randoms));
        }
    }
    sides.map(|side| side.contents)
}

/// The master secrets by the randoms of the clients' hellos.
fn masters<'a>(key_log: impl IntoIterator<Item = &'a String>) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let master = |line: &String| {
        let mut words = line.split_whitespace();
        let is_master = words.next()? == "CLIENT_RANDOM";
        let (random, master) = (bytes_of(words.next()?)?, bytes_of(words.next()?)?);
        is_master.then_some((random, master))
    };
    key_log.into_iter().filter_map(master).collect()
}

/// What one end sent.
struct Side<'a> {
    role: Role,
    records: &'a [Vec<u8>],
    at: usize,
    encrypted: bool,
    keys: Option<Keys>,
    random: Vec<u8>,
    suite: Option<Suite>,
    /// The handshake message that is not complete.
    message: Vec<u8>,
    contents: Vec<Vec<Content>>,
}

impl<'a> Side<'a> {
    const fn new(role: Role, records: &'a [Vec<u8>]) -> Self {
        Self {
            role,
            records,
            at: 0,
            encrypted: false,
            keys: None,
            random: Vec::new(),
            suite: None,
            message: Vec::new(),
            contents: Vec::new(),
        }
    }

    /// Takes records up to the next change_cipher_spec.
    fn run(&mut self) {
        while let Some(record) = self.records.get(self.at) {
            self.at += 1;
            let contents = self.record(record);
            let changes = contents == [Content::ChangeCipherSpec];
            self.contents.push(contents);
            if changes {
                self.encrypted = true;
                return;
            }
        }
    }

    fn record(&mut self, record: &[u8]) -> Vec<Content> {
        let Some((kind, length)) = outside(record) else { return Vec::new() };
        if !self.encrypted {
            return self.inner(kind, &record[HEADER..]);
        }
        match self.keys.as_mut().and_then(|keys| keys.open(record)) {
            Some(plaintext) => self.inner(kind, &plaintext),
            None => vec![Content::Unreadable(length.saturating_sub(EXPLICIT + TAG))],
        }
    }

    fn inner(&mut self, kind: u8, plaintext: &[u8]) -> Vec<Content> {
        match (kind, plaintext) {
            (CHANGE_CIPHER_SPEC, _) => vec![Content::ChangeCipherSpec],
            (ALERT, [_, 0]) => vec![Content::CloseNotify],
            (ALERT, [_, code]) => vec![Content::Alert(*code)],
            (HANDSHAKE, _) => self.messages(plaintext),
            (APPLICATION_DATA, _) => vec![Content::Data(plaintext.len())],
            _ => vec![Content::Unreadable(plaintext.len())],
        }
    }

    /// The messages that end in a record; one that only goes on in it counts as one.
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
        let random = message.get(RANDOM).map(<[u8]>::to_vec);
        match (message.first(), self.role) {
            (Some(&HELLO_REQUEST), _) => return Content::HelloRequest,
            (Some(&CLIENT_HELLO), Role::Client) => self.random = random.unwrap_or_default(),
            (Some(&SERVER_HELLO), Role::Server) => {
                self.random = random.unwrap_or_default();
                self.suite = Suite::of(message);
            }
            _ => {}
        }
        Content::Handshake
    }
}

/// AES-GCM with one of its hashes.
#[derive(Clone, Copy)]
struct Suite {
    hash: HashAlgorithm,
    aead: CipherSuite,
    key: usize,
}

impl Suite {
    /// That of a ServerHello.
    fn of(message: &[u8]) -> Option<Self> {
        let session = usize::from(*message.get(RANDOM.end)?);
        let at = RANDOM.end + 1 + session;
        let sha384 = Self { hash: HashAlgorithm::Sha384, aead: CipherSuite::TLS_AES_256_GCM_SHA384, key: 32 };
        let sha256 = Self { hash: HashAlgorithm::Sha256, aead: CipherSuite::TLS_AES_128_GCM_SHA256, key: 16 };
        match message.get(at..at + 2)? {
            [0xc0, 0x2c | 0x30] => Some(sha384),
            [0xc0, 0x2b | 0x2f] => Some(sha256),
            _ => None,
        }
    }
}

/// The keys of a direction.
struct Keys {
    provider: RustCrypto<SysRng>,
    key: AeadKey,
    implicit: Vec<u8>,
    sequence: u64,
}

impl Keys {
    fn new(role: Role, suite: Suite, master: &[u8], randoms: &[u8]) -> Option<Self> {
        let mut provider = RustCrypto::new(SysRng);
        let seed = [b"key expansion", randoms].concat();
        let length = 2 * (suite.key + IMPLICIT);
        let block = prf(&mut provider, suite.hash, master, (&seed, length))?;
        let (keys, nonces) = block.split_at(2 * suite.key);
        let side = match role {
            Role::Client => 0,
            Role::Server => 1,
        };
        let key = keys.chunks(suite.key).nth(side)?;
        let implicit = nonces.chunks(IMPLICIT).nth(side)?.to_vec();
        let key = provider.aead_key(suite.aead, key).ok()?;
        Some(Self { provider, key, implicit, sequence: 0 })
    }

    fn open(&mut self, record: &[u8]) -> Option<Vec<u8>> {
        let (header, sealed) = record.split_at(HEADER);
        let (explicit, sealed) = sealed.split_at_checked(EXPLICIT)?;
        let length = sealed.len().checked_sub(TAG)?;
        let nonce: [u8; 12] = [&self.implicit, explicit].concat().try_into().ok()?;
        let short = u16::try_from(length).ok()?.to_be_bytes();
        let aad = [&self.sequence.to_be_bytes()[..], &header[..3], &short[..]].concat();
        let mut plaintext = sealed.to_vec();
        self.provider.open(&self.key, &nonce, &aad, &mut plaintext).ok()?;
        self.sequence += 1;
        plaintext.truncate(length);
        Some(plaintext)
    }
}

/// The PRF of RFC 5246, section 5; an HMAC is what HKDF-Extract computes.
fn prf(
    provider: &mut RustCrypto<SysRng>,
    hash: HashAlgorithm,
    secret: &[u8],
    (seed, length): (&[u8], usize),
) -> Option<Vec<u8>> {
    let mut hmac = |input: &[u8]| {
        let mut out = vec![0; hash.len()];
        provider.hkdf_extract(hash, secret, input, &mut out).ok().map(|()| out)
    };
    let (mut block, mut a) = (Vec::new(), seed.to_vec());
    while block.len() < length {
        a = hmac(&a)?;
        block.extend(hmac(&[&a, seed].concat())?);
    }
    block.truncate(length);
    Some(block)
}
