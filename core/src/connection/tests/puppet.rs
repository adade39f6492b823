//! The played peer: what it knows of the handshake, and how it seals and opens records.

use core::convert::Infallible;
use std::vec::Vec;

use rand_core::{TryCryptoRng, TryRng};

use crate::crypto::rustcrypto::RustCrypto;
use crate::crypto::{Digest, HashAlgorithm, MAX_DIGEST, MAX_SHARED_SECRET, Provider, TAG};
use crate::record::protection::Protection;
#[cfg(feature = "psk")]
use crate::schedule::early_secret;
use crate::schedule::{HandshakeSecrets, KeySchedule, finished_key, verify_data};
use crate::secret::Secret;
use crate::wire::enums::{AlertDescription, CipherSuite, ContentType, HandshakeType, ProtocolVersion};
use crate::wire::record_header::{RECORD_HEADER, RecordHeader};
use crate::wire::{HANDSHAKE_HEADER, Writer};

pub(super) type Software = RustCrypto<Seeded>;

/// The same bytes in every run.
pub(super) struct Seeded(pub(super) u64);

impl TryRng for Seeded {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.try_next_u64().map(|word| (word >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Ok(self.0 ^ (self.0 >> 29))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        for byte in out {
            *byte = (self.try_next_u64()? >> 40) as u8;
        }
        Ok(())
    }
}

impl TryCryptoRng for Seeded {}

/// A message, its header included.
pub(super) fn encode(body: &dyn Fn(&mut Writer<'_>)) -> Vec<u8> {
    let mut bytes = std::vec![0; Writer::measure(body).unwrap()];
    body(&mut Writer::new(&mut bytes, 0));
    bytes
}

/// A handshake message of this type with any body.
pub(super) fn message(kind: HandshakeType, body: &[u8]) -> Vec<u8> {
    encode(&|w| crate::wire::encode_handshake(w, kind, &|w| w.put(body)))
}

/// A record in clear.
pub(super) fn clear(kind: ContentType, content: &[u8]) -> Vec<u8> {
    let header = header(kind, content.len());
    [&header[..], content].concat()
}

/// change_cipher_spec as middleboxes like it.
pub(super) fn change_cipher_spec() -> Vec<u8> {
    clear(ContentType::CHANGE_CIPHER_SPEC, &[1])
}

/// A fatal or warning alert in clear.
pub(super) fn alert(description: AlertDescription) -> [u8; 2] {
    [2, description.0]
}

fn header(content_type: ContentType, length: usize) -> [u8; RECORD_HEADER] {
    let length = u16::try_from(length).unwrap();
    RecordHeader { content_type, version: ProtocolVersion::TLS_1_2, length }.encode()
}

/// The played peer.
pub(super) struct Puppet {
    pub(super) provider: Software,
    pub(super) suite: CipherSuite,
    pub(super) reading: Protection,
    pub(super) writing: Protection,
    pub(super) schedule: KeySchedule,
    /// Every message of the handshake so far.
    pub(super) transcript: Vec<u8>,
    pub(super) shared: Secret<MAX_SHARED_SECRET>,
    pub(super) secrets: Option<HandshakeSecrets>,
}

impl Puppet {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            provider: RustCrypto::new(Seeded(seed)),
            suite: CipherSuite::TLS_AES_128_GCM_SHA256,
            reading: Protection::none(),
            writing: Protection::none(),
            schedule: KeySchedule::default(),
            transcript: Vec::new(),
            shared: Secret::empty(),
            secrets: None,
        }
    }

    /// The transcript hash now.
    pub(super) fn digest(&mut self) -> Digest {
        let mut hash = self.provider.hash_start(HashAlgorithm::of(self.suite)).unwrap();
        self.provider.hash_update(&mut hash, &self.transcript).unwrap();
        self.provider.hash_digest(&hash).unwrap()
    }

    /// Replaces the transcript by its hash (RFC 8446, section 4.4.1).
    pub(super) fn fold(&mut self) {
        let digest = self.digest();
        self.transcript = message(HandshakeType::MESSAGE_HASH, digest.as_bytes());
    }

    /// Says a handshake message: it becomes part of the transcript and a record.
    pub(super) fn say(&mut self, message: &[u8]) -> Vec<u8> {
        self.transcript.extend_from_slice(message);
        self.record(ContentType::HANDSHAKE, message)
    }

    /// A record, protected if there are keys.
    pub(super) fn record(&mut self, kind: ContentType, content: &[u8]) -> Vec<u8> {
        if self.writing.is_active() {
            self.inner(&[content, &[kind.0]].concat())
        } else {
            clear(kind, content)
        }
    }

    /// A protected record with any inner plaintext.
    pub(super) fn inner(&mut self, inner: &[u8]) -> Vec<u8> {
        let header = header(ContentType::APPLICATION_DATA, inner.len() + TAG);
        let mut record = [&header, inner, &[0; TAG]].concat();
        self.writing.seal(&mut self.provider, None, &mut record).unwrap();
        record
    }

