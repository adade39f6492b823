//! What leaves of ours and in which order: lent room, key updates, close_notify; what a failure forgets.

use std::vec::Vec;

use super::played_client::Stage as ServerStage;
use super::played_client::server_at;
use super::played_server::{Stage, client_at, configured_client_at};
use super::puppet::{Puppet, message, split_record};
use super::subject::{Subject, client, drain, feed, refuses, run};
use crate::Client;
use crate::buffers::full_incoming;
use crate::config::ClientConfig;
use crate::connection::{ExportError, Want, WriteError};
use crate::error::PeerMisbehaved;
use crate::limits;
use crate::modes::Completion;
use crate::wire::enums::{ContentType, HandshakeType, KeyUpdateRequest};

const DATA: ContentType = ContentType::APPLICATION_DATA;
const HANDSHAKE: ContentType = ContentType::HANDSHAKE;
const CLOSE_NOTIFY: (ContentType, [u8; 2]) = (ContentType::ALERT, [1, 0]);

fn connected() -> (Subject<Client>, Puppet) {
    client_at(Stage::Connected)
}

fn drained() -> (Subject<Client>, Puppet) {
    let mut config = ClientConfig::new();
    config.common.completion = Completion::Drained;
    let buffer = full_incoming(config.common.max_handshake_message);
    configured_client_at(Stage::Connected, config, buffer)
}

fn fill(subject: &mut Subject<Client>, data: &[u8]) {
    subject.app_data_space().unwrap()[..data.len()].copy_from_slice(data);
}

fn key_update(request: KeyUpdateRequest) -> Vec<u8> {
    message(HandshakeType::KEY_UPDATE, &[request.0])
}

#[test]
fn lent_room_stays_where_it_is_while_other_bytes_leave() {
    let (mut subject, mut puppet) = connected();
    assert_eq!(subject.write_app_data(b"first"), Ok(5));
    fill(&mut subject, b"second");
    let mut sent = drain(&mut subject);
    assert_eq!(subject.app_data_filled(6), Ok(6));
    sent.extend(drain(&mut subject));
    assert_eq!(puppet.hear(&sent), [(DATA, b"first".to_vec()), (DATA, b"second".to_vec())]);
}

#[test]
fn a_key_update_does_not_overtake_lent_room() {
    let (mut subject, mut puppet) = connected();
    fill(&mut subject, b"data");
    let asked = puppet.record(HANDSHAKE, &key_update(KeyUpdateRequest::UPDATE_REQUESTED));
    feed(&mut subject, &asked);
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    assert!(subject.outgoing().is_empty());
    assert_eq!(subject.app_data_filled(4), Ok(4));
    let reply = key_update(KeyUpdateRequest::UPDATE_NOT_REQUESTED);
    assert_eq!(puppet.hear(&drain(&mut subject)), [(DATA, b"data".to_vec()), (HANDSHAKE, reply)]);
}

#[test]
fn another_write_gives_lent_room_up() {
    let (mut subject, mut puppet) = connected();
    fill(&mut subject, b"never");
    assert_eq!(subject.write_app_data(b"data"), Ok(4));
    assert_eq!(subject.app_data_filled(5), Ok(0));
    assert_eq!(puppet.hear(&drain(&mut subject)), [(DATA, b"data".to_vec())]);
}

#[test]
fn filling_what_was_not_lent_changes_nothing() {
    let (mut subject, mut puppet) = client_at(Stage::ServerHello);
    assert_eq!(subject.app_data_filled(1), Ok(0));
    drop((subject, puppet));
    (subject, puppet) = connected();
    assert_eq!(subject.app_data_filled(1), Ok(0));
    assert_eq!(subject.write_app_data(b"data"), Ok(4));
    assert_eq!(puppet.hear(&drain(&mut subject)), [(DATA, b"data".to_vec())]);
}

#[test]
fn a_buffer_of_which_room_is_lent_stays() {
    let (mut subject, _) = connected();
    fill(&mut subject, b"data");
    assert!(subject.detach_outgoing().is_none());
    assert_eq!(subject.app_data_filled(0), Ok(0));
    assert!(subject.detach_outgoing().is_some());
}

#[test]
fn no_room_is_lent_while_a_write_is_pending() {
    let (mut subject, _) = drained();
    assert_eq!(subject.write_app_data(b"data"), Err(WriteError::Blocked(Want::Outgoing)));
    drain(&mut subject);
    assert!(matches!(subject.app_data_space(), Err(WriteError::Refused(_))));
}

