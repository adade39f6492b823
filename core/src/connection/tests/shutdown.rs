//! Shutdown as the application sees it, in both completions.

use super::played_server::{Stage, client_at, configured_client_at};
use super::puppet::{Puppet, alert, message};
use super::subject::{Subject, drain, feed};
use crate::Client;
use crate::buffers::full_incoming;
use crate::config::ClientConfig;
use crate::connection::{Shutdown, ShutdownError, UpdateKeysError, Want, WriteError};
use crate::error::PeerMisbehaved;
use crate::modes::{Completion, Modes, UnexpectedEnd};
use crate::wire::enums::{AlertDescription, ContentType, HandshakeType, KeyUpdateRequest};

const DATA: ContentType = ContentType::APPLICATION_DATA;
const CLOSE_NOTIFY: [u8; 2] = [1, 0];

fn drained() -> (Subject<Client>, Puppet) {
    let mut config = ClientConfig::new();
    config.common.completion = Completion::Drained;
    let buffer = full_incoming(config.common.max_handshake_message);
    configured_client_at(Stage::Connected, config, buffer)
}

fn peer_closes(subject: &mut Subject<Client>, puppet: &mut Puppet) {
    let record = puppet.record(ContentType::ALERT, &CLOSE_NOTIFY);
    feed(subject, &record);
}

#[test]
fn drained_it_is_sent_once_it_has_left() {
    let (mut subject, mut puppet) = drained();
    assert_eq!(subject.shutdown(), Err(ShutdownError::Blocked(Want::Outgoing)));
    assert!(subject.is_closed() && !subject.is_peer_closed());
    assert_eq!(puppet.hear(&drain(&mut subject)), [(ContentType::ALERT, CLOSE_NOTIFY.to_vec())]);
    assert_eq!(subject.shutdown(), Ok(Shutdown::Sent));
    assert_eq!(subject.shutdown(), Err(ShutdownError::Blocked(Want::Incoming)));
    peer_closes(&mut subject, &mut puppet);
    assert_eq!(subject.shutdown(), Ok(Shutdown::Both));
    assert_eq!(subject.shutdown(), Ok(Shutdown::Both));
}

#[test]
fn sealed_it_is_sent_at_once() {
    let (mut subject, mut puppet) = client_at(Stage::Connected);
    assert_eq!(subject.shutdown(), Ok(Shutdown::Sent));
    peer_closes(&mut subject, &mut puppet);
    assert_eq!(subject.shutdown(), Ok(Shutdown::Both));
    assert_eq!(puppet.hear(&drain(&mut subject)), [(ContentType::ALERT, CLOSE_NOTIFY.to_vec())]);
}

#[test]
fn a_key_update_that_is_merely_owed_does_not_stand_before_close_notify() {
    let (mut subject, mut puppet) = drained();
    let update = message(HandshakeType::KEY_UPDATE, &[KeyUpdateRequest::UPDATE_REQUESTED.0]);
    feed(&mut subject, &puppet.record(ContentType::HANDSHAKE, &update));
    assert!(subject.read_app_data(&mut [0; 9]).is_err());
    assert_eq!(subject.shutdown(), Err(ShutdownError::Blocked(Want::Outgoing)));
    assert_eq!(puppet.hear(&drain(&mut subject)), [(ContentType::ALERT, CLOSE_NOTIFY.to_vec())]);
}

#[test]
fn it_waits_for_the_write_that_is_pending() {
    let (mut subject, mut puppet) = drained();
    subject.set_max_send_fragment(3);
    assert_eq!(subject.write_app_data(b"abcd"), Err(WriteError::Blocked(Want::Outgoing)));
    assert!(subject.is_write_pending());
    assert_eq!(subject.shutdown(), Err(ShutdownError::Blocked(Want::Outgoing)));
    assert_eq!(puppet.hear(&drain(&mut subject)), [(DATA, b"abc".to_vec())]);
    assert_eq!(subject.shutdown(), Err(ShutdownError::Blocked(Want::Outgoing)));
    assert_eq!(drain(&mut subject), b"", "the rest is the retry's to send");
    assert_eq!(subject.abandon_write(), 3);
    assert_eq!(puppet.hear(&drain(&mut subject)), [(ContentType::ALERT, CLOSE_NOTIFY.to_vec())]);
    assert_eq!(subject.shutdown(), Ok(Shutdown::Sent));
}

#[test]
fn a_key_update_that_was_asked_for_leaves_first() {
    let (mut subject, mut puppet) = drained();
    assert_eq!(subject.update_keys(KeyUpdateRequest::UPDATE_NOT_REQUESTED), Ok(()));
    assert_eq!(subject.shutdown(), Err(ShutdownError::Blocked(Want::Outgoing)));
    hears_key_update(&mut subject, &mut puppet, KeyUpdateRequest::UPDATE_NOT_REQUESTED);
    assert_eq!(subject.shutdown(), Err(ShutdownError::Blocked(Want::Outgoing)));
    assert_eq!(puppet.hear(&drain(&mut subject)), [(ContentType::ALERT, CLOSE_NOTIFY.to_vec())]);
    assert_eq!(subject.shutdown(), Ok(Shutdown::Sent));
}

