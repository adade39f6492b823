//! The played peer: what it knows of the handshake, and how it seals and opens records. Nothing of the record layer under
//! test has a part in it.

use std::vec::Vec;

use super::super::puppet::{Seeded, Software, clear, encode, split_messages, split_record};
use super::super::subject::Hears;
use crate::crypto::rustcrypto::{KxSecret, RustCrypto};
use crate::crypto::{Digest, HashAlgorithm, MAX_PUBLIC_VALUE, MAX_SHARED_SECRET, NONCE, Provider, TAG};
use crate::engine::Peer;
use crate::schedule12::{
    Finisher, MASTER_SECRET, Randoms, VERIFY_DATA, extended_master_secret, key_block, verify_data,
};
use crate::secret::Secret;
use crate::wire::client_hello::ClientHello;
use crate::wire::enums::{CipherSuite, ContentType, HandshakeType, NamedGroup};
use crate::wire::server_hello::ServerHello;
use crate::wire::tls12::server_key_exchange::ServerKeyExchange;
use crate::wire::tls12::{client_key_exchange, server_key_exchange};

const HANDSHAKE: ContentType = ContentType::HANDSHAKE;
const CHANGE_CIPHER_SPEC: ContentType = ContentType::CHANGE_CIPHER_SPEC;

/// What the explicit nonces of the played peer differ in from the numbers of its records: any will do.
const NONCES: u64 = 0xa5a5_0000_5a5a_0000;

/// Key and IV of one direction, and the number of its next record.
#[derive(Clone)]
pub(super) struct Half {
    cipher: CipherSuite,
    key: Vec<u8>,
    iv: Vec<u8>,
    pub(super) sequence: u64,
}

impl Half {
    /// Whether records carry a part of their nonces.
    fn is_explicit(&self) -> bool {
        self.iv.len() < NONCE
    }

    fn nonce(&self, explicit: &[u8]) -> [u8; NONCE] {
        let mut nonce = [0; NONCE];
        nonce[..self.iv.len()].copy_from_slice(&self.iv);
        if self.is_explicit() {
            nonce[self.iv.len()..].copy_from_slice(explicit);
        } else {
            let number = self.sequence.to_be_bytes();
            nonce[NONCE - 8..].iter_mut().zip(number).for_each(|(to, byte)| *to ^= byte);
        }
        nonce
    }

    fn additional(&self, kind: ContentType, length: usize) -> Vec<u8> {
        let header = clear(kind, &std::vec![0; length]);
        [&self.sequence.to_be_bytes()[..], &header[..5]].concat()
    }

    pub(super) fn seal(&mut self, provider: &mut Software, kind: ContentType, content: &[u8]) -> Vec<u8> {
        let explicit = (self.sequence ^ NONCES).to_be_bytes();
        let explicit = if self.is_explicit() { &explicit[..] } else { &[] };
        let mut sealed = [content, &[0; TAG]].concat();
        let key = provider.aead_key(self.cipher, &self.key).unwrap();
        let additional = self.additional(kind, content.len());
        provider.seal(&key, &self.nonce(explicit), &additional, &mut sealed).unwrap();
        self.sequence += 1;
        clear(kind, &[explicit, &sealed].concat())
    }

    pub(super) fn open(&mut self, provider: &mut Software, record: &[u8]) -> (ContentType, Vec<u8>) {
        let kind = ContentType(record[0]);
        let (explicit, sealed) = record[5..].split_at(if self.is_explicit() { 8 } else { 0 });
        if self.is_explicit() {
            assert_eq!(explicit, self.sequence.to_be_bytes(), "the explicit nonce is the record's number");
        }
        let mut content = sealed.to_vec();
        let key = provider.aead_key(self.cipher, &self.key).unwrap();
        let additional = self.additional(kind, content.len() - TAG);
        provider.open(&key, &self.nonce(explicit), &additional, &mut content).unwrap();
        content.truncate(content.len() - TAG);
        self.sequence += 1;
        (kind, content)
    }
}

