//! Every state of a client x everything that a server may say.

use std::format;
use std::vec::Vec;

use super::super::puppet::message;
use super::super::subject::{Subject, drain, feed, refuses, run};
use super::played_server::{STAGES, Stage, certificate, certificate_request, client_at, server_hello_done};
use super::puppet::Puppet;
use super::{ROUNDS, Round};
use crate::Client;
use crate::connection::Want;
use crate::engine::Machine;
use crate::error::PeerMisbehaved;
use crate::wire::enums::{ContentType, HandshakeType};

/// What is legal at a stage, and the state that it leads to.
fn legal(stage: Stage, round: Round) -> &'static [(HandshakeType, &'static str)] {
    use HandshakeType as T;
    const IDLE: HandshakeType = HandshakeType::HELLO_REQUEST;
    match stage {
        Stage::ServerHello if round == Round::First => {
            &[(T::SERVER_HELLO, "Tls12(WaitCertificate("), (IDLE, "WaitServerHello(")]
        }
        Stage::ServerHello => {
            &[(T::SERVER_HELLO, "Tls12(WaitCertificate("), (IDLE, "Tls12(WaitServerHello(")]
        }
        Stage::Certificate => {
            &[(T::CERTIFICATE, "Tls12(WaitServerKeyExchange("), (IDLE, "Tls12(WaitCertificate(")]
        }
        Stage::ServerKeyExchange => &[
            (T::SERVER_KEY_EXCHANGE, "Tls12(WaitServerHelloDoneOrRequest("),
            (IDLE, "Tls12(WaitServerKeyExchange("),
        ],
        Stage::HelloDoneOrRequest => &[
            (T::CERTIFICATE_REQUEST, "Tls12(WaitServerHelloDone("),
            (T::SERVER_HELLO_DONE, "Tls12(WaitChangeCipherSpec("),
            (IDLE, "Tls12(WaitServerHelloDoneOrRequest("),
        ],
        Stage::HelloDone => {
            &[(T::SERVER_HELLO_DONE, "Tls12(WaitChangeCipherSpec("), (IDLE, "Tls12(WaitServerHelloDone(")]
        }
        Stage::ChangeCipherSpec => &[(IDLE, "Tls12(WaitChangeCipherSpec(")],
        Stage::Finished => &[(T::FINISHED, "Tls12(Connected(")],
        Stage::Connected => &[(IDLE, "Tls12(WaitServerHello(")],
    }
}

/// A message of this type that is well-formed, where there can be one.
fn well_formed(kind: HandshakeType, puppet: &mut Puppet) -> Vec<u8> {
    match kind {
        HandshakeType::HELLO_REQUEST => message(kind, &[]),
        HandshakeType::SERVER_HELLO => puppet.server_hello().encode(),
        HandshakeType::NEW_SESSION_TICKET => message(kind, &[0, 0, 1, 0, 0, 2, 8, 8]),
        HandshakeType::CERTIFICATE => certificate(),
        HandshakeType::SERVER_KEY_EXCHANGE => puppet.server_key_exchange(),
        HandshakeType::CERTIFICATE_REQUEST => certificate_request(),
        HandshakeType::SERVER_HELLO_DONE => server_hello_done(),
        HandshakeType::FINISHED => puppet.finished(),
        HandshakeType::KEY_UPDATE => message(kind, &[0]),
        _ => message(kind, &[0; 4]),
    }
}

/// Every type that has a name, and two that have none: those are all alike.
pub(super) fn types() -> impl Iterator<Item = HandshakeType> {
    let unknown = [3, 255].map(HandshakeType);
    (0..=255).map(HandshakeType).filter(move |kind| kind.name().is_some() || unknown.contains(kind))
}

/// The state's name and what it is in.
pub(super) fn is_in<S: core::fmt::Debug>(state: &S, name: &str) -> bool {
    format!("{state:?}").starts_with(name)
}

