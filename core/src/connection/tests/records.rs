//! The record layer of a connection: sizes, types, floods, limits of keys.

use std::vec::Vec;

use super::client_states::TICKET;
use super::played_client::{self, fresh_server, server_at};
use super::played_server::{STAGES, Stage, client_at, configured_client_at};
use super::puppet::{Puppet, alert, change_cipher_spec, clear, message};
use super::subject::{Subject, drain, feed, refuses, run};
use crate::Client;
use crate::config::ClientConfig;
use crate::connection::{Event, ReadError, Want};
use crate::error::{Error, LimitExceeded, PeerMisbehaved};
use crate::limits;
use crate::wire::enums::{AlertDescription, ContentType, HandshakeType, KeyUpdateRequest};

fn connected() -> (Subject<Client>, Puppet) {
    client_at(Stage::Connected)
}

/// The connection still reads what the peer writes.
#[track_caller]
fn reads_on(subject: &mut Subject<Client>, puppet: &mut Puppet) {
    feed(subject, &puppet.record(ContentType::APPLICATION_DATA, b"data"));
    let mut data = [0; 8];
    assert_eq!(subject.read_app_data(&mut data), Ok(4));
    assert_eq!(&data[..4], b"data");
}

#[test]
fn inner_plaintext_ends_at_two_to_the_fourteen_and_one() {
    let (mut subject, mut puppet) = connected();
    let mut inner = std::vec![0; limits::RECORD_SIZE_LIMIT];
    inner[limits::PLAINTEXT] = ContentType::APPLICATION_DATA.0;
    feed(&mut subject, &puppet.inner(&inner));
    let mut data = std::vec![9; limits::PLAINTEXT + 1];
    assert_eq!(subject.read_app_data(&mut data), Ok(limits::PLAINTEXT));
    // Padding counts.
    inner[0] = ContentType::APPLICATION_DATA.0;
    inner.push(0);
    let record = puppet.inner(&inner);
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::RecordOverflow);
}

#[test]
fn a_record_ends_at_two_to_the_fourteen_and_256() {
    let header = |length: usize| [23, 3, 3, (length >> 8) as u8, length as u8];
    let (mut subject, mut puppet) = connected();
    refuses(&mut subject, &mut puppet, &header(limits::CIPHERTEXT + 1), PeerMisbehaved::RecordOverflow);
    let (mut subject, mut puppet) = connected();
    feed(&mut subject, &header(limits::CIPHERTEXT));
    // The length is legal, and what is missing is that there is no room for it.
    let needed = limits::CIPHERTEXT + 5;
    assert!(subject.incoming.as_ref().unwrap().len() >= needed);
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    let content = std::vec![1; limits::CIPHERTEXT];
    refuses(&mut subject, &mut puppet, &content, PeerMisbehaved::BadRecordMac);
    // In clear 2^14 is the end.
    let (mut subject, mut puppet) = client_at(Stage::ServerHello);
    let header = [22, 3, 3, 0x40, 1];
    refuses(&mut subject, &mut puppet, &header, PeerMisbehaved::RecordOverflow);
}

#[test]
fn a_record_that_fits_no_buffer_says_what_would_do() {
    let (mut subject, mut puppet) = configured_client_at(Stage::Connected, ClientConfig::new(), 6144);
    let error = LimitExceeded::IncomingBuffer { needed: (5 + 6140).into() };
    refuses(&mut subject, &mut puppet, &[23, 3, 3, 0x17, 0xfc], error);
    let (mut subject, _) = configured_client_at(Stage::Connected, ClientConfig::new(), 6144);
    feed(&mut subject, &[23, 3, 3, 0x17, 0xfb]);
    assert_eq!(run(&mut subject), Ok(Want::Incoming), "6139 bytes fit");
}

#[test]
fn a_smaller_limit_that_was_told_is_kept() {
    let (mut subject, mut puppet) = configured_client_at(Stage::Connected, ClientConfig::new(), 6144);
    // As an answer of the server to record_size_limit sets it.
    let limit = 2059;
    subject.engine.channel.receive_limit = limit.into();
    let mut inner = std::vec![1; limit];
    *inner.last_mut().unwrap() = ContentType::APPLICATION_DATA.0;
    feed(&mut subject, &puppet.inner(&inner));
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    inner.push(0);
    let record = puppet.inner(&inner);
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::RecordOverflow);
}

