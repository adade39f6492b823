//! KeyUpdate in full: by whom it is asked for, when it is answered, when it is due (RFC 8446, sections 4.6.3 and 5.5).

use std::vec::Vec;

use super::played_client::{self, server_at};
use super::played_server::{Stage, client_at, configured_client_at};
use super::puppet::{Puppet, message, split_record};
use super::subject::{Subject, drain, feed, refuses, run};
use crate::buffers::full_incoming;
use crate::config::ClientConfig;
use crate::connection::{UpdateKeysError, Want, WriteError};
use crate::engine::Role;
use crate::error::{LimitExceeded, PeerMisbehaved};
use crate::modes::{Completion, Modes};
use crate::wire::enums::{CipherSuite, ContentType, HandshakeType, KeyUpdateRequest};
use crate::{Client, limits};

const DATA: ContentType = ContentType::APPLICATION_DATA;
const ASKS: KeyUpdateRequest = KeyUpdateRequest::UPDATE_REQUESTED;
const TELLS: KeyUpdateRequest = KeyUpdateRequest::UPDATE_NOT_REQUESTED;

fn key_update(request: KeyUpdateRequest) -> (ContentType, Vec<u8>) {
    (ContentType::HANDSHAKE, message(HandshakeType::KEY_UPDATE, &[request.0]))
}

fn data(bytes: &[u8]) -> (ContentType, Vec<u8>) {
    (DATA, bytes.to_vec())
}

/// A client in use with this suite.
fn client_with(suite: CipherSuite) -> (Subject<Client>, Puppet) {
    configured(|config| config.common.cipher_suites.push(suite).unwrap())
}

fn configured(change: impl FnOnce(&mut ClientConfig)) -> (Subject<Client>, Puppet) {
    let mut config = ClientConfig::new();
    change(&mut config);
    let buffer = full_incoming(config.common.max_handshake_message);
    configured_client_at(Stage::Connected, config, buffer)
}

impl Puppet {
    /// Updates its own keys.
    fn updates(&mut self, request: KeyUpdateRequest) -> Vec<u8> {
        let (kind, message) = key_update(request);
        let record = self.record(kind, &message);
        self.writing.update(&mut self.provider, None).unwrap();
        record
    }

    /// Hears records under as many keys as it takes: a KeyUpdate among them changes the key.
    fn hears_updates(&mut self, mut bytes: &[u8]) -> Vec<(ContentType, Vec<u8>)> {
        let mut heard = Vec::new();
        while let Some((record, rest)) = split_record(bytes) {
            bytes = rest;
            let opened = self.hear(record).remove(0);
            if opened == key_update(ASKS) || opened == key_update(TELLS) {
                self.reading.update(&mut self.provider, None).unwrap();
            }
            heard.push(opened);
        }
        heard
    }
}

/// What it has sent, under whatever keys.
fn sent<R: Role>(subject: &mut Subject<R>, puppet: &mut Puppet) -> Vec<(ContentType, Vec<u8>)> {
    puppet.hears_updates(&drain(subject))
}

#[test]
fn a_request_is_answered_at_once_and_its_answer_asks_for_nothing() {
    let (mut subject, mut puppet) = client_at(Stage::Connected);
    for _ in 0..3 {
        feed(&mut subject, &puppet.updates(ASKS));
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
        assert_eq!(sent(&mut subject, &mut puppet), [key_update(TELLS)]);
        feed(&mut subject, &puppet.updates(TELLS));
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
        assert_eq!(sent(&mut subject, &mut puppet), []);
    }
    let (mut subject, mut puppet) = server_at(played_client::Stage::Connected);
    feed(&mut subject, &puppet.updates(ASKS));
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    assert_eq!(sent(&mut subject, &mut puppet), [key_update(TELLS)]);
}

/// Where records are drained, an answer waits for the next write or the next request: what is owed is one answer at most.
#[test]
fn a_further_request_waits_until_the_answer_that_is_owed_has_left() {
    let (mut subject, mut puppet) = configured(|config| config.common.completion = Completion::Drained);
    for (place, waits) in [Want::Incoming, Want::Outgoing, Want::Outgoing].into_iter().enumerate() {
        feed(&mut subject, &puppet.updates(ASKS));
        assert_eq!(run(&mut subject), Ok(waits));
        let expected = Vec::from_iter((place > 0).then(|| key_update(TELLS)));
        assert_eq!(sent(&mut subject, &mut puppet), expected);
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
    }
    let mut heard = Vec::new();
    while subject.write_app_data(b"data") == Err(WriteError::Blocked(Want::Outgoing)) {
        heard.extend(sent(&mut subject, &mut puppet));
    }
    assert_eq!(heard, [key_update(TELLS), data(b"data")]);
}

