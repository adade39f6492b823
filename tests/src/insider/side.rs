//! What the insider knows of one end: its secrets, the records that it makes and takes, what it has said and heard.

use tidegate::crypto::SecretLabel;
use tidegate::wire::enums::{ContentType, HandshakeType};

use super::keys::{TrafficKeys, Version, clear, expand_label};
use super::messages::{is_retry, server_random, split_message};
use super::secrets::Secrets;
use crate::middle::End;

/// Which keys protect a record: none, and then those of each change in turn.
pub type Epoch = usize;

/// No protection.
pub const CLEAR: Epoch = 0;
/// Early data of TLS 1.3. In TLS 1.2 an epoch is how many change_cipher_spec there were.
pub const EARLY: Epoch = 1;
/// The handshake of TLS 1.3.
pub const HANDSHAKE: Epoch = 2;
/// Application data of TLS 1.3; each KeyUpdate leads to the next.
pub const APPLICATION: Epoch = 3;

/// A whole handshake message, or the content of another record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Who says it.
    pub from: End,
    /// How it is protected.
    pub epoch: Epoch,
    /// What it is.
    pub kind: ContentType,
    /// The message with its header, or the content.
    pub content: Vec<u8>,
}

impl Item {
    /// Its type, if it is a handshake message.
    #[must_use]
    pub fn message_type(&self) -> Option<HandshakeType> {
        let is_message = self.kind == ContentType::HANDSHAKE;
        self.content.first().filter(|_| is_message).map(|kind| HandshakeType(*kind))
    }
}

/// A handshake message that an end has said or heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// By whom, as this end sees it.
    pub by: End,
    /// The message with its header.
    pub message: Vec<u8>,
}

impl Said {
    /// Its type.
    #[must_use]
    pub fn kind(&self) -> HandshakeType {
        HandshakeType(self.message[0])
    }
}

/// How far the records of one direction are.
#[derive(Clone, Copy, Debug, Default)]
struct Lane {
    epoch: Epoch,
    sequence: u64,
}

/// What is known of one end.
#[derive(Debug)]
pub(super) struct Side {
    end: End,
    pub(super) secrets: Secrets,
    /// Handshake messages in the order in which this end said and heard them.
    pub(super) view: Vec<Said>,
    /// Handshakes of this connection before this one.
    pub(super) before_this: usize,
    /// The random value of each ServerHello.
    server_randoms: Vec<Vec<u8>>,
    said: Vec<u8>,
    heard: Vec<u8>,
    own: Lane,
    peers: Lane,
}

impl Side {
    pub(super) fn new(end: End, secrets: Secrets) -> Self {
        let (own, peers) = Default::default();
        let (view, server_randoms, said, heard) = Default::default();
        Self { end, secrets, view, before_this: 0, server_randoms, said, heard, own, peers }
    }

    /// The version that this end is at, as far as its secrets tell.
    pub(super) fn version(&self) -> Version {
        match self.secrets.find(SecretLabel::ClientRandom, 0) {
            Some(_) => Version::Tls12,
            None => Version::Tls13,
        }
    }

    /// Another handshake of TLS 1.2 begins.
    pub(super) fn begin_again(&mut self) {
        self.view.clear();
        self.before_this += 1;
    }

    /// A secret of this end in this handshake.
    pub(super) fn secret(&self, label: SecretLabel) -> Option<Vec<u8>> {
        self.secrets.find(label, self.before_this).map(|told| told.secret)
    }

    /// The random values of this end's handshake after `before` others: the client's, the server's.
    pub(super) fn randoms(&self, before: usize) -> Option<[Vec<u8>; 2]> {
        let client = self.secrets.find(SecretLabel::ClientRandom, before)?.client_random;
        Some([client, self.server_randoms.get(before)?.clone()])
    }