#[test]
fn a_message_that_is_too_long_is_refused_by_its_header() {
    let limit = ClientConfig::new().common.max_handshake_message;
    let header = |length: usize| [11, 0, (length >> 8) as u8, length as u8];
    let (mut subject, mut puppet) = client_at(Stage::CertificateOrRequest);
    feed(&mut subject, &puppet.record(ContentType::HANDSHAKE, &header(limit - 4)));
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    let (mut subject, mut puppet) = client_at(Stage::CertificateOrRequest);
    let record = puppet.record(ContentType::HANDSHAKE, &header(limit - 3));
    refuses(
        &mut subject,
        &mut puppet,
        &record,
        LimitExceeded::HandshakeMessage { length: (limit + 1).into() },
    );
}

#[test]
fn a_record_of_zeros_has_no_type() {
    for stage in [Stage::EncryptedExtensions, Stage::Connected] {
        for length in [1, 5, limits::RECORD_SIZE_LIMIT] {
            let (mut subject, mut puppet) = client_at(stage);
            let record = puppet.inner(&std::vec![0; length]);
            refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
        }
    }
}

#[test]
fn only_application_data_may_be_empty() {
    for stage in STAGES {
        for kind in [ContentType::HANDSHAKE, ContentType::ALERT] {
            let (mut subject, mut puppet) = client_at(stage);
            let record = puppet.record(kind, b"");
            refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
        }
    }
}

#[test]
fn there_is_no_application_data_in_a_handshake() {
    for stage in STAGES.into_iter().filter(|stage| *stage != Stage::Connected) {
        for data in [&b""[..], b"x"] {
            let (mut subject, mut puppet) = client_at(stage);
            let record = puppet.record(ContentType::APPLICATION_DATA, data);
            refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
        }
    }
    let (mut subject, mut puppet) = server_at(played_client::Stage::Finished);
    let record = puppet.record(ContentType::APPLICATION_DATA, b"");
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
}

#[test]
fn a_message_is_not_interleaved_with_data() {
    let (mut subject, mut puppet) = connected();
    let ticket = message(HandshakeType::NEW_SESSION_TICKET, TICKET);
    feed(&mut subject, &puppet.record(ContentType::HANDSHAKE, &ticket[..6]));
    let record = puppet.record(ContentType::APPLICATION_DATA, b"x");
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
}

#[test]
fn types_that_do_not_exist_or_are_in_clear_are_refused() {
    for kind in [0, 19, 24, 26, 255].map(ContentType) {
        let (mut subject, mut puppet) = connected();
        let record = puppet.record(kind, b"x");
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
        let (mut subject, mut puppet) = connected();
        refuses(&mut subject, &mut puppet, &clear(kind, b"x"), PeerMisbehaved::UnexpectedMessage);
    }
    for (kind, stage) in [
        (ContentType::HANDSHAKE, Stage::EncryptedExtensions),
        (ContentType::ALERT, Stage::EncryptedExtensions),
        (ContentType::APPLICATION_DATA, Stage::ServerHello),
        (ContentType::HANDSHAKE, Stage::Connected),
    ] {
        let (mut subject, mut puppet) = client_at(stage);
        refuses(&mut subject, &mut puppet, &clear(kind, b"xx"), PeerMisbehaved::UnexpectedMessage);
    }
}

#[test]
fn a_record_must_be_authentic_and_longer_than_its_tag() {
    let (mut subject, mut puppet) = connected();
    let mut record = puppet.record(ContentType::APPLICATION_DATA, b"x");
    *record.last_mut().unwrap() ^= 1;
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::BadRecordMac);
    for length in [0, 15, 16] {
        let (mut subject, mut puppet) = connected();
        let record = clear(ContentType::APPLICATION_DATA, &std::vec![0; length]);
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::BadRecordMac);
    }
}

#[test]
fn an_alert_is_two_bytes_alone_in_its_record() {
    for content in [&[2][..], &[2, 40, 2], &[2, 40, 2, 40]] {
        let (mut subject, mut puppet) = connected();
        let record = puppet.record(ContentType::ALERT, content);
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::Malformed);
    }
}

#[test]
fn every_alert_but_two_is_an_error_whatever_its_level() {
    for level in [1, 2, 7] {
        for description in [AlertDescription::DECRYPT_ERROR, AlertDescription(200)] {
            let (mut subject, mut puppet) = connected();
            let record = puppet.record(ContentType::ALERT, &[level, description.0]);
            refuses(&mut subject, &mut puppet, &record, Error::AlertReceived(description));
        }
    }
}