/// Both requests cross: each end answers the other's, with keys that are then the second new ones.
#[test]
fn both_ends_ask_at_once() {
    let (mut subject, mut puppet) = client_at(Stage::Connected);
    subject.update_keys(ASKS).unwrap();
    feed(&mut subject, &puppet.updates(ASKS));
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    assert_eq!(sent(&mut subject, &mut puppet), [key_update(ASKS), key_update(TELLS)]);
    feed(&mut subject, &puppet.updates(TELLS));
    feed(&mut subject, &puppet.record(DATA, b"data"));
    let mut read = [0; 8];
    assert_eq!(subject.read_app_data(&mut read), Ok(4));
    assert_eq!(subject.write_app_data(b"more"), Ok(4));
    assert_eq!(sent(&mut subject, &mut puppet), [data(b"more")]);
}

/// A long write in calls that each are complete with what is sealed is answered in its middle; one that is repeated until all
/// of it is complete goes on under its key, as in OpenSSL.
#[test]
fn a_request_in_the_middle_of_a_long_write_is_answered_behind_what_is_pending() {
    for modes in [Modes::ENABLE_PARTIAL_WRITE, Modes::empty()] {
        let (mut subject, mut puppet) = configured(|config| config.common.modes = modes);
        subject.set_max_send_fragment(1000);
        let content = Vec::from_iter((0..20_000_u32).map(|at| at.to_le_bytes()[0]));
        let (mut heard, mut written) = (Vec::new(), 0);
        while written < content.len() {
            match subject.write_app_data(&content[written..]) {
                Ok(count) => written += count,
                Err(error) => assert_eq!(error, WriteError::Blocked(Want::Outgoing)),
            }
            if heard.is_empty() {
                feed(&mut subject, &puppet.updates(ASKS));
                assert_eq!(run(&mut subject), Ok(Want::Incoming), "read while a write is pending");
            }
            heard.extend(sent(&mut subject, &mut puppet));
        }
        heard.extend(sent(&mut subject, &mut puppet));
        let place = heard.iter().position(|record| *record == key_update(TELLS)).unwrap();
        let partial = modes == Modes::ENABLE_PARTIAL_WRITE;
        assert!(place > 0 && (place + 1 < heard.len()) == partial, "{modes:?}");
        let carried = heard.into_iter().filter(|(kind, _)| *kind == DATA).flat_map(|(_, bytes)| bytes);
        assert_eq!(carried.collect::<Vec<_>>(), content);
    }
}

#[test]
fn a_key_update_may_come_in_fragments_that_end_its_record() {
    let (mut subject, mut puppet) = client_at(Stage::Connected);
    let (kind, update) = key_update(ASKS);
    for byte in update {
        feed(&mut subject, &puppet.record(kind, &[byte]));
        let result = run(&mut subject);
        assert_eq!(result, Ok(Want::Incoming));
    }
    puppet.writing.update(&mut puppet.provider, None).unwrap();
    assert_eq!(sent(&mut subject, &mut puppet), [key_update(TELLS)]);
    feed(&mut subject, &puppet.record(DATA, b"data"));
    assert_eq!(subject.read_app_data(&mut [0; 8]), Ok(4));
}

#[test]
fn the_old_key_opens_nothing_more() {
    let (mut subject, mut puppet) = client_at(Stage::Connected);
    let (kind, update) = key_update(TELLS);
    feed(&mut subject, &puppet.record(kind, &update));
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    let record = puppet.record(DATA, b"under the old key");
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::BadRecordMac);
}

#[test]
fn requests_are_counted_as_updates_are() {
    let (mut subject, mut puppet) = client_at(Stage::Connected);
    for _ in 0..limits::KEY_UPDATES {
        feed(&mut subject, &puppet.updates(ASKS));
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
        assert_eq!(sent(&mut subject, &mut puppet), [key_update(TELLS)]);
    }
    let last = puppet.updates(ASKS);
    refuses(&mut subject, &mut puppet, &last, LimitExceeded::KeyUpdates);
}