    /// The keys of what `sender` says.
    fn keys(&self, sender: End, epoch: Epoch) -> Option<TrafficKeys> {
        if self.version() == Version::Tls12 {
            let before = epoch.checked_sub(1)?;
            let master = self.secrets.find(SecretLabel::ClientRandom, before)?.secret;
            let [client, server] = self.randoms(before)?;
            let [of_client, of_server] = TrafficKeys::tls12(&master, &client, &server);
            return Some(if sender == End::Client { of_client } else { of_server });
        }
        let label = match (epoch, sender) {
            (CLEAR, _) | (EARLY, End::Server) => return None,
            (EARLY, End::Client) => SecretLabel::ClientEarlyTraffic,
            (HANDSHAKE, End::Client) => SecretLabel::ClientHandshakeTraffic,
            (HANDSHAKE, End::Server) => SecretLabel::ServerHandshakeTraffic,
            (_, End::Client) => SecretLabel::ClientTraffic,
            (_, End::Server) => SecretLabel::ServerTraffic,
        };
        let updates = epoch.saturating_sub(APPLICATION);
        let updated = |secret: Vec<u8>, _| expand_label(&secret, "traffic upd", secret.len());
        Some(TrafficKeys::tls13(&(0..updates).fold(self.secret(label)?, updated)))
    }

    /// A record that this end made: how it was protected, its type and its content.
    fn open(&mut self, record: &[u8]) -> (Epoch, ContentType, Vec<u8>) {
        let kind = ContentType(record[0]);
        let tls13 = self.version() == Version::Tls13;
        let in_clear = if tls13 { kind != ContentType::APPLICATION_DATA } else { self.own.epoch == CLEAR };
        if in_clear {
            return (CLEAR, kind, record[5..].to_vec());
        }
        let Lane { epoch: now, sequence } = self.own;
        let next = if tls13 { now + 1..now.max(APPLICATION) + 2 } else { now..now };
        let lanes = next.map(|epoch| Lane { epoch, sequence: 0 });
        for Lane { epoch, sequence } in [Lane { epoch: now, sequence }].into_iter().chain(lanes) {
            let keys = self.keys(self.end, epoch);
            if let Some((kind, content)) = keys.and_then(|keys| keys.open(sequence, record)) {
                self.own = Lane { epoch, sequence: sequence + 1 };
                return (epoch, kind, content);
            }
        }
        panic!("a record of the {:?} that nobody can open", self.end);
    }

    /// Looks into a record that this end made.
    pub(super) fn say(&mut self, record: &[u8]) -> Vec<Item> {
        let (epoch, kind, content) = self.open(record);
        let from = self.end;
        let item = |content| Item { from, epoch, kind, content };
        if kind != ContentType::HANDSHAKE {
            if kind == ContentType::CHANGE_CIPHER_SPEC && self.version() == Version::Tls12 {
                self.own = Lane { epoch: self.own.epoch + 1, sequence: 0 };
            }
            return vec![item(content)];
        }
        self.said.extend(content);
        let mut items = Vec::new();
        while let Some(message) = split_message(&mut self.said) {
            items.push(item(message.clone()));
            self.note(self.end, message);
        }
        items
    }

    /// A record for this end with this content, if it has keys for it.
    pub(super) fn seal(&mut self, epoch: Epoch, kind: ContentType, content: &[u8]) -> Option<Vec<u8>> {
        if epoch == CLEAR {
            return Some(clear(kind, content));
        }
        if self.peers.epoch != epoch {
            self.peers = Lane { epoch, sequence: 0 };
        }
        let record = self.keys(self.end.peer(), epoch)?.seal(self.peers.sequence, kind, content);
        self.peers.sequence += 1;
        Some(record)
    }

    /// Notes that this end was told handshake content.
    pub(super) fn hear(&mut self, content: &[u8]) {
        self.heard.extend(content);
        while let Some(message) = split_message(&mut self.heard) {
            self.note(self.end.peer(), message);
        }
    }

    /// A HelloRequest belongs to no handshake (RFC 5246, section 7.4.1.1).
    fn note(&mut self, by: End, message: Vec<u8>) {
        let said = Said { by, message };
        if said.kind() == HandshakeType::SERVER_HELLO {
            self.server_randoms.extend(server_random(&said.message));
        }
        if said.kind() != HandshakeType::HELLO_REQUEST {
            self.view.push(said);
        }
    }

    /// Messages of the handshake up to the last Finished of the peer, which is not among them.
    pub(super) fn before_finished(&self) -> Option<&[Said]> {
        self.before(self.end.peer(), HandshakeType::FINISHED)
    }

    /// Messages of the handshake before the last of this type by this end.
    pub(super) fn before(&self, by: End, kind: HandshakeType) -> Option<&[Said]> {
        let at = self.view.iter().rposition(|said| said.by == by && said.kind() == kind)?;
        Some(&self.view[..at])
    }

    /// Whether the server asked for another hello.
    pub(super) fn has_retry(&self) -> bool {
        self.view.iter().any(|said| is_retry(&said.message))
    }
}
