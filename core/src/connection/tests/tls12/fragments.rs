//! Messages that are split over records, and records with many messages.

use std::vec::Vec;

use super::super::puppet::message;
use super::super::subject::{drain, feed, refuses, run};
use super::hello_requests::data_flows;
use super::played_client::{self, server_at};
use super::played_server::{Stage, advance, certificate, client_at, server_hello_done};
use super::puppet::Puppet;
use super::{ROUNDS, Round};
use crate::connection::Want;
use crate::error::{LimitExceeded, PeerMisbehaved};
use crate::wire::enums::{ContentType, HandshakeType};

const HANDSHAKE: ContentType = ContentType::HANDSHAKE;

/// The server's first flight, which becomes part of the transcript.
fn first_flight(puppet: &mut Puppet) -> Vec<u8> {
    let hello = puppet.server_hello();
    puppet.randoms[1] = hello.random;
    let exchange = puppet.server_key_exchange();
    let flight = [hello.encode(), certificate(), exchange, server_hello_done()].concat();
    puppet.transcript.extend_from_slice(&flight);
    flight
}

/// This content in records of so many bytes.
fn crumbs(puppet: &mut Puppet, content: &[u8], size: usize) -> Vec<u8> {
    content.chunks(size).flat_map(|piece| puppet.record(HANDSHAKE, piece)).collect()
}

#[test]
fn a_servers_flight_in_records_of_any_size() {
    for (size, round) in [1, 2, 3, 5, 100, 10_000].into_iter().flat_map(|size| ROUNDS.map(|r| (size, r))) {
        let (mut subject, mut puppet) = client_at(Stage::ServerHello, round);
        let flight = first_flight(&mut puppet);
        let records = crumbs(&mut puppet, &flight, size);
        feed(&mut subject, &records);
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
        puppet.hear_flight(&drain(&mut subject));
        advance(&mut subject, &mut puppet, Stage::ChangeCipherSpec);
        let finished = puppet.finished();
        puppet.verify_data[1] = finished[4..].to_vec();
        puppet.transcript.extend_from_slice(&finished);
        let records = crumbs(&mut puppet, &finished, size);
        feed(&mut subject, &records);
        data_flows(&mut subject, &mut puppet);
    }
}

#[test]
fn a_clients_messages_in_records_of_any_size() {
    for (size, round) in [1, 2, 3, 100].into_iter().flat_map(|size| ROUNDS.map(|round| (size, round))) {
        let start = match round {
            Round::First => played_client::Stage::ClientHello,
            Round::Again => played_client::Stage::Connected,
        };
        let (mut subject, mut puppet) = server_at(start, Round::First);
        let hello = puppet.client_hello().encode();
        puppet.randoms[0] = [5; 32];
        puppet.transcript = hello.clone();
        let records = crumbs(&mut puppet, &hello, size);
        feed(&mut subject, &records);
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
        puppet.hear_flight(&drain(&mut subject));
        let exchange = puppet.client_key_exchange();
        puppet.transcript.extend_from_slice(&exchange);
        puppet.derive();
        let mut records = crumbs(&mut puppet, &exchange, size);
        records.extend(puppet.change_cipher_spec());
        let finished = puppet.finished();
        puppet.transcript.extend_from_slice(&finished);
        puppet.verify_data[0] = finished[4..].to_vec();
        records.extend(crumbs(&mut puppet, &finished, size));
        feed(&mut subject, &records);
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
        puppet.hear_flight(&drain(&mut subject));
        data_flows(&mut subject, &mut puppet);
    }
}

/// The bytes of a whole connection one by one, however they come.
#[test]
fn records_that_come_byte_by_byte() {
    for round in ROUNDS {
        let (mut subject, mut puppet) = client_at(Stage::ServerHello, round);
        let flight = first_flight(&mut puppet);
        for byte in crumbs(&mut puppet, &flight, 50) {
            feed(&mut subject, &[byte]);
            assert_eq!(run(&mut subject), Ok(Want::Incoming));
        }
        puppet.hear_flight(&drain(&mut subject));
        let last = [puppet.change_cipher_spec(), puppet.say_finished()].concat();
        for byte in last {
            feed(&mut subject, &[byte]);
            assert_eq!(run(&mut subject), Ok(Want::Incoming));
        }
        data_flows(&mut subject, &mut puppet);
    }
}

#[test]
fn a_message_behind_the_hello_done_that_only_later_records_could_explain() {
    for round in ROUNDS {
        let (mut subject, mut puppet) = client_at(Stage::ServerHello, round);
        let flight = [first_flight(&mut puppet), std::vec![20, 0, 0, 12]].concat();
        let records = crumbs(&mut puppet, &flight, 10_000);
        feed(&mut subject, &records);
        assert_eq!(run(&mut subject), Err(PeerMisbehaved::KeyChangeInsideRecord.into()));
    }
}

#[test]
fn empty_records_of_a_handshake() {
    for (stage, round) in super::played_server::STAGES.into_iter().flat_map(|s| ROUNDS.map(|r| (s, r))) {
        for kind in [HANDSHAKE, ContentType::ALERT, ContentType::CHANGE_CIPHER_SPEC] {
            let (mut subject, mut puppet) = client_at(stage, round);
            let record = puppet.record(kind, b"");
            refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
        }
    }
}

#[test]
fn a_message_that_is_too_long_is_refused_by_its_header() {
    let limit = crate::limits::DEFAULT_HANDSHAKE_MESSAGE;
    for (kind, stage) in [(2, Stage::ServerHello), (11, Stage::Certificate), (12, Stage::ServerKeyExchange)] {
        for round in ROUNDS {
            let (mut subject, mut puppet) = client_at(stage, round);
            let length = limit - 3;
            let header = [kind, 0, (length >> 8) as u8, length as u8];
            let record = puppet.record(HANDSHAKE, &header);
            let error = LimitExceeded::HandshakeMessage { length: (limit + 1).into() };
            refuses(&mut subject, &mut puppet, &record, error);
        }
    }
}

#[test]
fn nothing_follows_the_end_of_a_flight_in_its_record() {
    let hello_request = message(HandshakeType::HELLO_REQUEST, &[]);
    let (mut subject, mut puppet) = client_at(Stage::ServerHello, Round::First);
    let flight = [first_flight(&mut puppet), hello_request.clone()].concat();
    let record = puppet.record(HANDSHAKE, &flight);
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::KeyChangeInsideRecord);

    let (mut subject, mut puppet) = client_at(Stage::Finished, Round::First);
    let finished = [puppet.finished(), hello_request].concat();
    let record = puppet.record(HANDSHAKE, &finished);
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::KeyChangeInsideRecord);

    let (mut subject, mut puppet) = server_at(played_client::Stage::ClientHello, Round::First);
    let hello = [puppet.client_hello().encode(), std::vec![HandshakeType::CLIENT_KEY_EXCHANGE.0, 0]].concat();
    let record = puppet.record(HANDSHAKE, &hello);
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::KeyChangeInsideRecord);
}