/// RFC 8446, section 5.5: AES-GCM wears out, ChaCha20-Poly1305 does not before its sequence numbers do.
#[test]
fn every_suite_has_its_limits() {
    for suite in [CipherSuite::TLS_AES_128_GCM_SHA256, CipherSuite::TLS_AES_256_GCM_SHA384] {
        assert_eq!(first_record(suite, limits::AES_GCM_UPDATE - 1), data(b"data"));
        assert_eq!(first_record(suite, limits::AES_GCM_UPDATE), key_update(TELLS));
    }
    let chacha = CipherSuite::TLS_CHACHA20_POLY1305_SHA256;
    for sequence in [limits::AES_GCM_UPDATE, limits::AES_GCM_RECORDS, limits::RECORDS - 2] {
        assert_eq!(first_record(chacha, sequence), data(b"data"));
    }
    let (mut subject, _) = client_with(chacha);
    subject.engine.channel.write.set_sequence(limits::RECORDS - 1);
    let worn = Err(WriteError::Failed(LimitExceeded::KeyUsage.into()));
    assert_eq!(subject.write_app_data(b"data"), worn);
}

/// What stands first where data is written with a key that has protected so many records.
fn first_record(suite: CipherSuite, sequence: u64) -> (ContentType, Vec<u8>) {
    let (mut subject, mut puppet) = client_with(suite);
    subject.engine.channel.write.set_sequence(sequence);
    puppet.reading.set_sequence(sequence);
    assert_eq!(subject.write_app_data(b"data"), Ok(4));
    sent(&mut subject, &mut puppet).remove(0)
}

/// A peer that has used its key much is asked for another, once, and asked again if the next is used as much.
#[test]
fn a_peer_is_asked_once_for_each_key() {
    let (mut subject, mut puppet) = client_at(Stage::Connected);
    for _ in 0..2 {
        subject.engine.channel.read.set_sequence(limits::AES_GCM_UPDATE - 1);
        puppet.writing.set_sequence(limits::AES_GCM_UPDATE - 1);
        for expected in [&[key_update(ASKS)][..], &[], &[]] {
            feed(&mut subject, &puppet.record(DATA, b"data"));
            assert_eq!(subject.read_app_data(&mut [0; 8]), Ok(4));
            assert_eq!(sent(&mut subject, &mut puppet), expected);
        }
        feed(&mut subject, &puppet.updates(TELLS));
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
    }
}

/// In the forms in place a key is as old as in those that copy.
#[test]
fn a_key_is_due_where_data_is_sealed_in_place() {
    let (mut subject, mut puppet) = client_at(Stage::Connected);
    subject.engine.channel.write.set_sequence(limits::AES_GCM_UPDATE);
    puppet.reading.set_sequence(limits::AES_GCM_UPDATE);
    subject.app_data_space().unwrap()[..4].copy_from_slice(b"data");
    assert_eq!(subject.app_data_filled(4), Ok(4));
    assert_eq!(sent(&mut subject, &mut puppet), [key_update(TELLS), data(b"data")]);
}

#[test]
fn keys_are_not_ours_to_update_while_a_write_is_pending() {
    let (mut subject, mut puppet) = configured(|config| config.common.completion = Completion::Drained);
    assert_eq!(subject.write_app_data(b"data"), Err(WriteError::Blocked(Want::Outgoing)));
    assert_eq!(subject.update_keys(ASKS), Err(UpdateKeysError::Blocked));
    assert_eq!(sent(&mut subject, &mut puppet), [data(b"data")]);
    assert_eq!(subject.write_app_data(b"data"), Ok(4));
    assert_eq!(subject.update_keys(ASKS), Ok(()));
}

#[test]
fn a_key_update_in_a_handshake_is_out_of_place() {
    for stage in [Stage::EncryptedExtensions, Stage::CertificateVerify, Stage::Finished] {
        let (mut subject, mut puppet) = client_at(stage);
        let (kind, update) = key_update(TELLS);
        let record = puppet.record(kind, &update);
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
    }
    let (mut subject, mut puppet) = server_at(played_client::Stage::Finished);
    let (kind, update) = key_update(TELLS);
    let record = puppet.record(kind, &update);
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
}
