//! HelloRequest, and renegotiations that are refused.

use std::vec::Vec;

use super::super::puppet::message;
use super::super::subject::{Hears, Subject, drain, feed, refuses, run};
use super::client_states::is_in;
use super::played_client::{self, configured_server_at, server_at, server_config};
use super::played_server::{STAGES, Stage, advance, client_at, client_config, configured_client_at, go_to};
use super::puppet::Puppet;
use super::{ROUNDS, Round};
use crate::Client;
use crate::config::{ClientConfig, Permission, Unwanted, Versions};
use crate::connection::{ReadError, Want, WriteError};
use crate::engine::Role;
use crate::error::{LimitExceeded, PeerIncompatible, PeerMisbehaved, Refused};
use crate::limits;
use crate::modes::{Completion, Modes};
use crate::wire::enums::{AlertDescription, ContentType, HandshakeType};

const DATA: ContentType = ContentType::APPLICATION_DATA;
const HANDSHAKE: ContentType = ContentType::HANDSHAKE;

fn hello_request() -> Vec<u8> {
    message(HandshakeType::HELLO_REQUEST, &[])
}

/// A refusal, which is a warning.
fn refusal() -> (ContentType, Vec<u8>) {
    (ContentType::ALERT, std::vec![1, AlertDescription::NO_RENEGOTIATION.0])
}

/// Data flows both ways under the keys that both have.
#[track_caller]
pub(super) fn data_flows<R: Role>(subject: &mut Subject<R>, puppet: &mut Puppet) {
    feed(subject, &puppet.record(DATA, b"to you"));
    let mut data = [0; 9];
    assert_eq!((subject.read_app_data(&mut data), &data[..6]), (Ok(6), &b"to you"[..]));
    assert_eq!(subject.write_app_data(b"to me"), Ok(5));
    assert_eq!(puppet.hear(&drain(subject)), [(DATA, b"to me".to_vec())]);
}

fn exported<R: Role>(subject: &mut Subject<R>) -> [u8; 16] {
    let mut out = [0; 16];
    subject.export_keying_material(b"EXPORTER-test", Some(b""), &mut out).unwrap();
    out
}

/// A client that renegotiates with nobody.
fn settled() -> ClientConfig {
    let mut config = client_config(Versions::Both);
    config.common.renegotiation.by_peer = Permission::Denied;
    config
}

#[test]
fn a_refused_one_leaves_the_connection_as_it_was() {
    let (mut subject, mut puppet) = configured_client_at(Stage::Connected, Round::First, settled());
    let secret = exported(&mut subject);
    for _ in 0..3 {
        feed(&mut subject, &puppet.record(HANDSHAKE, &hello_request()));
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
        assert_eq!(puppet.hear(&drain(&mut subject)), [refusal()]);
        assert!(is_in(&subject.engine.state, "Tls12(Connected("));
        assert_eq!(exported(&mut subject), secret);
        data_flows(&mut subject, &mut puppet);
    }
    // Our own wish is another thing.
    assert_eq!(subject.renegotiate(), Ok(()));
    go_to(Stage::Connected, &mut subject, &mut puppet);
    assert_ne!(exported(&mut subject), secret);
    data_flows(&mut subject, &mut puppet);
}

#[test]
fn a_refused_hello_leaves_the_connection_as_it_was() {
    let mut config = server_config(Versions::Both);
    config.common.renegotiation.by_peer = Permission::Denied;
    let (mut subject, mut puppet) =
        configured_server_at(played_client::Stage::Connected, Round::First, config);
    let secret = exported(&mut subject);
    let good = puppet.client_hello().encode();
    // Nobody looks into it.
    for hello in [good, message(HandshakeType::CLIENT_HELLO, b"not even a hello")] {
        feed(&mut subject, &puppet.record(HANDSHAKE, &hello));
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
        assert_eq!(puppet.hear(&drain(&mut subject)), [refusal()]);
        assert!(is_in(&subject.engine.state, "Tls12(Connected("));
        assert_eq!(exported(&mut subject), secret);
        data_flows(&mut subject, &mut puppet);
    }
    // A hello that the server has asked for is another thing, once.
    assert_eq!(subject.renegotiate(), Ok(()));
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    assert_eq!(puppet.hear(&drain(&mut subject)), [(HANDSHAKE, hello_request())]);
    played_client::go_to(played_client::Stage::Connected, &mut subject, &mut puppet);
    assert_ne!(exported(&mut subject), secret);
    data_flows(&mut subject, &mut puppet);
    let hello = puppet.client_hello().encode();
    feed(&mut subject, &puppet.record(HANDSHAKE, &hello));
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    assert_eq!(puppet.hear(&drain(&mut subject)), [refusal()]);
}