/// The played peer.
pub(super) struct Puppet {
    /// The end that is played.
    end: Peer,
    pub(super) provider: Software,
    pub(super) suite: CipherSuite,
    pub(super) reading: Option<Half>,
    pub(super) writing: Option<Half>,
    /// Every message of this handshake so far.
    pub(super) transcript: Vec<u8>,
    /// The client's, the server's.
    pub(super) randoms: [[u8; 32]; 2],
    pub(super) exchange: Option<(NamedGroup, KxSecret)>,
    pub(super) public_value: Vec<u8>,
    pub(super) shared: Secret<MAX_SHARED_SECRET>,
    pub(super) master: Secret<MASTER_SECRET>,
    /// The client's of the last handshake that is done, the server's.
    pub(super) verify_data: [Vec<u8>; 2],
}

impl Puppet {
    pub(super) fn new(end: Peer, seed: u64) -> Self {
        Self {
            end,
            provider: RustCrypto::new(Seeded(seed)),
            suite: CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
            reading: None,
            writing: None,
            transcript: Vec::new(),
            randoms: [[0; 32]; 2],
            exchange: None,
            public_value: Vec::new(),
            shared: Secret::empty(),
            master: Secret::empty(),
            verify_data: [Vec::new(), Vec::new()],
        }
    }

    fn algorithm(&self) -> HashAlgorithm {
        HashAlgorithm::of(self.suite)
    }

    pub(super) fn digest(&mut self) -> Digest {
        let mut hash = self.provider.hash_start(self.algorithm()).unwrap();
        self.provider.hash_update(&mut hash, &self.transcript).unwrap();
        self.provider.hash_digest(&hash).unwrap()
    }

    /// A record, protected if there are keys.
    pub(super) fn record(&mut self, kind: ContentType, content: &[u8]) -> Vec<u8> {
        match &mut self.writing {
            Some(half) => half.seal(&mut self.provider, kind, content),
            None => clear(kind, content),
        }
    }

    /// Says a handshake message: it becomes part of the transcript and a record.
    pub(super) fn say(&mut self, message: &[u8]) -> Vec<u8> {
        self.transcript.extend_from_slice(message);
        self.record(HANDSHAKE, message)
    }

    fn open(&mut self, record: &[u8]) -> (ContentType, Vec<u8>) {
        match &mut self.reading {
            Some(half) => half.open(&mut self.provider, record),
            None => (ContentType(record[0]), record[5..].to_vec()),
        }
    }

    /// Hears what belongs to a handshake: messages become part of the transcript, keys change where they are said to.
    pub(super) fn hear_flight(&mut self, mut bytes: &[u8]) -> Vec<(ContentType, Vec<u8>)> {
        let mut heard = Vec::new();
        while let Some((record, rest)) = split_record(bytes) {
            bytes = rest;
            let (kind, content) = self.open(record);
            if kind == HANDSHAKE {
                split_messages(&content).iter().for_each(|message| self.hear_message(message));
            }
            if kind == CHANGE_CIPHER_SPEC {
                assert_eq!(content, [1]);
                self.reading = Some(self.half(self.other_end()));
            }
            heard.push((kind, content));
        }
        assert!(bytes.is_empty(), "half a record: {bytes:x?}");
        heard
    }

    const fn other_end(&self) -> Peer {
        match self.end {
            Peer::Client => Peer::Server,
            Peer::Server => Peer::Client,
        }
    }

    fn hear_message(&mut self, message: &[u8]) {
        let body = &message[4..];
        match HandshakeType(message[0]) {
            HandshakeType::CLIENT_HELLO => self.randoms[0] = *ClientHello::parse(body).unwrap().random,
            HandshakeType::SERVER_HELLO => {
                let hello = ServerHello::parse(body).unwrap();
                (self.randoms[1], self.suite) = (*hello.random, hello.cipher_suite);
            }
            HandshakeType::SERVER_KEY_EXCHANGE => self.hear_server_key_exchange(body),
            HandshakeType::CLIENT_KEY_EXCHANGE => {
                let value = client_key_exchange::parse(body).unwrap();
                let (group, mut secret) = self.exchange.take().unwrap();
                self.provider.kx_finish(group, &mut secret, value, &mut self.shared).unwrap();
                self.transcript.extend_from_slice(message);
                return self.derive();
            }
            HandshakeType::FINISHED => {
                assert_eq!(message, self.finished_of(self.other_end()), "the peer's Finished");
                self.verify_data[place(self.other_end())] = body.to_vec();
            }
            _ => {}
        }
        self.transcript.extend_from_slice(message);
    }

