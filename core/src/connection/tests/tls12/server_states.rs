//! Every state of a server x everything that a client may say.

use std::vec::Vec;

use super::super::puppet::message;
use super::super::subject::{feed, refuses, run};
use super::client_states::{is_in, types};
use super::played_client::{STAGES, Stage, server_at};
use super::played_server::certificate;
use super::puppet::Puppet;
use super::{ROUNDS, Round};
use crate::Server;
use crate::connection::Want;
use crate::engine::Machine;
use crate::error::PeerMisbehaved;
use crate::wire::enums::{ContentType, HandshakeType};

/// What is legal at a stage, and the state that it leads to.
fn legal(stage: Stage) -> Option<(HandshakeType, &'static str)> {
    match stage {
        Stage::ClientHello | Stage::Connected => {
            Some((HandshakeType::CLIENT_HELLO, "Tls12(WaitClientKeyExchange("))
        }
        Stage::ClientKeyExchange => Some((HandshakeType::CLIENT_KEY_EXCHANGE, "Tls12(WaitChangeCipherSpec(")),
        Stage::ChangeCipherSpec => None,
        Stage::Finished => Some((HandshakeType::FINISHED, "Tls12(Connected(")),
    }
}

/// A message of this type that is well-formed, where there can be one.
fn well_formed(kind: HandshakeType, puppet: &mut Puppet) -> Vec<u8> {
    match kind {
        HandshakeType::HELLO_REQUEST => message(kind, &[]),
        HandshakeType::CLIENT_HELLO => puppet.client_hello().encode(),
        HandshakeType::CERTIFICATE => certificate(),
        HandshakeType::CLIENT_KEY_EXCHANGE => puppet.client_key_exchange(),
        HandshakeType::CERTIFICATE_VERIFY => message(kind, &[4, 3, 0, 1, 0]),
        HandshakeType::FINISHED => puppet.finished(),
        HandshakeType::KEY_UPDATE => message(kind, &[0]),
        _ => message(kind, &[0; 4]),
    }
}

fn says(stage: Stage, round: Round, kind: HandshakeType) {
    let (mut subject, mut puppet) = server_at(stage, round);
    let message = well_formed(kind, &mut puppet);
    let record = puppet.record(ContentType::HANDSHAKE, &message);
    match legal(stage).filter(|(legal, _)| *legal == kind) {
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
        let (subject, _) = server_at(stage, round);
        for kind in (0..=255).map(HandshakeType) {
            let legal = legal(stage).is_some_and(|(legal, _)| legal == kind);
            let accepts = Server::accepts(&subject.engine.state, kind);
            assert_eq!(accepts, legal, "{kind:?} at {stage:?} {round:?}");
        }
    }
}

#[test]
fn a_change_cipher_spec_moves_one_state_on_and_ends_the_connection_in_all_others() {
    for (stage, round) in STAGES.into_iter().flat_map(|stage| ROUNDS.map(|round| (stage, round))) {
        let (mut subject, mut puppet) = server_at(stage, round);
        let record = puppet.record(ContentType::CHANGE_CIPHER_SPEC, &[1]);
        if stage == Stage::ChangeCipherSpec {
            feed(&mut subject, &record);
            assert_eq!(run(&mut subject), Ok(Want::Incoming));
            assert!(is_in(&subject.engine.state, "Tls12(WaitFinished("));
        } else {
            refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
        }
    }
}

#[test]
fn data_is_taken_between_handshakes_and_in_a_renegotiation_up_to_the_change_of_keys() {
    for (stage, round) in STAGES.into_iter().flat_map(|stage| ROUNDS.map(|round| (stage, round))) {
        let (mut subject, mut puppet) = server_at(stage, round);
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
