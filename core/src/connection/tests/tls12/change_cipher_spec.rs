//! change_cipher_spec where it does not belong, and Finished without it.

use std::vec::Vec;

use super::super::puppet::clear;
use super::super::subject::{drain, feed, refuses, run};
use super::played_client::{self, server_at};
use super::played_server::{STAGES, Stage, advance, client_at, client_config, configured_client_at};
use super::puppet::Puppet;
use super::{ROUNDS, Round};
use crate::config::Versions;
use crate::connection::Want;
use crate::error::PeerMisbehaved;
use crate::wire::enums::ContentType;

const HANDSHAKE: ContentType = ContentType::HANDSHAKE;
const CHANGE_CIPHER_SPEC: ContentType = ContentType::CHANGE_CIPHER_SPEC;

/// CVE-2014-0224: keys from a master secret that nobody has made yet.
#[test]
fn an_early_change_cipher_spec_and_a_finished_under_the_keys_of_nothing() {
    for stage in STAGES.into_iter().filter(|stage| *stage < Stage::ChangeCipherSpec).skip(1) {
        for round in ROUNDS {
            let (mut subject, mut puppet) = client_at(stage, round);
            let keys = puppet.change_cipher_spec();
            let finished = puppet.say_finished();
            refuses(&mut subject, &mut puppet, &[keys, finished].concat(), PeerMisbehaved::UnexpectedMessage);
        }
    }
    for round in ROUNDS {
        let (mut subject, mut puppet) = server_at(played_client::Stage::ClientKeyExchange, round);
        let keys = puppet.change_cipher_spec();
        let finished = puppet.say_finished();
        refuses(&mut subject, &mut puppet, &[keys, finished].concat(), PeerMisbehaved::UnexpectedMessage);
    }
}

#[test]
fn a_change_cipher_spec_before_the_hello() {
    // Where TLS 1.3 is out of the question nobody lets it pass.
    let config = client_config(Versions::Tls12);
    let (mut subject, mut puppet) = configured_client_at(Stage::ServerHello, Round::First, config);
    refuses(&mut subject, &mut puppet, &clear(CHANGE_CIPHER_SPEC, &[1]), PeerMisbehaved::UnexpectedMessage);
    // Where it is not, it says nothing, whatever comes of the handshake.
    let (mut subject, mut puppet) = client_at(Stage::ServerHello, Round::First);
    feed(&mut subject, &clear(CHANGE_CIPHER_SPEC, &[1]));
    for stage in STAGES.into_iter().filter(|stage| *stage != Stage::HelloDone) {
        advance(&mut subject, &mut puppet, stage);
    }
    assert!(!subject.is_handshaking());
    for versions in [Versions::Tls12, Versions::Both] {
        let config = played_client::server_config(versions);
        let at = played_client::Stage::ClientHello;
        let (mut subject, mut puppet) = played_client::configured_server_at(at, Round::First, config);
        refuses(
            &mut subject,
            &mut puppet,
            &clear(CHANGE_CIPHER_SPEC, &[1]),
            PeerMisbehaved::UnexpectedMessage,
        );
    }
}

#[test]
fn a_change_cipher_spec_in_the_middle_of_a_message() {
    // Two bytes of a message do not say yet how long it is, five of one are too few for it.
    for (stage, bytes) in [
        (Stage::Certificate, &[11, 0, 0, 9, 0][..]),
        (Stage::ServerKeyExchange, &[12, 0, 0, 9, 3]),
        (Stage::ChangeCipherSpec, &[20, 0]),
        (Stage::ChangeCipherSpec, &[0]),
    ] {
        for round in ROUNDS {
            let (mut subject, mut puppet) = client_at(stage, round);
            feed(&mut subject, &puppet.record(HANDSHAKE, bytes));
            assert_eq!(run(&mut subject), Ok(Want::Incoming));
            let record = puppet.record(CHANGE_CIPHER_SPEC, &[1]);
            refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
        }
    }
    for (stage, bytes) in [
        (played_client::Stage::ClientKeyExchange, &[16, 0, 0, 9, 3][..]),
        (played_client::Stage::ChangeCipherSpec, &[20, 0, 0]),
    ] {
        for round in ROUNDS {
            let (mut subject, mut puppet) = server_at(stage, round);
            feed(&mut subject, &puppet.record(HANDSHAKE, bytes));
            let record = puppet.record(CHANGE_CIPHER_SPEC, &[1]);
            refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
        }
    }
}

#[test]
fn a_finished_that_began_before_the_change_cipher_spec() {
    for round in ROUNDS {
        let (mut subject, mut puppet) = client_at(Stage::HelloDoneOrRequest, round);
        feed(&mut subject, &puppet.say(&super::played_server::server_hello_done()));
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
        puppet.hear_flight(&drain(&mut subject));
        feed(&mut subject, &puppet.record(HANDSHAKE, &[20, 0, 0]));
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
        let keys = puppet.change_cipher_spec();
        refuses(&mut subject, &mut puppet, &keys, PeerMisbehaved::UnexpectedMessage);
    }
}