#[test]
fn no_key_update_is_accepted_that_a_close_would_drop() {
    let (mut subject, mut puppet) = client_at(Stage::Connected);
    drop(subject.detach_outgoing());
    assert_eq!(subject.update_keys(KeyUpdateRequest::UPDATE_NOT_REQUESTED), Ok(()));
    let request = KeyUpdateRequest::UPDATE_REQUESTED;
    assert_eq!(subject.update_keys(request), Err(UpdateKeysError::Blocked), "no room behind the first");
    hears_key_update(&mut subject, &mut puppet, KeyUpdateRequest::UPDATE_NOT_REQUESTED);
    assert_eq!(subject.update_keys(request), Ok(()));
    subject.close();
    assert!(!subject.is_closing(), "close_notify is built");
    let sent = drain(&mut subject);
    let (update, close_notify) = sent.split_at(27);
    let message = message(HandshakeType::KEY_UPDATE, &[request.0]);
    assert_eq!(puppet.hear(update), [(ContentType::HANDSHAKE, message)]);
    puppet.reading.update(&mut puppet.provider, None).unwrap();
    assert_eq!(puppet.hear(close_notify), [(ContentType::ALERT, CLOSE_NOTIFY.to_vec())]);
}

fn hears_key_update(subject: &mut Subject<Client>, puppet: &mut Puppet, request: KeyUpdateRequest) {
    let update = message(HandshakeType::KEY_UPDATE, &[request.0]);
    assert_eq!(puppet.hear(&drain(subject)), [(ContentType::HANDSHAKE, update)]);
    puppet.reading.update(&mut puppet.provider, None).unwrap();
}

#[test]
fn data_before_the_peers_close_notify_stays_readable() {
    let (mut subject, mut puppet) = client_at(Stage::Connected);
    assert_eq!(subject.shutdown(), Ok(Shutdown::Sent));
    feed(&mut subject, &puppet.record(DATA, b"late"));
    peer_closes(&mut subject, &mut puppet);
    assert_eq!(subject.shutdown(), Err(ShutdownError::Unread));
    let mut out = [0; 9];
    assert_eq!((subject.read_app_data(&mut out), &out[..4]), (Ok(4), &b"late"[..]));
    assert_eq!(subject.shutdown(), Ok(Shutdown::Both));
}

#[test]
fn an_empty_record_is_no_data_to_read_first() {
    let (mut subject, mut puppet) = client_at(Stage::Connected);
    assert_eq!(subject.shutdown(), Ok(Shutdown::Sent));
    feed(&mut subject, &puppet.record(DATA, b""));
    peer_closes(&mut subject, &mut puppet);
    assert_eq!(subject.shutdown(), Ok(Shutdown::Both));
}

#[test]
fn what_is_no_close_notify_is_dealt_with_on_the_way() {
    let (mut subject, mut puppet) = client_at(Stage::Connected);
    assert_eq!(subject.shutdown(), Ok(Shutdown::Sent));
    subject.clear_mode(Modes::AUTO_RETRY);
    let update = message(HandshakeType::KEY_UPDATE, &[1]);
    feed(&mut subject, &puppet.record(ContentType::HANDSHAKE, &update));
    puppet.writing.update(&mut puppet.provider, None).unwrap();
    assert_eq!(subject.shutdown(), Err(ShutdownError::Progress));
    subject.set_mode(Modes::AUTO_RETRY);
    peer_closes(&mut subject, &mut puppet);
    assert_eq!(subject.shutdown(), Ok(Shutdown::Both));
    let sent = puppet.hear(&drain(&mut subject));
    assert_eq!(sent, [(ContentType::ALERT, CLOSE_NOTIFY.to_vec())], "no reply behind it");
}

#[test]
fn the_end_of_the_transport_is_what_the_connection_was_told_it_is() {
    for (meaning, result) in [
        (UnexpectedEnd::Fatal, Err(ShutdownError::Failed(PeerMisbehaved::Truncated.into()))),
        (UnexpectedEnd::Ignore, Ok(Shutdown::Both)),
    ] {
        let (mut subject, _) = client_at(Stage::Connected);
        subject.set_unexpected_end(meaning);
        assert_eq!(subject.shutdown(), Ok(Shutdown::Sent));
        subject.incoming_ended();
        assert_eq!(subject.shutdown(), result);
        assert_eq!(subject.shutdown(), result, "for ever");
    }
}

#[test]
fn a_failure_met_on_the_way_stays() {
    let (mut subject, mut puppet) = client_at(Stage::Connected);
    assert_eq!(subject.shutdown(), Ok(Shutdown::Sent));
    feed(&mut subject, &puppet.record(ContentType::ALERT, &alert(AlertDescription::DECODE_ERROR)));
    let failed = Err(ShutdownError::Failed(crate::Error::AlertReceived(AlertDescription::DECODE_ERROR)));
    assert_eq!([subject.shutdown(), subject.shutdown()], [failed, failed]);
}

#[test]
fn in_a_handshake_it_changes_nothing() {
    let (mut subject, _) = client_at(Stage::ServerHello);
    assert_eq!(subject.shutdown(), Err(ShutdownError::Handshaking));
    assert!(!subject.is_closed() && subject.is_handshaking());
}
