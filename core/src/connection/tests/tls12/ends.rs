//! How a renegotiation meets data and the ends of a connection.

use super::super::puppet::alert;
use super::super::subject::{Hears, Subject, drain, feed, refuses, run};
use super::played_client::{self, server_at};
use super::played_server::{self, Stage, certificate, client_at};
use super::puppet::Puppet;
use super::{ROUNDS, Round};
use crate::connection::{Event, ReadError, Want, WriteError};
use crate::engine::Role;
use crate::error::{Error, PeerMisbehaved, Refused};
use crate::modes::UnexpectedEnd;
use crate::wire::enums::{AlertDescription, ContentType};

const DATA: ContentType = ContentType::APPLICATION_DATA;
const HANDSHAKE: ContentType = ContentType::HANDSHAKE;
const CLOSE_NOTIFY: [u8; 2] = [1, 0];

/// Every stage of a client in the middle of a handshake.
fn client_stages() -> impl Iterator<Item = Stage> {
    played_server::STAGES.into_iter().filter(|stage| *stage != Stage::Connected)
}

/// Every stage of a server in the middle of one.
const SERVER_STAGES: [played_client::Stage; 3] = [
    played_client::Stage::ClientKeyExchange,
    played_client::Stage::ChangeCipherSpec,
    played_client::Stage::Finished,
];

#[track_caller]
fn reads<R: Role>(subject: &mut Subject<R>, expected: &[u8]) {
    let mut data = [0; 99];
    let count = subject.read_app_data(&mut data);
    assert_eq!((count, &data[..expected.len()]), (Ok(expected.len()), expected));
}

/// In a renegotiation, where data may come otherwise, and before the first byte of a message still does.
#[test]
fn nothing_comes_between_the_fragments_of_a_message() {
    for data in [&b"between"[..], b""] {
        let (mut subject, mut puppet) = client_at(Stage::Certificate, Round::Again);
        feed(&mut subject, &puppet.record(DATA, b"before"));
        reads(&mut subject, b"before");
        feed(&mut subject, &puppet.record(HANDSHAKE, &certificate()[..9]));
        let record = puppet.record(DATA, data);
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);

        let (mut subject, mut puppet) = server_at(played_client::Stage::ClientKeyExchange, Round::Again);
        let message = puppet.client_key_exchange();
        feed(&mut subject, &puppet.record(HANDSHAKE, &message[..9]));
        let record = puppet.record(DATA, data);
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
    }
}

#[test]
fn nothing_comes_between_the_fragments_of_a_hello_request() {
    let (mut subject, mut puppet) = client_at(Stage::Connected, Round::First);
    feed(&mut subject, &puppet.record(HANDSHAKE, &[0, 0]));
    let record = puppet.record(DATA, b"between");
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
}

#[test]
fn data_between_fragments_of_a_first_handshake() {
    let (mut subject, mut puppet) = client_at(Stage::Certificate, Round::First);
    feed(&mut subject, &puppet.record(HANDSHAKE, &certificate()[..9]));
    let record = puppet.record(DATA, b"early");
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
    // Nor is there room for what says nothing.
    for stage in [Stage::Certificate, Stage::Finished] {
        let (mut subject, mut puppet) = client_at(stage, Round::First);
        let record = puppet.record(DATA, b"");
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
    }
}

#[track_caller]
fn peer_closes<R: Role>((mut subject, mut puppet): (Subject<R>, Puppet), stage: &dyn core::fmt::Debug) {
    feed(&mut subject, &puppet.record(ContentType::ALERT, &CLOSE_NOTIFY));
    assert!(matches!(subject.next_event(), Ok(Event::PeerClosed)), "{stage:?}");
    assert_eq!(run(&mut subject), Ok(Want::Nothing));
    assert_eq!(subject.read_app_data(&mut [0]), Err(ReadError::Closed));
    // The handshake can't end any more, and so nothing more can be said: but that.
    for _ in 0..2 {
        assert_eq!(subject.write_app_data(b"x"), Err(WriteError::Closed), "{stage:?}");
    }
    let heard = puppet.hear(&drain(&mut subject));
    assert_eq!(heard, [(ContentType::ALERT, CLOSE_NOTIFY.to_vec())], "{stage:?}");
}

#[test]
fn a_peer_closes_in_the_middle_of_a_renegotiation() {
    client_stages().for_each(|stage| peer_closes(client_at(stage, Round::Again), &stage));
    SERVER_STAGES.into_iter().for_each(|stage| peer_closes(server_at(stage, Round::Again), &stage));
}