/// As [`settled`], which does this of it.
fn told(unwanted: Unwanted) -> ClientConfig {
    let mut config = settled();
    config.common.renegotiation.unwanted = unwanted;
    config
}

#[test]
fn a_client_may_be_told_to_fail() {
    let (mut subject, mut puppet) =
        configured_client_at(Stage::Connected, Round::First, told(Unwanted::Fail));
    let record = puppet.record(HANDSHAKE, &hello_request());
    refuses(&mut subject, &mut puppet, &record, Refused::Renegotiation);
}

/// Else it waits for the end of a write that is pending.
#[test]
fn while_a_write_is_pending_it_fails_only_where_we_are_told_to() {
    for (unwanted, expected) in
        [(Unwanted::Refuse, Ok(Want::Incoming)), (Unwanted::Fail, Err(Refused::Renegotiation.into()))]
    {
        let mut config = client_config(Versions::Both);
        config.common.renegotiation.unwanted = unwanted;
        config.common.completion = Completion::Drained;
        let (mut subject, mut puppet) = configured_client_at(Stage::Connected, Round::First, config);
        assert_eq!(subject.write_app_data(b"pending"), Err(WriteError::Blocked(Want::Outgoing)));
        feed(&mut subject, &puppet.record(HANDSHAKE, &hello_request()));
        assert_eq!(run(&mut subject), expected, "{unwanted:?}");
        let heard = puppet.hear(&drain(&mut subject));
        assert_eq!(heard[0], (ContentType::APPLICATION_DATA, b"pending".to_vec()));
        let alert = (ContentType::ALERT, std::vec![2, AlertDescription::NO_RENEGOTIATION.0]);
        assert_eq!(heard[1..], *Vec::from_iter(expected.is_err().then_some(alert)));
    }
}

#[test]
fn a_client_may_be_told_to_pass_it_over_and_knows_of_it() {
    let (mut subject, mut puppet) =
        configured_client_at(Stage::Connected, Round::First, told(Unwanted::Ignore));
    assert!(!subject.is_renegotiation_wished());
    for _ in 0..3 {
        feed(&mut subject, &puppet.record(HANDSHAKE, &hello_request()));
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
        assert!(drain(&mut subject).is_empty());
        assert!(subject.is_renegotiation_wished());
        data_flows(&mut subject, &mut puppet);
    }
    assert_eq!(subject.renegotiate(), Ok(()));
    go_to(Stage::Connected, &mut subject, &mut puppet);
    assert!(!subject.is_renegotiation_wished());
    data_flows(&mut subject, &mut puppet);
}

#[test]
fn behind_our_close_it_fails_only_where_we_are_told_to() {
    for (unwanted, expected) in [
        (Unwanted::Refuse, Ok(Want::Incoming)),
        (Unwanted::Ignore, Ok(Want::Incoming)),
        (Unwanted::Fail, Err(Refused::Renegotiation.into())),
    ] {
        let (mut subject, mut puppet) = configured_client_at(Stage::Connected, Round::First, told(unwanted));
        subject.close();
        drain(&mut subject);
        feed(&mut subject, &puppet.record(HANDSHAKE, &hello_request()));
        assert_eq!(run(&mut subject), expected, "{unwanted:?}");
        assert!(drain(&mut subject).is_empty(), "nothing comes behind a close_notify");
    }
}