#[test]
fn change_cipher_spec_is_one_byte_in_clear_within_the_handshake() {
    for stage in STAGES {
        for record in [
            clear(ContentType::CHANGE_CIPHER_SPEC, &[2]),
            clear(ContentType::CHANGE_CIPHER_SPEC, &[1, 1]),
            clear(ContentType::CHANGE_CIPHER_SPEC, &[]),
        ] {
            let (mut subject, mut puppet) = client_at(stage);
            refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
        }
        let (mut subject, mut puppet) = client_at(stage);
        if stage == Stage::Connected {
            refuses(&mut subject, &mut puppet, &change_cipher_spec(), PeerMisbehaved::UnexpectedMessage);
        } else {
            feed(&mut subject, &change_cipher_spec());
            assert_eq!(run(&mut subject), Ok(Want::Incoming));
        }
    }
    let (mut subject, mut puppet) = client_at(Stage::Finished);
    let record = puppet.record(ContentType::CHANGE_CIPHER_SPEC, &[1]);
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
}

#[test]
fn a_server_takes_change_cipher_spec_only_after_a_hello() {
    let mut puppet = Puppet::new(4);
    refuses(&mut fresh_server(), &mut puppet, &change_cipher_spec(), PeerMisbehaved::UnexpectedMessage);
    for stage in [played_client::Stage::SecondClientHello, played_client::Stage::Finished] {
        let (mut subject, _) = server_at(stage);
        feed(&mut subject, &change_cipher_spec());
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
    }
    let (mut subject, mut puppet) = server_at(played_client::Stage::Connected);
    refuses(&mut subject, &mut puppet, &change_cipher_spec(), PeerMisbehaved::UnexpectedMessage);
}

/// Feeds `limit` records that are passed over, then one too many.
#[track_caller]
fn floods(stage: Stage, limit: u8, error: LimitExceeded, record: impl Fn(&mut Puppet) -> Vec<u8>) {
    let (mut subject, mut puppet) = client_at(stage);
    for _ in 0..limit {
        feed(&mut subject, &record(&mut puppet));
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
    }
    let last = record(&mut puppet);
    refuses(&mut subject, &mut puppet, &last, error);
}

#[test]
fn floods_end_one_past_their_limit() {
    let user_canceled = alert(AlertDescription::USER_CANCELED);
    floods(Stage::ServerHello, limits::CHANGE_CIPHER_SPECS, LimitExceeded::ChangeCipherSpecs, |_| {
        change_cipher_spec()
    });
    floods(Stage::Connected, limits::EMPTY_RECORDS, LimitExceeded::EmptyRecords, |puppet| {
        puppet.record(ContentType::APPLICATION_DATA, b"")
    });
    for stage in [Stage::ServerHello, Stage::Finished, Stage::Connected] {
        floods(stage, limits::WARNING_ALERTS, LimitExceeded::WarningAlerts, |puppet| {
            puppet.record(ContentType::ALERT, &user_canceled)
        });
    }
    floods(Stage::Connected, limits::KEY_UPDATES, LimitExceeded::KeyUpdates, key_update);
}

/// A KeyUpdate that asks for nothing; the next record is under the new key.
fn key_update(puppet: &mut Puppet) -> Vec<u8> {
    let update = message(HandshakeType::KEY_UPDATE, &[0]);
    let record = puppet.record(ContentType::HANDSHAKE, &update);
    puppet.writing.update(&mut puppet.provider, None).unwrap();
    record
}

#[test]
fn data_between_them_makes_floods_harmless() {
    let (mut subject, mut puppet) = connected();
    for _ in 0..3 {
        for _ in 0..limits::KEY_UPDATES {
            feed(&mut subject, &key_update(&mut puppet));
            feed(&mut subject, &puppet.record(ContentType::APPLICATION_DATA, b""));
            assert_eq!(run(&mut subject), Ok(Want::Incoming));
        }
        reads_on(&mut subject, &mut puppet);
    }
}