#[test]
fn a_peer_closes_in_the_middle_of_a_first_handshake() {
    let error = Error::AlertReceived(AlertDescription::CLOSE_NOTIFY);
    for stage in client_stages() {
        let (mut subject, mut puppet) = client_at(stage, Round::First);
        let record = puppet.record(ContentType::ALERT, &CLOSE_NOTIFY);
        refuses(&mut subject, &mut puppet, &record, error);
    }
    for stage in SERVER_STAGES {
        let (mut subject, mut puppet) = server_at(stage, Round::First);
        let record = puppet.record(ContentType::ALERT, &CLOSE_NOTIFY);
        refuses(&mut subject, &mut puppet, &record, error);
    }
}

#[track_caller]
fn we_close<R: Role>((mut subject, mut puppet): (Subject<R>, Puppet), stage: &dyn core::fmt::Debug) {
    subject.close();
    let heard = puppet.hear(&drain(&mut subject));
    assert_eq!(heard, [(ContentType::ALERT, CLOSE_NOTIFY.to_vec())], "{stage:?}");
    assert_eq!(run(&mut subject), Ok(Want::Incoming), "{stage:?}");
    assert_eq!(subject.write_app_data(b"x"), Err(WriteError::Closed), "{stage:?}");
    // What was on its way arrives.
    feed(&mut subject, &puppet.record(DATA, b"on its way"));
    reads(&mut subject, b"on its way");
    feed(&mut subject, &puppet.record(ContentType::ALERT, &CLOSE_NOTIFY));
    assert_eq!(subject.read_app_data(&mut [0]), Err(ReadError::Closed), "{stage:?}");
    assert!(drain(&mut subject).is_empty());
}

#[test]
fn we_close_in_the_middle_of_a_renegotiation() {
    for stage in client_stages().filter(|stage| *stage != Stage::Finished) {
        we_close(client_at(stage, Round::Again), &stage);
    }
    for stage in SERVER_STAGES.into_iter().filter(|stage| *stage != played_client::Stage::Finished) {
        we_close(server_at(stage, Round::Again), &stage);
    }
}

/// Under new keys nothing counts that no Finished stands before, whoever has closed.
#[test]
fn we_close_between_the_change_of_keys_and_the_finished_behind_it() {
    let (mut subject, mut puppet) = client_at(Stage::Finished, Round::Again);
    subject.close();
    puppet.hear(&drain(&mut subject));
    let record = puppet.record(DATA, b"whose?");
    feed(&mut subject, &record);
    assert_eq!(run(&mut subject), Err(PeerMisbehaved::UnexpectedMessage.into()));

    let (mut subject, mut puppet) = server_at(played_client::Stage::Finished, Round::Again);
    subject.close();
    puppet.hear(&drain(&mut subject));
    let record = puppet.record(DATA, b"whose?");
    feed(&mut subject, &record);
    assert_eq!(run(&mut subject), Err(PeerMisbehaved::UnexpectedMessage.into()));

    let (mut subject, mut puppet) = client_at(Stage::Finished, Round::Again);
    subject.close();
    let mut finished = puppet.finished();
    finished[15] ^= 1;
    feed(&mut subject, &puppet.record(HANDSHAKE, &finished));
    assert_eq!(run(&mut subject), Err(PeerMisbehaved::BadFinished.into()));
}

#[test]
fn a_finished_behind_our_close_notify_lets_data_through() {
    let (mut subject, mut puppet) = client_at(Stage::Finished, Round::Again);
    subject.close();
    puppet.hear(&drain(&mut subject));
    feed(&mut subject, &puppet.say_finished());
    feed(&mut subject, &puppet.record(DATA, b"on its way"));
    reads(&mut subject, b"on its way");
    feed(&mut subject, &puppet.record(ContentType::ALERT, &CLOSE_NOTIFY));
    assert_eq!(subject.read_app_data(&mut [0]), Err(ReadError::Closed));

    let (mut subject, mut puppet) = server_at(played_client::Stage::Finished, Round::Again);
    subject.close();
    puppet.hear(&drain(&mut subject));
    feed(&mut subject, &puppet.say_finished());
    feed(&mut subject, &puppet.record(DATA, b"on its way"));
    reads(&mut subject, b"on its way");
    feed(&mut subject, &puppet.record(ContentType::ALERT, &CLOSE_NOTIFY));
    assert_eq!(subject.read_app_data(&mut [0]), Err(ReadError::Closed));
    assert!(drain(&mut subject).is_empty(), "nothing follows a close_notify");
}