#[test]
fn a_server_answers_a_hello_that_it_may_not_let_in() {
    for (unwanted, expected) in
        [(Unwanted::Ignore, Ok(Want::Incoming)), (Unwanted::Fail, Err(Refused::Renegotiation.into()))]
    {
        let mut config = server_config(Versions::Both);
        config.common.renegotiation.by_peer = Permission::Denied;
        config.common.renegotiation.unwanted = unwanted;
        let (mut subject, mut puppet) =
            configured_server_at(played_client::Stage::Connected, Round::First, config);
        let hello = puppet.client_hello().encode();
        feed(&mut subject, &puppet.record(HANDSHAKE, &hello));
        assert_eq!(run(&mut subject), expected, "{unwanted:?}");
        let level = if expected.is_ok() { 1 } else { 2 };
        let alert = std::vec![level, AlertDescription::NO_RENEGOTIATION.0];
        assert_eq!(puppet.hear(&drain(&mut subject)), [(ContentType::ALERT, alert)]);
    }
}

#[test]
fn tls_unique_is_the_first_finished_of_the_last_handshake() {
    for round in ROUNDS {
        let (subject, puppet) = client_at(Stage::Connected, round);
        assert_eq!(subject.tls_unique(), Some(&puppet.verify_data[0][..]), "{round:?}");
        let (subject, _) = client_at(Stage::Finished, round);
        assert_eq!(subject.tls_unique(), None, "{round:?}");
    }
}

#[test]
fn a_flood_of_refused_ones_ends_the_connection() {
    let (mut subject, mut puppet) = configured_client_at(Stage::Connected, Round::First, settled());
    for round in 0..2 {
        for _ in 0..limits::REFUSED_RENEGOTIATIONS {
            feed(&mut subject, &puppet.record(HANDSHAKE, &hello_request()));
            assert_eq!(run(&mut subject), Ok(Want::Incoming));
        }
        puppet.hear(&drain(&mut subject));
        if round == 0 {
            data_flows(&mut subject, &mut puppet);
        }
    }
    let record = puppet.record(HANDSHAKE, &hello_request());
    refuses(&mut subject, &mut puppet, &record, LimitExceeded::Renegotiations);

    let mut config = server_config(Versions::Both);
    config.common.renegotiation.by_peer = Permission::Denied;
    let (mut subject, mut puppet) =
        configured_server_at(played_client::Stage::Connected, Round::First, config);
    let hello = puppet.client_hello().encode();
    for _ in 0..limits::REFUSED_RENEGOTIATIONS {
        feed(&mut subject, &puppet.record(HANDSHAKE, &hello));
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
    }
    puppet.hear(&drain(&mut subject));
    let record = puppet.record(HANDSHAKE, &hello);
    refuses(&mut subject, &mut puppet, &record, LimitExceeded::Renegotiations);
}

/// The peer may ask as often as it likes: what it does not read is owed once.
#[test]
fn refusals_that_do_not_leave_do_not_pile_up() {
    let (mut subject, mut puppet) = configured_client_at(Stage::Connected, Round::First, settled());
    drop(subject.detach_outgoing());
    for _ in 0..limits::REFUSED_RENEGOTIATIONS {
        feed(&mut subject, &puppet.record(HANDSHAKE, &hello_request()));
        assert!(matches!(run(&mut subject), Ok(Want::Incoming)));
    }
    assert_eq!(puppet.hear(&drain(&mut subject)).len(), 1);
}

#[test]
fn a_peer_renegotiates_no_oftener_than_it_may() {
    for limit in [None, Some(2)] {
        let mut config = client_config(Versions::Both);
        assert_eq!(config.common.renegotiation.limit, limits::RENEGOTIATIONS, "by default");
        config.common.renegotiation.limit = limit.unwrap_or(limits::RENEGOTIATIONS);
        let (mut subject, mut puppet) = configured_client_at(Stage::Connected, Round::First, config);
        for _ in 0..limit.unwrap_or(limits::RENEGOTIATIONS) {
            feed(&mut subject, &puppet.record(HANDSHAKE, &hello_request()));
            go_to(Stage::Connected, &mut subject, &mut puppet);
            data_flows(&mut subject, &mut puppet);
        }
        feed(&mut subject, &puppet.record(HANDSHAKE, &hello_request()));
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
        assert_eq!(puppet.hear(&drain(&mut subject)), [refusal()]);
    }

    let mut config = server_config(Versions::Both);
    config.common.renegotiation.limit = 1;
    let (mut subject, mut puppet) =
        configured_server_at(played_client::Stage::Connected, Round::Again, config);
    let hello = puppet.client_hello().encode();
    feed(&mut subject, &puppet.record(HANDSHAKE, &hello));
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    assert_eq!(puppet.hear(&drain(&mut subject)), [refusal()]);
}