    /// Opens whole records, all under the present key; change_cipher_spec is left out.
    pub(super) fn hear(&mut self, mut bytes: &[u8]) -> Vec<(ContentType, Vec<u8>)> {
        let mut heard = Vec::new();
        while let Some((record, rest)) = split_record(bytes) {
            bytes = rest;
            heard.extend(self.open(record).filter(|(kind, _)| *kind != ContentType::CHANGE_CIPHER_SPEC));
        }
        assert!(bytes.is_empty(), "half a record: {bytes:x?}");
        heard
    }

    /// Opens one record: its type and its content without padding.
    pub(super) fn open(&mut self, record: &[u8]) -> Option<(ContentType, Vec<u8>)> {
        let (header, body) = record.split_at_checked(RECORD_HEADER)?;
        let kind = ContentType(header[0]);
        if kind != ContentType::APPLICATION_DATA {
            return Some((kind, body.to_vec()));
        }
        let mut body = body.to_vec();
        self.reading.open(&mut self.provider, None, header, &mut body).unwrap();
        body.truncate(body.len() - TAG);
        while body.last() == Some(&0) {
            body.pop();
        }
        let kind = ContentType(body.pop()?);
        Some((kind, body))
    }

    /// Hears handshake messages, which become part of the transcript.
    pub(super) fn hear_messages(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        let heard = self.hear(bytes);
        assert!(heard.iter().all(|(kind, _)| *kind == ContentType::HANDSHAKE), "{heard:x?}");
        let joined = heard.into_iter().flat_map(|(_, content)| content).collect::<Vec<u8>>();
        self.transcript.extend_from_slice(&joined);
        split_messages(&joined)
    }

    /// Both secrets of the handshake from the shared secret and the transcript so far.
    pub(super) fn enter_handshake(&mut self) {
        let hello = self.digest();
        let Self { schedule, provider, suite, shared, .. } = self;
        self.secrets = Some(schedule.enter_handshake(provider, *suite, shared, &hello).unwrap());
    }

    /// Goes on from this key.
    #[cfg(feature = "psk")]
    pub(super) fn enter_early(&mut self, key: &[u8]) {
        let mut early = key_in_slot(key);
        early_secret(&mut self.provider, HashAlgorithm::Sha256, &mut early).unwrap();
        self.schedule.enter_early(&early);
    }

    /// Both secrets of the application data from the transcript so far.
    pub(super) fn enter_application(&mut self) {
        let finished = self.digest();
        let secrets = self.secrets.take().unwrap();
        self.schedule.enter_application(&mut self.provider, self.suite, &finished, secrets).unwrap();
    }

    /// A Finished over the transcript so far.
    pub(super) fn finished(&mut self, base: fn(&KeySchedule) -> &Secret<MAX_DIGEST>) -> Vec<u8> {
        let digest = self.digest();
        let (mut key, mut data) = (Secret::empty(), Secret::empty());
        let algorithm = HashAlgorithm::of(self.suite);
        finished_key(&mut self.provider, algorithm, base(&self.schedule), &mut key).unwrap();
        verify_data(&mut self.provider, self.suite, &key, &digest, &mut data).unwrap();
        encode(&|w| crate::wire::encode_finished(w, data.as_bytes()))
    }

    /// Takes a secret for what this peer writes.
    pub(super) fn write_with(&mut self, secret: fn(&KeySchedule) -> &Secret<MAX_DIGEST>) {
        let Self { writing, provider, schedule, suite, .. } = self;
        writing.install_copy(provider, None, *suite, secret(schedule)).unwrap();
    }

    /// Takes a secret for what this peer reads.
    pub(super) fn read_with(&mut self, secret: fn(&KeySchedule) -> &Secret<MAX_DIGEST>) {
        let Self { reading, provider, schedule, suite, .. } = self;
        reading.install_copy(provider, None, *suite, secret(schedule)).unwrap();
    }
}

/// A pre-shared key in a slot.
#[cfg(feature = "psk")]
pub(super) fn key_in_slot(key: &[u8]) -> Secret<MAX_DIGEST> {
    let mut slot = Secret::empty();
    slot.fill(key.len()).copy_from_slice(key);
    slot
}

/// The first record, if it is whole, and what follows.
pub(super) fn split_record(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let header = bytes.first_chunk::<RECORD_HEADER>()?;
    let length = usize::from(RecordHeader::parse(*header).length);
    bytes.split_at_checked(RECORD_HEADER + length)
}

/// Handshake messages one by one.
pub(super) fn split_messages(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut messages = Vec::new();
    while let Some(header) = bytes.first_chunk::<HANDSHAKE_HEADER>() {
        let (_, length) = crate::wire::parse_handshake_header(*header);
        let (message, rest) = bytes.split_at_checked(HANDSHAKE_HEADER + length).unwrap();
        messages.push(message.to_vec());
        bytes = rest;
    }
    messages
}