/// A peer that has not met our close_notify goes on with its flight.
#[test]
fn messages_behind_our_close_notify_say_nothing() {
    let (mut subject, mut puppet) = client_at(Stage::ServerHello, Round::Again);
    subject.close();
    puppet.hear(&drain(&mut subject));
    for stage in [Stage::ServerHello, Stage::Certificate, Stage::ServerKeyExchange, Stage::HelloDoneOrRequest]
    {
        played_server::advance(&mut subject, &mut puppet, stage);
    }
    feed(&mut subject, &puppet.record(DATA, b"on its way"));
    reads(&mut subject, b"on its way");
    feed(&mut subject, &puppet.record(ContentType::ALERT, &CLOSE_NOTIFY));
    assert_eq!(subject.read_app_data(&mut [0]), Err(ReadError::Closed));
}

/// The client's half of the exchange was passed over: nothing can be read any more, and what comes may be more than an end.
#[test]
fn keys_that_we_can_not_have_end_what_can_be_read() {
    let (mut subject, mut puppet) = server_at(played_client::Stage::ClientKeyExchange, Round::Again);
    subject.close();
    puppet.hear(&drain(&mut subject));
    let exchange = puppet.client_key_exchange();
    feed(&mut subject, &puppet.say(&exchange));
    puppet.derive();
    feed(&mut subject, &puppet.change_cipher_spec());
    feed(&mut subject, &puppet.record(DATA, b"whose?"));
    assert_eq!(subject.read_app_data(&mut [0; 9]), Err(ReadError::Failed(PeerMisbehaved::Truncated.into())));
    assert!(drain(&mut subject).is_empty());
}

#[test]
fn the_peers_keys_change_behind_our_close_notify() {
    let (mut subject, mut puppet) = client_at(Stage::ChangeCipherSpec, Round::Again);
    subject.close();
    puppet.hear(&drain(&mut subject));
    feed(&mut subject, &puppet.record(DATA, b"before"));
    reads(&mut subject, b"before");
    feed(&mut subject, &[puppet.change_cipher_spec(), puppet.say_finished()].concat());
    feed(&mut subject, &puppet.record(DATA, b"on its way"));
    reads(&mut subject, b"on its way");

    let (mut subject, mut puppet) = server_at(played_client::Stage::ChangeCipherSpec, Round::Again);
    subject.close();
    puppet.hear(&drain(&mut subject));
    feed(&mut subject, &puppet.change_cipher_spec());
    let record = puppet.record(DATA, b"whose?");
    feed(&mut subject, &record);
    assert_eq!(run(&mut subject), Err(PeerMisbehaved::UnexpectedMessage.into()));
}

#[test]
fn we_close_in_the_middle_of_a_first_handshake() {
    for stage in client_stages() {
        let (mut subject, mut puppet) = client_at(stage, Round::First);
        subject.close();
        assert_eq!(run(&mut subject), Err(Refused::Closed.into()));
        assert_eq!(puppet.hear(&drain(&mut subject)), [(ContentType::ALERT, CLOSE_NOTIFY.to_vec())]);
    }
}

#[test]
fn the_transport_ends_in_the_middle_of_a_handshake() {
    for (stage, round) in client_stages().flat_map(|stage| ROUNDS.map(|round| (stage, round))) {
        let (mut subject, mut puppet) = client_at(stage, round);
        subject.incoming_ended();
        refuses(&mut subject, &mut puppet, &[], PeerMisbehaved::Truncated);
        // Where an end is as good as a close_notify it is one between handshakes and in those after the first.
        let (mut subject, mut puppet) = client_at(stage, round);
        subject.set_unexpected_end(UnexpectedEnd::Ignore);
        subject.incoming_ended();
        match round {
            Round::First => refuses(&mut subject, &mut puppet, &[], PeerMisbehaved::Truncated),
            Round::Again => assert!(matches!(subject.next_event(), Ok(Event::PeerClosed)), "{stage:?}"),
        }
    }
    for (stage, round) in SERVER_STAGES.into_iter().flat_map(|stage| ROUNDS.map(|round| (stage, round))) {
        let (mut subject, mut puppet) = server_at(stage, round);
        subject.incoming_ended();
        refuses(&mut subject, &mut puppet, &[], PeerMisbehaved::Truncated);
    }
}

#[test]
fn a_failure_in_a_renegotiation_is_told_under_the_keys_of_the_moment() {
    for stage in client_stages() {
        let (mut subject, mut puppet) = client_at(stage, Round::Again);
        let record = puppet.record(ContentType::ALERT, &alert(AlertDescription::INTERNAL_ERROR));
        refuses(&mut subject, &mut puppet, &record, Error::AlertReceived(AlertDescription::INTERNAL_ERROR));
    }
}