fn says(stage: Stage, round: Round, kind: HandshakeType) {
    let (mut subject, mut puppet) = client_at(stage, round);
    let message = well_formed(kind, &mut puppet);
    let record = puppet.record(ContentType::HANDSHAKE, &message);
    match legal(stage, round).iter().find(|(legal, _)| *legal == kind) {
        Some((_, next)) => {
            feed(&mut subject, &record);
            assert_eq!(run(&mut subject), Ok(Want::Incoming), "{kind:?} at {stage:?} {round:?}");
            let state = &subject.engine.state;
            assert!(is_in(state, next), "{kind:?} at {stage:?} {round:?}: {state:?}");
        }
        None => refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage),
    }
}

#[test]
fn legal_messages_move_every_state_on_and_all_others_end_the_connection() {
    for stage in STAGES {
        for kind in types() {
            ROUNDS.into_iter().for_each(|round| says(stage, round, kind));
        }
    }
}

#[test]
fn the_table_says_the_same_of_all_types() {
    for (stage, round) in STAGES.into_iter().flat_map(|stage| ROUNDS.map(|round| (stage, round))) {
        let (subject, _) = client_at(stage, round);
        for kind in (0..=255).map(HandshakeType) {
            let legal = legal(stage, round).iter().any(|(legal, _)| *legal == kind);
            let accepts = <Client>::accepts(&subject.engine.state, kind);
            assert_eq!(accepts, legal, "{kind:?} at {stage:?} {round:?}");
        }
    }
}

#[test]
fn a_change_cipher_spec_moves_one_state_on_and_ends_the_connection_in_all_others() {
    for (stage, round) in STAGES.into_iter().flat_map(|stage| ROUNDS.map(|round| (stage, round))) {
        let (mut subject, mut puppet) = client_at(stage, round);
        let record = puppet.record(ContentType::CHANGE_CIPHER_SPEC, &[1]);
        match (stage, round) {
            (Stage::ChangeCipherSpec, _) => {
                feed(&mut subject, &record);
                assert_eq!(run(&mut subject), Ok(Want::Incoming));
                assert!(is_in(&subject.engine.state, "Tls12(WaitFinished("));
            }
            // A server of TLS 1.3 may send one there, which says nothing (RFC 8446, section 5).
            (Stage::ServerHello, Round::First) => stays(&mut subject, &record, "WaitServerHello("),
            _ => refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage),
        }
    }
}

fn stays(subject: &mut Subject<Client>, record: &[u8], state: &str) {
    feed(subject, record);
    assert_eq!(run(subject), Ok(Want::Incoming));
    assert!(is_in(&subject.engine.state, state));
    assert!(!subject.engine.channel.read.is_active(), "and no key changes");
}

#[test]
fn data_is_taken_between_handshakes_and_in_a_renegotiation_up_to_the_change_of_keys() {
    for (stage, round) in STAGES.into_iter().flat_map(|stage| ROUNDS.map(|round| (stage, round))) {
        let (mut subject, mut puppet) = client_at(stage, round);
        let record = puppet.record(ContentType::APPLICATION_DATA, b"data");
        let between = stage == Stage::Connected || (round == Round::Again && stage != Stage::Finished);
        if !between {
            refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
            continue;
        }
        feed(&mut subject, &record);
        let mut data = [0; 9];
        assert_eq!(subject.read_app_data(&mut data), Ok(4), "{stage:?} {round:?}");
        assert_eq!(&data[..4], b"data");
    }
}

#[test]
fn a_requested_certificate_is_answered_with_none() {
    for round in ROUNDS {
        let (mut subject, mut puppet) = client_at(Stage::HelloDone, round);
        feed(&mut subject, &puppet.say(&server_hello_done()));
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
        let heard = puppet.hear_flight(&drain(&mut subject));
        assert_eq!(heard[0].1, message(HandshakeType::CERTIFICATE, &[0, 0, 0]));
        let kinds = heard.iter().map(|(kind, content)| (*kind, content[0])).collect::<Vec<_>>();
        let (handshake, keys) = (ContentType::HANDSHAKE, ContentType::CHANGE_CIPHER_SPEC);
        assert_eq!(kinds, [(handshake, 11), (handshake, 16), (keys, 1), (handshake, 20)]);
    }
}