#[test]
fn a_key_is_updated_before_it_is_used_up() {
    let (mut subject, mut puppet) = connected();
    for (sequence, expected) in [(limits::AES_GCM_UPDATE - 1, 1), (limits::AES_GCM_UPDATE, 2)] {
        subject.engine.channel.write.set_sequence(sequence);
        puppet.reading.set_sequence(sequence);
        assert_eq!(subject.write_app_data(b"data"), Ok(4));
        let bytes = drain(&mut subject);
        let (first, rest) = super::puppet::split_record(&bytes).unwrap();
        let mut heard = puppet.hear(first);
        if !rest.is_empty() {
            puppet.reading.update(&mut puppet.provider, None).unwrap();
            heard.extend(puppet.hear(rest));
        }
        assert_eq!(heard.len(), expected);
        let update = message(HandshakeType::KEY_UPDATE, &[KeyUpdateRequest::UPDATE_NOT_REQUESTED.0]);
        assert_eq!(heard[0] == (ContentType::HANDSHAKE, update), expected == 2);
        assert_eq!(heard[expected - 1], (ContentType::APPLICATION_DATA, b"data".to_vec()));
    }
    assert_eq!(subject.engine.channel.write.sequence(), 1, "the data is the first record of the new key");
}

#[test]
fn a_key_that_is_used_up_opens_nothing() {
    let (mut subject, mut puppet) = connected();
    let last = limits::AES_GCM_RECORDS - 1;
    subject.engine.channel.read.set_sequence(last);
    puppet.writing.set_sequence(last);
    reads_on(&mut subject, &mut puppet);
    // The peer was asked for a new key, and has none.
    let asked = message(HandshakeType::KEY_UPDATE, &[KeyUpdateRequest::UPDATE_REQUESTED.0]);
    assert_eq!(puppet.hear(&drain(&mut subject)), [(ContentType::HANDSHAKE, asked)]);
    puppet.reading.update(&mut puppet.provider, None).unwrap();
    puppet.writing.set_sequence(last);
    let record = puppet.record(ContentType::APPLICATION_DATA, b"data");
    refuses(&mut subject, &mut puppet, &record, LimitExceeded::KeyUsage);
}

#[test]
fn no_bytes_in_a_record_count_as_one() {
    let (mut subject, _) = connected();
    subject.set_max_send_fragment(0);
    assert_eq!(subject.app_data_space().map(|space| space.len()), Ok(1));
    assert_eq!(subject.app_data_filled(1), Ok(1));
    assert_eq!(subject.write_app_data(b"23"), Ok(2));
}

#[test]
fn a_key_that_is_used_up_seals_nothing() {
    let (mut subject, mut puppet) = connected();
    // Two records in one write, whose keys do not change in between.
    subject.engine.modes = crate::modes::Modes::empty();
    let last = limits::AES_GCM_RECORDS - 1;
    let mut config = ClientConfig::new();
    config.common.completion = crate::modes::Completion::Drained;
    *subject.config = config;
    subject.set_max_send_fragment(4);
    assert!(subject.write_app_data(b"12345678").is_err(), "a record waits");
    drop(drain(&mut subject));
    subject.engine.channel.write.set_sequence(last + 1);
    puppet.reading.set_sequence(last);
    let error = LimitExceeded::KeyUsage.into();
    assert_eq!(subject.write_app_data(b"12345678"), Err(crate::WriteError::Failed(error)));
    assert_eq!(drain(&mut subject), b"", "an alert can't be sealed either");
    assert_eq!(run(&mut subject), Err(error));
}

#[test]
fn after_close_notify_nothing_is_read() {
    let (mut subject, mut puppet) = connected();
    let close = puppet.record(ContentType::ALERT, &[1, 0]);
    let data = puppet.record(ContentType::APPLICATION_DATA, b"late");
    feed(&mut subject, &[&close[..], &data, b"GARBAGE"].concat());
    assert!(matches!(subject.next_event(), Ok(Event::PeerClosed)));
    assert!(matches!(subject.next_event(), Ok(Event::Want(Want::Nothing))));
    assert_eq!(subject.read_app_data(&mut [0; 8]), Err(ReadError::Closed));
    assert_eq!(subject.feed_incoming(&data), 0);
    // Our direction is still open.
    assert_eq!(subject.write_app_data(b"x"), Ok(1));
    let heard = puppet.hear(&drain(&mut subject));
    assert_eq!(heard, [(ContentType::APPLICATION_DATA, b"x".to_vec())]);
}

#[test]
fn an_end_without_close_notify_is_an_error() {
    for stage in STAGES {
        let (mut subject, mut puppet) = client_at(stage);
        subject.incoming_ended();
        refuses(&mut subject, &mut puppet, &[], PeerMisbehaved::Truncated);
    }
}