#[test]
fn two_change_cipher_specs() {
    for round in ROUNDS {
        let (mut subject, mut puppet) = client_at(Stage::Finished, round);
        let again = puppet.record(CHANGE_CIPHER_SPEC, &[1]);
        refuses(&mut subject, &mut puppet, &again, PeerMisbehaved::UnexpectedMessage);
        let (mut subject, mut puppet) = client_at(Stage::Finished, round);
        refuses(&mut subject, &mut puppet, &clear(CHANGE_CIPHER_SPEC, &[1]), PeerMisbehaved::BadRecordMac);
        let (mut subject, mut puppet) = server_at(played_client::Stage::Finished, round);
        let again = puppet.record(CHANGE_CIPHER_SPEC, &[1]);
        refuses(&mut subject, &mut puppet, &again, PeerMisbehaved::UnexpectedMessage);
        let (mut subject, mut puppet) = server_at(played_client::Stage::Finished, round);
        refuses(&mut subject, &mut puppet, &clear(CHANGE_CIPHER_SPEC, &[1]), PeerMisbehaved::BadRecordMac);
    }
}

#[test]
fn a_change_cipher_spec_with_another_body() {
    for body in [&[][..], &[0], &[2], &[1, 1], &[1, 20, 0, 0, 12]] {
        for round in ROUNDS {
            let (mut subject, mut puppet) = client_at(Stage::ChangeCipherSpec, round);
            let record = puppet.record(CHANGE_CIPHER_SPEC, body);
            refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
            let (mut subject, mut puppet) = server_at(played_client::Stage::ChangeCipherSpec, round);
            let record = puppet.record(CHANGE_CIPHER_SPEC, body);
            refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
        }
    }
}

/// A Finished under the keys of before: none in a first handshake.
fn say_finished_early(puppet: &mut Puppet) -> Vec<u8> {
    let finished = puppet.finished();
    puppet.record(HANDSHAKE, &finished)
}

#[test]
fn a_finished_before_the_change_cipher_spec() {
    for round in ROUNDS {
        let (mut subject, mut puppet) = client_at(Stage::ChangeCipherSpec, round);
        let record = say_finished_early(&mut puppet);
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
        let (mut subject, mut puppet) = server_at(played_client::Stage::ChangeCipherSpec, round);
        let record = say_finished_early(&mut puppet);
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
    }
}

#[test]
fn a_finished_in_clear_or_under_the_keys_of_before_behind_the_change_cipher_spec() {
    for round in ROUNDS {
        let (mut subject, mut puppet) = client_at(Stage::ChangeCipherSpec, round);
        feed(&mut subject, &puppet.record(CHANGE_CIPHER_SPEC, &[1]));
        let record = say_finished_early(&mut puppet);
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::BadRecordMac);
        let (mut subject, mut puppet) = server_at(played_client::Stage::ChangeCipherSpec, round);
        feed(&mut subject, &puppet.record(CHANGE_CIPHER_SPEC, &[1]));
        let record = say_finished_early(&mut puppet);
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::BadRecordMac);
    }
}

#[test]
fn anything_in_clear_behind_the_change_cipher_spec() {
    for kind in [HANDSHAKE, ContentType::ALERT, ContentType::APPLICATION_DATA] {
        for (stage, round) in [Stage::Finished, Stage::Connected].into_iter().zip(ROUNDS) {
            let (mut subject, mut puppet) = client_at(stage, round);
            refuses(&mut subject, &mut puppet, &clear(kind, &[1, 0]), PeerMisbehaved::BadRecordMac);
        }
        let (mut subject, mut puppet) = server_at(played_client::Stage::Finished, Round::First);
        refuses(&mut subject, &mut puppet, &clear(kind, &[1, 0]), PeerMisbehaved::BadRecordMac);
    }
}

/// A Finished that is not the one, one that is too short and one that is too long.
fn spoilt_finished(puppet: &mut Puppet, which: usize) -> Vec<u8> {
    let mut finished = puppet.finished();
    match which {
        0 => finished[15] ^= 1,
        1 => finished.truncate(15),
        _ => finished.push(0),
    }
    finished[3] = finished.len() as u8 - 4;
    puppet.record(HANDSHAKE, &finished)
}

#[test]
fn a_finished_that_is_wrong() {
    for (which, round) in (0..3).flat_map(|which| ROUNDS.map(|round| (which, round))) {
        let (mut subject, mut puppet) = client_at(Stage::Finished, round);
        let record = spoilt_finished(&mut puppet, which);
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::BadFinished);
        let (mut subject, mut puppet) = server_at(played_client::Stage::Finished, round);
        let record = spoilt_finished(&mut puppet, which);
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::BadFinished);
    }
}

#[test]
fn a_finished_that_is_the_connections_own() {
    let (mut subject, mut puppet) = client_at(Stage::Finished, Round::First);
    let [own, _] = puppet.verify_data.clone();
    let record = puppet.record(HANDSHAKE, &[&[20, 0, 0, 12], &own[..]].concat());
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::BadFinished);
    // Nor is it the one of the handshake before.
    let (mut subject, mut puppet) = client_at(Stage::Finished, Round::Again);
    let [_, last] = puppet.verify_data.clone();
    let record = puppet.record(HANDSHAKE, &[&[20, 0, 0, 12], &last[..]].concat());
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::BadFinished);
}

#[test]
fn the_keys_change_once_for_each_handshake() {
    let (mut subject, mut puppet) = client_at(Stage::ChangeCipherSpec, Round::Again);
    let before = puppet.writing.clone().unwrap();
    advance(&mut subject, &mut puppet, Stage::ChangeCipherSpec);
    advance(&mut subject, &mut puppet, Stage::Finished);
    // What is sealed with the keys of before is not opened any more.
    puppet.writing = Some(before);
    let record = puppet.record(ContentType::APPLICATION_DATA, b"late");
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::BadRecordMac);
}
