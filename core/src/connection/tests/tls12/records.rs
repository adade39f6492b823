//! The record layer: sizes, tags, numbers, limits of keys.

use std::collections::BTreeSet;
use std::vec::Vec;

use hex_literal::hex;

use super::super::puppet::{Seeded, Software, clear, split_record};
use super::super::subject::{Hears, Subject, client, drain, feed, refuses, run, server};
use super::hello_requests::data_flows;
use super::played_client::{self, advance, server_config, server_with_at};
use super::played_server::{self, Stage, client_at, client_config, client_with_at};
use super::puppet::{Half, Puppet};
use super::{ROUNDS, Round};
use crate::buffers::full_incoming;
use crate::config::Versions;
use crate::connection::{Event, ReadError, Want, WriteError};
use crate::crypto::rustcrypto::RustCrypto;
use crate::crypto::{Provider, TAG};
use crate::engine::{Peer, Role};
use crate::error::{Error, LimitExceeded, PeerMisbehaved};
use crate::limits;
use crate::record::protection::Protection;
use crate::wire::enums::{CipherSuite, ContentType, ExtensionType};
use crate::wire::record_header::RecordHeader;
use crate::{Client, Server};

const DATA: ContentType = ContentType::APPLICATION_DATA;

const SUITES: [CipherSuite; 3] = [
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
];

/// A client in use with this suite, in its first handshake or in its second.
fn client_of(suite: CipherSuite, round: Round) -> (Subject<Client>, Puppet) {
    let config = client_config(Versions::Both);
    let buffer = full_incoming(config.common.max_handshake_message);
    let (subject, mut puppet) = (client(config, buffer), Puppet::new(Peer::Server, 3));
    puppet.suite = suite;
    client_with_at(Stage::Connected, round, (subject, puppet))
}

/// A server in use with this suite.
fn server_of(suite: CipherSuite, round: Round) -> (Subject<Server>, Puppet) {
    let config = server_config(Versions::Both);
    let buffer = full_incoming(config.common.max_handshake_message);
    let (subject, mut puppet) = (server(config, buffer), Puppet::new(Peer::Client, 4));
    puppet.suite = suite;
    server_with_at(played_client::Stage::Connected, round, (subject, puppet))
}

/// Does the same with every suite, at either end, after every handshake.
fn everywhere(work: impl Fn(&mut dyn Tried)) {
    for (suite, round) in SUITES.into_iter().flat_map(|suite| ROUNDS.map(|round| (suite, round))) {
        work(&mut client_of(suite, round));
        work(&mut server_of(suite, round));
    }
}

/// A connection of either role, and its peer.
trait Tried {
    fn puppet(&mut self) -> &mut Puppet;
    fn refuses(&mut self, bytes: &[u8], error: Error);
    /// Reads so many bytes of data.
    fn reads(&mut self, bytes: &[u8], count: usize);
    fn data_flows(&mut self);
}

impl<R: Role> Tried for (Subject<R>, Puppet) {
    fn puppet(&mut self) -> &mut Puppet {
        &mut self.1
    }

    fn refuses(&mut self, bytes: &[u8], error: Error) {
        refuses(&mut self.0, &mut self.1, bytes, error);
    }

    fn reads(&mut self, bytes: &[u8], count: usize) {
        feed(&mut self.0, bytes);
        let mut data = std::vec![0; limits::PLAINTEXT + 1];
        assert_eq!(self.0.read_app_data(&mut data), Ok(count));
    }

    fn data_flows(&mut self) {
        data_flows(&mut self.0, &mut self.1);
    }
}

