//! The record layer: tags, numbers, forms, lengths.

use std::vec::Vec;

use super::super::puppet::clear;
use super::super::subject::{Subject, client, feed, refuses, server};
use super::hello_requests::data_flows;
use super::played_client::{self, server_config, server_with_at};
use super::played_server::{Stage, client_at, client_config, client_with_at};
use super::puppet::Puppet;
use super::{ROUNDS, Round};
use crate::buffers::full_incoming;
use crate::config::Versions;
use crate::engine::{Peer, Role};
use crate::error::{Error, LimitExceeded, PeerMisbehaved};
use crate::limits;
use crate::wire::enums::{CipherSuite, ContentType};
use crate::{Client, Server};

const DATA: ContentType = ContentType::APPLICATION_DATA;

pub(super) const SUITES: [CipherSuite; 3] = [
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
];

/// A client in use with this suite, in its first handshake or in its second.
pub(super) fn client_of(suite: CipherSuite, round: Round) -> (Subject<Client>, Puppet) {
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