    fn hear_server_key_exchange(&mut self, body: &[u8]) {
        let exchange = ServerKeyExchange::parse(body).unwrap();
        let mut public = [0; MAX_PUBLIC_VALUE];
        let Self { provider, shared, .. } = self;
        let length = provider.kx_respond(exchange.group, exchange.public_value, &mut public, shared).unwrap();
        self.public_value = public[..length].to_vec();
    }

    /// Both parameters of a fresh key exchange of ours, as a server signs them.
    pub(super) fn params(&mut self, group: NamedGroup) -> Vec<u8> {
        let (mut secret, mut public) = (KxSecret::default(), [0; MAX_PUBLIC_VALUE]);
        let length = self.provider.kx_start(group, &mut secret, &mut public).unwrap();
        self.exchange = Some((group, secret));
        encode(&|w| server_key_exchange::encode_params(w, group, &public[..length]))
    }

    /// A client's half of the key exchange that the server has begun.
    pub(super) fn client_key_exchange(&self) -> Vec<u8> {
        encode(&|w| client_key_exchange::encode(w, &self.public_value))
    }

    /// The master secret, from the shared secret and the transcript so far.
    pub(super) fn derive(&mut self) {
        let (session, algorithm) = (self.digest(), self.algorithm());
        let Self { provider, shared, master, .. } = self;
        extended_master_secret(provider, algorithm, shared, &session, master).unwrap();
    }

    /// The key and the IV of one end.
    fn half(&mut self, end: Peer) -> Half {
        let (_, cipher) = self.suite.tls12_parts().unwrap();
        let [key, iv] = match cipher {
            CipherSuite::TLS_AES_128_GCM_SHA256 => [16, 4],
            CipherSuite::TLS_AES_256_GCM_SHA384 => [32, 4],
            _ => [32, 12],
        };
        let mut block = std::vec![0; 2 * (key + iv)];
        let randoms = Randoms { client: &self.randoms[0], server: &self.randoms[1] };
        let algorithm = HashAlgorithm::of(self.suite);
        key_block(&mut self.provider, algorithm, &self.master, randoms, &mut block).unwrap();
        let (keys, ivs) = block.split_at(2 * key);
        let part = |of: &[u8], length: usize| of[place(end) * length..][..length].to_vec();
        Half { cipher, key: part(keys, key), iv: part(ivs, iv), sequence: 0 }
    }

    /// A change_cipher_spec; what is said after it is under the keys of this handshake.
    pub(super) fn change_cipher_spec(&mut self) -> Vec<u8> {
        let record = self.record(CHANGE_CIPHER_SPEC, &[1]);
        self.writing = Some(self.half(self.end));
        record
    }

    /// Our Finished over the transcript so far.
    pub(super) fn finished(&mut self) -> Vec<u8> {
        self.finished_of(self.end)
    }

    fn finished_of(&mut self, end: Peer) -> Vec<u8> {
        let finisher = match end {
            Peer::Client => Finisher::Client,
            Peer::Server => Finisher::Server,
        };
        let (transcript, algorithm) = (self.digest(), self.algorithm());
        let mut made = [0; VERIFY_DATA];
        verify_data(&mut self.provider, algorithm, &self.master, (finisher, &transcript), &mut made).unwrap();
        encode(&|w| crate::wire::encode_finished(w, &made))
    }

    /// Says our Finished.
    pub(super) fn say_finished(&mut self) -> Vec<u8> {
        let finished = self.finished();
        self.verify_data[place(self.end)] = finished[4..].to_vec();
        self.say(&finished)
    }

    /// Another handshake begins.
    pub(super) fn forget_handshake(&mut self) {
        self.transcript.clear();
    }
}

impl Hears for Puppet {
    fn hear(&mut self, mut bytes: &[u8]) -> Vec<(ContentType, Vec<u8>)> {
        let mut heard = Vec::new();
        while let Some((record, rest)) = split_record(bytes) {
            bytes = rest;
            heard.push(self.open(record));
        }
        assert!(bytes.is_empty(), "half a record: {bytes:x?}");
        heard
    }
}

const fn place(end: Peer) -> usize {
    match end {
        Peer::Client => 0,
        Peer::Server => 1,
    }
}
