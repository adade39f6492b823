//! Every state of a server x every type of handshake message.

use std::vec::Vec;

use super::played_client::{STAGES, Share, Stage, server_at};
use super::puppet::{Puppet, message};
use super::subject::{feed, refuses, run};
use crate::Server;
use crate::connection::Want;
use crate::engine::Machine;
use crate::error::PeerMisbehaved;
use crate::server::State;
use crate::wire::enums::{ContentType, HandshakeType, NamedGroup};

/// The table of RFC 8446, appendix A.2: what is legal at a stage.
fn legal(stage: Stage) -> HandshakeType {
    match stage {
        Stage::ClientHello | Stage::SecondClientHello => HandshakeType::CLIENT_HELLO,
        Stage::Finished => HandshakeType::FINISHED,
        Stage::Connected => HandshakeType::KEY_UPDATE,
    }
}

/// A message of this type that is well-formed, where there can be one.
fn well_formed(kind: HandshakeType, puppet: &mut Puppet) -> Vec<u8> {
    match kind {
        HandshakeType::CLIENT_HELLO => Share::new(&mut puppet.provider, NamedGroup::X25519).hello().encode(),
        HandshakeType::FINISHED if puppet.writing.is_active() => {
            puppet.finished(|schedule| &schedule.client_handshake)
        }
        HandshakeType::KEY_UPDATE => message(kind, &[0]),
        HandshakeType::CERTIFICATE => message(kind, &[0; 4]),
        HandshakeType::NEW_SESSION_TICKET => message(kind, super::client_states::TICKET),
        _ => message(kind, &[]),
    }
}

#[test]
fn legal_messages_move_every_state_on_and_all_others_end_the_connection() {
    for stage in STAGES {
        for kind in (0..=255).map(HandshakeType) {
            // Unknown types are all alike: two of them are enough.
            if kind.name().is_none() && ![3, 255].contains(&kind.0) {
                continue;
            }
            let (mut subject, mut puppet) = server_at(stage);
            let message = well_formed(kind, &mut puppet);
            let record = puppet.record(ContentType::HANDSHAKE, &message);
            if legal(stage) == kind {
                feed(&mut subject, &record);
                assert_eq!(run(&mut subject), Ok(Want::Incoming), "{kind:?} at {stage:?}");
            } else {
                refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
            }
        }
    }
}

#[test]
fn the_table_says_the_same_of_all_types() {
    for stage in STAGES {
        let (subject, _) = server_at(stage);
        for kind in (0..=255).map(HandshakeType) {
            let legal = legal(stage) == kind;
            assert_eq!(Server::accepts(&subject.engine.state, kind), legal, "{kind:?} at {stage:?}");
        }
    }
    for kind in (0..=255).map(HandshakeType) {
        assert!(!Server::accepts(&State::Failed, kind));
    }
}

#[test]
fn nothing_is_read_while_an_ask_is_open() {
    let (mut subject, mut puppet) = server_at(Stage::ClientHello);
    let hello = well_formed(HandshakeType::CLIENT_HELLO, &mut puppet);
    feed(&mut subject, &puppet.say(&hello));
    let crate::connection::Event::ChooseIdentity(ask) = subject.next_event().unwrap() else {
        panic!("an ask")
    };
    ask.defer();
    feed(&mut subject, &super::puppet::clear(ContentType::HANDSHAKE, &hello));
    let event = subject.next_event();
    assert!(matches!(event, Ok(crate::connection::Event::Want(Want::Answer))), "{event:?}");
    assert!(subject.outgoing().is_empty());
}