#[test]
fn a_record_that_is_not_authentic() {
    everywhere(|tried| {
        let record = tried.puppet().record(DATA, b"data");
        tried.reads(&record, 4);
        // The same once more: another number belongs to it now.
        tried.refuses(&record, PeerMisbehaved::BadRecordMac.into());
    });
    // A bit of the explicit nonce or the content, of the tag; another type.
    for (place, flip) in [(5, 1), (8, 0x80), (13, 1), (17, 1), (33, 1)] {
        everywhere(|tried| {
            let mut record = tried.puppet().record(DATA, &[0; 32]);
            record[place] ^= flip;
            tried.refuses(&record, PeerMisbehaved::BadRecordMac.into());
        });
    }
    everywhere(|tried| {
        let mut record = tried.puppet().record(DATA, &[1, 0]);
        record[0] = ContentType::ALERT.0;
        tried.refuses(&record, PeerMisbehaved::BadRecordMac.into());
    });
}

#[test]
fn records_that_are_lost_or_come_in_another_order() {
    everywhere(|tried| {
        let first = tried.puppet().record(DATA, b"first");
        let second = tried.puppet().record(DATA, b"second");
        tried.refuses(&[second, first].concat(), PeerMisbehaved::BadRecordMac.into());
    });
    everywhere(|tried| {
        let _lost = tried.puppet().record(DATA, b"lost");
        let record = tried.puppet().record(DATA, b"data");
        tried.refuses(&record, PeerMisbehaved::BadRecordMac.into());
    });
}

#[test]
fn a_record_shorter_than_nonce_and_tag() {
    for length in [0, 1, 7, 8, 15, 16, 23] {
        everywhere(|tried| {
            tried.refuses(&clear(DATA, &std::vec![0; length]), PeerMisbehaved::BadRecordMac.into());
        });
    }
}

#[test]
fn a_record_of_another_version() {
    for version in [[3, 1], [3, 2], [3, 4], [2, 0], [0, 0]] {
        everywhere(|tried| {
            let mut record = tried.puppet().record(DATA, b"data");
            record[1..3].copy_from_slice(&version);
            tried.refuses(&record, PeerMisbehaved::IllegalParameter.into());
        });
    }
}

#[test]
fn a_record_of_a_type_that_there_is_not() {
    for kind in [0, 19, 24, 25, 26, 255].map(ContentType) {
        everywhere(|tried| {
            let record = tried.puppet().record(kind, b"data");
            tried.refuses(&record, PeerMisbehaved::UnexpectedMessage.into());
        });
    }
}

#[test]
fn plaintext_ends_at_two_to_the_fourteen() {
    everywhere(|tried| {
        let record = tried.puppet().record(DATA, &std::vec![7; limits::PLAINTEXT]);
        tried.reads(&record, limits::PLAINTEXT);
        let record = tried.puppet().record(DATA, &std::vec![7; limits::PLAINTEXT + 1]);
        tried.refuses(&record, PeerMisbehaved::RecordOverflow.into());
    });
    // A record that must be too long is refused by its header.
    everywhere(|tried| {
        let length = limits::CIPHERTEXT + 1;
        let header = [23, 3, 3, (length >> 8) as u8, length as u8];
        tried.refuses(&header, PeerMisbehaved::RecordOverflow.into());
    });
}

#[test]
fn empty_records_are_few() {
    everywhere(|tried| {
        for _ in 0..2 {
            let many = (0..limits::EMPTY_RECORDS).flat_map(|_| tried.puppet().record(DATA, b""));
            let many = many.collect::<Vec<u8>>();
            let record = tried.puppet().record(DATA, b"data");
            tried.reads(&[many, record].concat(), 4);
        }
        let many = (0..=limits::EMPTY_RECORDS).flat_map(|_| tried.puppet().record(DATA, b""));
        let many = many.collect::<Vec<u8>>();
        tried.refuses(&many, LimitExceeded::EmptyRecords.into());
    });
    for stage in [Stage::ServerHello, Stage::Certificate, Stage::ChangeCipherSpec] {
        let (mut subject, mut puppet) = client_at(stage, Round::Again);
        let many = (0..=limits::EMPTY_RECORDS).flat_map(|_| puppet.record(DATA, b"")).collect::<Vec<u8>>();
        refuses(&mut subject, &mut puppet, &many, LimitExceeded::EmptyRecords);
    }
}

