//! How the played peer seals and opens records: nothing of the record layer under test has a part in it.

use std::vec::Vec;

use super::super::puppet::{Software, clear};
use crate::crypto::{NONCE, Provider, TAG};
use crate::wire::enums::{CipherSuite, ContentType};

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
    pub(super) const fn new(cipher: CipherSuite, key: Vec<u8>, iv: Vec<u8>) -> Self {
        Self { cipher, key, iv, sequence: 0 }
    }

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
