//! Keys of records as the specifications make them: nothing of the engine's own schedule has a part in it.

use sha2::{Digest as _, Sha256};
use tidegate::crypto::rustcrypto::RustCrypto;
use tidegate::crypto::{HashAlgorithm, NONCE, Provider, TAG};
use tidegate::wire::enums::{CipherSuite, ContentType};

use super::random::Seeded;

/// The AEAD of both versions here; the hash is SHA-256.
const SUITE: CipherSuite = CipherSuite::TLS_AES_128_GCM_SHA256;
const HASH: HashAlgorithm = HashAlgorithm::Sha256;
const HEADER: usize = 5;
const KEY: usize = 16;
/// Bytes of a nonce of TLS 1.2 that do not go with the record.
const SALT: usize = 4;

/// A version of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// TLS 1.2.
    Tls12,
    /// TLS 1.3.
    Tls13,
}

/// How records of one direction are protected.
#[derive(Clone, Debug)]
pub(super) struct TrafficKeys {
    version: Version,
    key: Vec<u8>,
    iv: Vec<u8>,
}

fn crypto() -> RustCrypto<Seeded> {
    RustCrypto::new(Seeded::new(0))
}

/// SHA-256 of all of it.
pub(super) fn hash(messages: &[u8]) -> Vec<u8> {
    Sha256::digest(messages).to_vec()
}

pub(super) fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut out = vec![0; HASH.len()];
    crypto().hmac(HASH, key, message, &mut out).unwrap();
    out
}

/// HKDF-Expand-Label (RFC 8446, section 7.1) without a context.
pub(super) fn expand_label(secret: &[u8], label: &str, length: usize) -> Vec<u8> {
    let mut out = vec![0; length];
    let sizes = [0, length as u8, 6 + label.len() as u8];
    let info: [&[u8]; 4] = [&sizes, b"tls13 ", label.as_bytes(), &[0]];
    crypto().hkdf_expand(HASH, secret, &info, &mut out).unwrap();
    out
}

/// The PRF of TLS 1.2 (RFC 5246, section 5), cut to what is asked for.
pub(super) fn prf(secret: &[u8], label: &str, seed: &[u8], length: usize) -> Vec<u8> {
    let seed = [label.as_bytes(), seed].concat();
    let (mut turn, mut out) = (seed.clone(), Vec::new());
    while out.len() < length {
        turn = hmac(secret, &turn);
        out.extend(hmac(secret, &[&turn[..], &seed].concat()));
    }
    out.truncate(length);
    out
}

impl TrafficKeys {
    /// Of a traffic secret of TLS 1.3.
    pub(super) fn tls13(secret: &[u8]) -> Self {
        let (key, iv) = (expand_label(secret, "key", KEY), expand_label(secret, "iv", NONCE));
        Self { version: Version::Tls13, key, iv }
    }

    /// Those of both ends, the client's first, of a master secret of TLS 1.2.
    pub(super) fn tls12(master: &[u8], client_random: &[u8], server_random: &[u8]) -> [Self; 2] {
        let seed = [server_random, client_random].concat();
        let block = prf(master, "key expansion", &seed, 2 * (KEY + SALT));
        let (keys, salts) = block.split_at(2 * KEY);
        [0, 1].map(|end| Self {
            version: Version::Tls12,
            key: keys[end * KEY..][..KEY].to_vec(),
            iv: salts[end * SALT..][..SALT].to_vec(),
        })
    }

    fn nonce(&self, sequence: u64) -> [u8; NONCE] {
        let mut nonce = [0; NONCE];
        nonce[..self.iv.len()].copy_from_slice(&self.iv);
        let number = sequence.to_be_bytes();
        nonce[NONCE - number.len()..].iter_mut().zip(number).for_each(|(to, byte)| *to ^= byte);
        nonce
    }

    fn additional(&self, sequence: u64, header: [u8; HEADER]) -> Vec<u8> {
        match self.version {
            Version::Tls13 => header.to_vec(),
            Version::Tls12 => [&sequence.to_be_bytes()[..], &header].concat(),
        }
    }

    /// A record with this content.
    pub(super) fn seal(&self, sequence: u64, kind: ContentType, content: &[u8]) -> Vec<u8> {
        let (outer, mut body) = match self.version {
            Version::Tls13 => (ContentType::APPLICATION_DATA, [content, &[kind.0]].concat()),
            Version::Tls12 => (kind, content.to_vec()),
        };
        let length = if self.version == Version::Tls13 { body.len() + TAG } else { body.len() };
        body.extend([0; TAG]);
        let additional = self.additional(sequence, header(outer, length));
        let mut crypto = crypto();
        let key = crypto.aead_key(SUITE, &self.key).unwrap();
        crypto.seal(&key, &self.nonce(sequence), &additional, &mut body).unwrap();
        if self.version == Version::Tls12 {
            body.splice(..0, sequence.to_be_bytes());
        }
        clear(outer, &body)
    }

    /// Type and content of a record, if these are its keys and this is its number.
    pub(super) fn open(&self, sequence: u64, record: &[u8]) -> Option<(ContentType, Vec<u8>)> {
        let kind = ContentType(*record.first()?);
        let explicit = if self.version == Version::Tls12 { 8 } else { 0 };
        let mut body = record.get(HEADER + explicit..)?.to_vec();
        let plain = body.len().checked_sub(TAG)?;
        let length = if self.version == Version::Tls13 { body.len() } else { plain };
        let additional = self.additional(sequence, header(kind, length));
        let mut crypto = crypto();
        let key = crypto.aead_key(SUITE, &self.key).unwrap();
        crypto.open(&key, &self.nonce(sequence), &additional, &mut body).ok()?;
        body.truncate(plain);
        if self.version == Version::Tls12 {
            return Some((kind, body));
        }
        while body.last() == Some(&0) {
            body.pop();
        }
        let kind = ContentType(body.pop()?);
        Some((kind, body))
    }
}

fn header(kind: ContentType, length: usize) -> [u8; HEADER] {
    let [high, low] = (length as u16).to_be_bytes();
    [kind.0, 3, 3, high, low]
}

/// A record in clear.
#[must_use]
pub fn clear(kind: ContentType, content: &[u8]) -> Vec<u8> {
    [&header(kind, content.len())[..], content].concat()
}