#[test]
fn data_flows_under_the_keys_of_every_handshake() {
    everywhere(|tried| (0..3).for_each(|_| tried.data_flows()));
}

/// A client that tells a limit, whose server keeps to it, and that limit.
fn limited_client(extension: ExtensionType, content: &[u8], room: usize) -> (Subject<Client>, Puppet) {
    let config = client_config(Versions::Both);
    let buffer = crate::buffers::min_incoming(config.common.max_handshake_message) + room;
    let (subject, puppet) = (client(config, buffer), Puppet::new(Peer::Server, 3));
    let (mut subject, mut puppet) = client_with_at(Stage::ServerHello, Round::First, (subject, puppet));
    let mut hello = puppet.server_hello();
    hello.extensions.push((extension, content.to_vec()));
    puppet.randoms[1] = hello.random;
    feed(&mut subject, &puppet.say(&hello.encode()));
    for stage in played_server::STAGES.into_iter().skip(1).filter(|stage| *stage != Stage::HelloDone) {
        played_server::advance(&mut subject, &mut puppet, stage);
    }
    (subject, puppet)
}

#[test]
fn a_server_keeps_to_the_clients_limit() {
    let (mut subject, mut puppet) = limited_client(ExtensionType::RECORD_SIZE_LIMIT, &[2, 0], 1000);
    let limit = subject.engine.channel.receive_limit;
    assert!(limit < limits::PLAINTEXT);
    feed(&mut subject, &puppet.record(DATA, &std::vec![7; limit]));
    assert_eq!(subject.read_app_data(&mut std::vec![0; limit + 1]), Ok(limit));
    // And we keep to the server's, 512 bytes.
    assert_eq!(subject.write_app_data(&[7; 1000]), Ok(1000));
    let heard = puppet.hear(&drain(&mut subject));
    assert_eq!(heard.iter().map(|(_, content)| content.len()).collect::<Vec<_>>(), [512, 488]);
    let record = puppet.record(DATA, &std::vec![7; limit + 1]);
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::RecordOverflow);
}

/// A server in use whose client asked for this about sizes.
fn limited_server(extension: ExtensionType, content: &[u8], buffer: usize) -> (Subject<Server>, Puppet) {
    let (mut subject, mut puppet) =
        (server(server_config(Versions::Both), buffer), Puppet::new(Peer::Client, 4));
    let mut hello = puppet.client_hello();
    hello.extensions.push((extension, content.to_vec()));
    puppet.randoms[0] = [5; 32];
    feed(&mut subject, &puppet.say(&hello.encode()));
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    puppet.hear_flight(&drain(&mut subject));
    for stage in played_client::STAGES.into_iter().skip(1) {
        advance(&mut subject, &mut puppet, stage);
    }
    (subject, puppet)
}

#[test]
fn a_client_keeps_to_the_servers_limit() {
    let handshake = limits::DEFAULT_HANDSHAKE_MESSAGE;
    let buffer = crate::buffers::min_incoming(handshake) + 1000;
    for (extension, content, buffer, sent) in [
        (ExtensionType::RECORD_SIZE_LIMIT, &[1, 0][..], buffer, 256),
        (ExtensionType::MAX_FRAGMENT_LENGTH, &[1], full_incoming(handshake), 512),
    ] {
        let (mut subject, mut puppet) = limited_server(extension, content, buffer);
        let limit = subject.engine.channel.receive_limit;
        feed(&mut subject, &puppet.record(DATA, &std::vec![7; limit]));
        assert_eq!(subject.read_app_data(&mut std::vec![0; limit + 1]), Ok(limit));
        assert_eq!(subject.write_app_data(&[7; 600]), Ok(600));
        let heard = puppet.hear(&drain(&mut subject));
        assert!(heard.iter().all(|(_, content)| content.len() <= sent));
        let record = puppet.record(DATA, &std::vec![7; limit + 1]);
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::RecordOverflow);
    }
}