/// RFC 5246, section 7.4.1.1: it is no part of the handshake that it comes in.
#[test]
fn one_in_a_handshake_says_nothing_and_is_not_hashed() {
    for round in ROUNDS {
        let (mut subject, mut puppet) = client_at(Stage::ServerHello, round);
        for stage in STAGES.into_iter().filter(|stage| ![Stage::HelloDone, Stage::Connected].contains(stage))
        {
            if stage < Stage::Finished {
                feed(&mut subject, &puppet.record(HANDSHAKE, &hello_request()));
                assert_eq!(run(&mut subject), Ok(Want::Incoming));
                assert!(drain(&mut subject).is_empty(), "{stage:?}");
            }
            advance(&mut subject, &mut puppet, stage);
        }
        data_flows(&mut subject, &mut puppet);
    }
}

#[test]
fn in_a_handshake_there_are_not_many() {
    for stage in [Stage::ServerHello, Stage::Certificate, Stage::ChangeCipherSpec] {
        for round in ROUNDS {
            let (mut subject, mut puppet) = client_at(stage, round);
            for _ in 0..limits::IDLE_HELLO_REQUESTS {
                feed(&mut subject, &puppet.record(HANDSHAKE, &hello_request()));
                assert_eq!(run(&mut subject), Ok(Want::Incoming));
            }
            let record = puppet.record(HANDSHAKE, &hello_request());
            refuses(&mut subject, &mut puppet, &record, LimitExceeded::Renegotiations);
        }
    }
}

/// The first begins a handshake, the others come in the middle of it.
#[test]
fn a_flood_of_allowed_ones_ends_the_connection() {
    let (mut subject, mut puppet) = client_at(Stage::Connected, Round::First);
    let many = hello_request().repeat(usize::from(limits::IDLE_HELLO_REQUESTS) + 2);
    feed(&mut subject, &puppet.record(HANDSHAKE, &many));
    assert_eq!(run(&mut subject), Err(LimitExceeded::Renegotiations.into()));
    let heard = puppet.hear(&drain(&mut subject));
    assert_eq!(heard.len(), 2, "a hello and the alert");
    assert_eq!(heard[1], (ContentType::ALERT, std::vec![2, AlertDescription::UNEXPECTED_MESSAGE.0]));
}

#[test]
fn one_with_a_body() {
    let spoilt = message(HandshakeType::HELLO_REQUEST, &[0]);
    for stage in STAGES.into_iter().filter(|stage| ![Stage::ServerHello, Stage::Finished].contains(stage)) {
        for round in ROUNDS {
            let (mut subject, mut puppet) = client_at(stage, round);
            let record = puppet.record(HANDSHAKE, &spoilt);
            refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::Malformed);
        }
    }
    // Where it is refused anyway, too.
    let (mut subject, mut puppet) = configured_client_at(Stage::Connected, Round::First, settled());
    let record = puppet.record(HANDSHAKE, &spoilt);
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::Malformed);
}

#[test]
fn a_client_asks_for_nothing() {
    for round in ROUNDS {
        for stage in played_client::STAGES {
            let (mut subject, mut puppet) = server_at(stage, round);
            let record = puppet.record(HANDSHAKE, &hello_request());
            refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
        }
    }
}

/// As in OpenSSL: who asked for a renegotiation had a reason.
#[test]
fn a_peer_that_says_no_loses_the_connection() {
    let no = [1, AlertDescription::NO_RENEGOTIATION.0];
    for stage in [Stage::ServerHello, Stage::Certificate, Stage::Connected] {
        let (mut subject, mut puppet) = client_at(stage, Round::Again);
        let record = puppet.record(ContentType::ALERT, &no);
        refuses(&mut subject, &mut puppet, &record, PeerIncompatible::Renegotiation);
    }
    let (mut subject, mut puppet) = server_at(played_client::Stage::Connected, Round::First);
    assert_eq!(subject.renegotiate(), Ok(()));
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    puppet.hear(&drain(&mut subject));
    let record = puppet.record(ContentType::ALERT, &no);
    refuses(&mut subject, &mut puppet, &record, PeerIncompatible::Renegotiation);
}