#[test]
fn close_notify_follows_a_key_update_at_once() {
    for (mut subject, mut puppet) in [connected(), drained()] {
        subject.update_keys(KeyUpdateRequest::UPDATE_REQUESTED).unwrap();
        subject.close();
        let sent = drain(&mut subject);
        let first = puppet.hear(&sent[..27]);
        assert_eq!(first, [(HANDSHAKE, key_update(KeyUpdateRequest::UPDATE_REQUESTED))]);
        assert_eq!(sent.len(), 27 + 24, "and close_notify under the next key");
        assert_eq!(subject.write_app_data(b"x"), Err(WriteError::Closed));
    }
}

#[test]
fn close_notify_follows_a_pending_write() {
    for (mut subject, mut puppet) in [connected(), drained()] {
        let data = std::vec![7; 10_000];
        assert_eq!(subject.write_app_data(&data), Err(WriteError::Blocked(Want::Outgoing)));
        subject.close();
        assert!(subject.is_closing());
        assert_eq!(
            subject.write_app_data(b"other"),
            Err(WriteError::Refused(crate::modes::write::WrongRetry::Shorter))
        );
        let mut heard = Vec::new();
        loop {
            heard.extend(puppet.hear(&drain(&mut subject)));
            match subject.write_app_data(&data) {
                Ok(count) => break assert_eq!(count, data.len()),
                Err(error) => assert_eq!(error, WriteError::Blocked(Want::Outgoing)),
            }
        }
        heard.extend(puppet.hear(&drain(&mut subject)));
        assert!(!subject.is_closing());
        let (last, records) = heard.split_last().unwrap();
        assert_eq!((last.0, &last.1[..]), (CLOSE_NOTIFY.0, &CLOSE_NOTIFY.1[..]));
        assert_eq!(records.iter().map(|(_, content)| content.len()).sum::<usize>(), data.len());
    }
}

#[test]
fn a_failed_connection_forgets_its_keys() {
    let (mut subject, mut puppet) = connected();
    refuses(
        &mut subject,
        &mut puppet,
        &[23, 3, 3, 0, 17, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        PeerMisbehaved::BadRecordMac,
    );
    assert!(!subject.engine.channel.read.is_active() && !subject.engine.channel.write.is_active());
    assert!(subject.engine.exporter.is_empty());
}

#[test]
fn nothing_is_exported_before_the_clients_finished() {
    let (mut subject, _) = server_at(ServerStage::Finished);
    assert_eq!(subject.export_keying_material(b"label", None, &mut [0; 16]), Err(ExportError::NotConnected));
    let (mut subject, _) = server_at(ServerStage::Connected);
    assert_eq!(subject.export_keying_material(b"label", None, &mut [0; 16]), Ok(()));
}

/// RFC 9266: the exporter with the label of its section 2, an empty context and 32 bytes.
#[test]
fn a_channel_is_bound_by_its_exporter() {
    let (mut subject, _) = server_at(ServerStage::Finished);
    assert_eq!(subject.tls_exporter(), Err(ExportError::NotConnected));
    let (mut subject, _) = connected();
    let mut exported = [0; 32];
    subject.export_keying_material(b"EXPORTER-Channel-Binding", Some(b""), &mut exported).unwrap();
    assert_eq!(subject.tls_exporter(), Ok(exported));
}

#[test]
fn a_first_hello_looks_like_tls_1_0_and_messages_are_not_split_into_crumbs() {
    let mut config = ClientConfig::new();
    config.common.max_send_fragment = 1;
    let mut subject = client(config, full_incoming(limits::DEFAULT_HANDSHAKE_MESSAGE));
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    let hello = drain(&mut subject);
    let (mut bytes, mut minor) = (&hello[..], 1);
    while let Some((record, rest)) = split_record(bytes) {
        assert_eq!(record[..3], [22, 3, minor]);
        let length = record.len() - 5;
        assert!(length <= limits::MIN_SEND_FRAGMENT, "{length}");
        assert!(rest.is_empty() || length == limits::MIN_SEND_FRAGMENT, "{length}");
        (bytes, minor) = (rest, 3);
    }
    assert!(bytes.is_empty());
}