#[test]
fn fragments_are_no_longer_than_was_agreed() {
    let buffer = full_incoming(limits::DEFAULT_HANDSHAKE_MESSAGE);
    for (code, length) in [(1, 512), (2, 1024), (3, 2048), (4, 4096)] {
        let (subject, _) = limited_server(ExtensionType::MAX_FRAGMENT_LENGTH, &[code], buffer);
        assert_eq!(subject.engine.channel.receive_limit, length);
    }
}

#[test]
fn a_server_keeps_to_the_clients_fragments() {
    let (mut subject, mut puppet) = limited_client(ExtensionType::MAX_FRAGMENT_LENGTH, &[1], 512);
    feed(&mut subject, &puppet.record(DATA, &[7; 512]));
    assert_eq!(subject.read_app_data(&mut [0; 600]), Ok(512));
    assert_eq!(subject.write_app_data(&[7; 600]), Ok(600));
    let heard = puppet.hear(&drain(&mut subject));
    assert_eq!(heard.iter().map(|(_, content)| content.len()).collect::<Vec<_>>(), [512, 88]);
    let record = puppet.record(DATA, &[7; 513]);
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::RecordOverflow);
}

/// The explicit nonce is the number of the record: the played peer holds every record against that.
#[test]
fn no_nonce_is_used_twice() {
    for suite in [SUITES[0], SUITES[1]] {
        let (mut subject, mut puppet) = client_of(suite, Round::First);
        let mut nonces = BTreeSet::new();
        for _ in 0..100 {
            assert_eq!(subject.write_app_data(b"data"), Ok(4));
            let sent = drain(&mut subject);
            let (record, rest) = split_record(&sent).unwrap();
            assert!(rest.is_empty() && nonces.insert(record[5..13].to_vec()));
            puppet.hear(record);
        }
        // The Finished was the first.
        assert_eq!(nonces.first().unwrap(), &1_u64.to_be_bytes());
        assert_eq!(nonces.last().unwrap(), &100_u64.to_be_bytes());
    }
}

#[test]
fn a_key_that_is_used_up_opens_nothing() {
    for (suite, last) in
        SUITES.into_iter().zip([limits::AES_GCM_RECORDS, limits::AES_GCM_RECORDS, limits::RECORDS])
    {
        let (mut subject, mut puppet) = client_of(suite, Round::First);
        subject.engine.channel.read.set_sequence(last - 1);
        puppet.writing.as_mut().unwrap().sequence = last - 1;
        feed(&mut subject, &puppet.record(DATA, b"data"));
        assert_eq!(subject.read_app_data(&mut [0; 9]), Ok(4));
        let record = puppet.record(DATA, b"data");
        refuses(&mut subject, &mut puppet, &record, LimitExceeded::KeyUsage);
    }
}

#[test]
fn a_key_that_is_used_up_seals_nothing_but_the_alert_that_says_so() {
    for (suite, last) in
        SUITES.into_iter().zip([limits::AES_GCM_RECORDS, limits::AES_GCM_RECORDS, limits::RECORDS])
    {
        let (mut subject, mut puppet) = client_of(suite, Round::First);
        subject.engine.channel.write.set_sequence(last - 2);
        puppet.reading.as_mut().unwrap().sequence = last - 2;
        assert_eq!(subject.write_app_data(b"data"), Ok(4));
        assert_eq!(puppet.hear(&drain(&mut subject)), [(DATA, b"data".to_vec())]);
        let error = LimitExceeded::KeyUsage;
        assert_eq!(subject.write_app_data(b"data"), Err(WriteError::Failed(error.into())));
        let heard = puppet.hear(&drain(&mut subject));
        assert_eq!(heard, [(ContentType::ALERT, std::vec![2, error.alert().0])]);
        assert_eq!(subject.read_app_data(&mut [0]), Err(ReadError::Failed(error.into())));
    }
}