/// Of a client that wants one itself, though no other end may begin one.
#[test]
fn one_that_crosses_our_own_wish() {
    let mut config = settled();
    config.common.completion = Completion::Drained;
    let (mut subject, mut puppet) = configured_client_at(Stage::Connected, Round::First, config);
    assert_eq!(subject.write_app_data(b"data"), Err(WriteError::Blocked(Want::Outgoing)));
    assert_eq!(subject.renegotiate(), Ok(()));
    for _ in 0..2 {
        feed(&mut subject, &puppet.record(HANDSHAKE, &hello_request()));
        assert!(subject.read_app_data(&mut [0]).is_err());
    }
    assert_eq!(puppet.hear(&drain(&mut subject)), [(DATA, b"data".to_vec())], "and no refusal");
    assert_eq!(subject.write_app_data(b"data"), Ok(4));
    go_to(Stage::Connected, &mut subject, &mut puppet);
    // It was one handshake for all.
    assert!(!subject.is_renegotiation_pending());
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    assert!(drain(&mut subject).is_empty());
}

/// The first one begins what the second one asks for.
#[test]
fn two_in_one_read_ask_for_one() {
    for completion in [Completion::Sealed, Completion::Drained] {
        let mut config = client_config(Versions::Both);
        config.common.completion = completion;
        config.common.renegotiation.limit = 1;
        let (mut subject, mut puppet) = configured_client_at(Stage::Connected, Round::First, config);
        let requests = [hello_request(), hello_request()];
        feed(&mut subject, &requests.map(|request| puppet.record(HANDSHAKE, &request)).concat());
        go_to(Stage::Connected, &mut subject, &mut puppet);
        assert!(!subject.is_renegotiation_pending());
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
        assert!(drain(&mut subject).is_empty(), "neither a hello nor a refusal");
    }
}

/// R12: behind a close that was asked for nothing begins and nothing is refused. A read without `AUTO_RETRY` ends there,
/// whatever was read ahead.
#[test]
fn messages_behind_our_close_are_dropped() {
    for by_peer in [Permission::Denied, Permission::Granted] {
        let mut config = server_config(Versions::Both);
        config.common.completion = Completion::Drained;
        config.common.renegotiation.by_peer = by_peer;
        let (mut subject, mut puppet) =
            configured_server_at(played_client::Stage::Connected, Round::First, config);
        subject.clear_mode(Modes::AUTO_RETRY);
        assert_eq!(subject.write_app_data(b"data"), Err(WriteError::Blocked(Want::Outgoing)));
        subject.close();
        let hello = puppet.client_hello().encode();
        let ahead = [puppet.record(HANDSHAKE, &hello), puppet.record(DATA, b"ahead")].concat();
        feed(&mut subject, &ahead);
        assert_eq!(subject.read_app_data(&mut [0; 9]), Err(ReadError::Progress));
        assert_eq!(subject.read_app_data(&mut [0; 9]), Ok(5));
        assert!(is_in(&subject.engine.state, "Tls12(Connected("));
        assert_eq!(puppet.hear(&drain(&mut subject)), [(DATA, b"data".to_vec())]);
        assert_eq!(subject.write_app_data(b"data"), Ok(4));
        let close_notify = (ContentType::ALERT, std::vec![1, 0]);
        assert_eq!(puppet.hear(&drain(&mut subject)), [close_notify]);
    }
}

#[test]
fn one_behind_our_close_notify_says_nothing() {
    for config in [settled(), client_config(Versions::Both)] {
        let (mut subject, mut puppet): (Subject<Client>, _) =
            configured_client_at(Stage::Connected, Round::First, config);
        subject.close();
        puppet.hear(&drain(&mut subject));
        feed(&mut subject, &puppet.record(HANDSHAKE, &hello_request()));
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
        assert!(drain(&mut subject).is_empty());
        assert!(is_in(&subject.engine.state, "Tls12(Connected("));
    }
}