/// There is no KeyUpdate: another handshake is what gives new keys.
#[test]
fn a_renegotiation_begins_the_numbers_anew() {
    let (mut subject, mut puppet) = client_of(SUITES[0], Round::First);
    (0..5).for_each(|_| data_flows(&mut subject, &mut puppet));
    assert_eq!(subject.renegotiate(), Ok(()));
    played_server::go_to(Stage::Connected, &mut subject, &mut puppet);
    assert_eq!(subject.engine.channel.read.sequence(), 1);
    assert_eq!(subject.engine.channel.write.sequence(), 1);
    data_flows(&mut subject, &mut puppet);
    assert!(matches!(subject.next_event(), Ok(Event::Want(Want::Incoming))));
}

/// The number of a record, its type and its content: `known answer`.
const SEQUENCE: u64 = 0x0001_0203;
const CONTENT: &[u8] = b"known answer";

/// Made with Python's `cryptography` (AESGCM and ChaCha20Poly1305) from keys 40 41 .., IVs a0 a1 .., the nonces of RFC 5288,
/// section 3, and RFC 7905, section 2, and the additional data of RFC 5246, section 6.2.3.3.
const ANSWERS: [(CipherSuite, usize, usize, &[u8]); 3] = [
    (
        CipherSuite::TLS_AES_128_GCM_SHA256,
        16,
        4,
        &hex!("17030300240000000000010203292ca2cb8e2378601dafeb9be24f41d711732f9ec8a23022f319b745"),
    ),
    (
        CipherSuite::TLS_AES_256_GCM_SHA384,
        32,
        4,
        &hex!("1703030024000000000001020375d355b4e36837374489258dcf95f66511c6208bcbce3ef8c1a76df4"),
    ),
    (
        CipherSuite::TLS_CHACHA20_POLY1305_SHA256,
        32,
        12,
        &hex!("170303001c92b6425b4294272bd2c0cdbcea22243a50791eee2914205d98259695"),
    ),
];

fn protection(cipher: CipherSuite, key: usize, iv: usize) -> Protection {
    let (key, iv): (Vec<u8>, Vec<u8>) = ((0x40..).take(key).collect(), (0xa0..).take(iv).collect());
    let mut protection = Protection::none();
    protection.install_tls12::<<Software as Provider>::AeadKey>(None, cipher, (&key, &iv)).unwrap();
    protection.set_sequence(SEQUENCE);
    protection
}

#[test]
fn known_answers_of_sealing_and_opening() {
    let mut provider = RustCrypto::new(Seeded(1));
    for (cipher, key, iv, answer) in ANSWERS {
        let mut sealing = protection(cipher, key, iv);
        let mut body = std::vec![0; sealing.explicit_nonce()];
        body.extend_from_slice(CONTENT);
        body.extend_from_slice(&[0; TAG]);
        sealing.seal_tls12(&mut provider, None, DATA, &mut body).unwrap();
        assert_eq!(body, answer[5..], "{cipher:?}");
        assert_eq!(sealing.sequence(), SEQUENCE + 1);
        let mut opening = protection(cipher, key, iv);
        let header = RecordHeader::parse(*answer.first_chunk().unwrap());
        let content = opening.open_tls12(&mut provider, None, header, &mut body).unwrap();
        assert_eq!(&body[content], CONTENT);
        assert_eq!(opening.sequence(), SEQUENCE + 1);
    }
}

/// The played peer is held against the same answers.
#[test]
fn known_answers_of_the_played_peer() {
    let mut provider = RustCrypto::new(Seeded(1));
    for (cipher, key, iv, answer) in ANSWERS {
        let mut half = Half::new(cipher, (0x40..).take(key).collect(), (0xa0..).take(iv).collect());
        half.sequence = SEQUENCE;
        assert_eq!(half.open(&mut provider, answer), (DATA, CONTENT.to_vec()));
    }
}
