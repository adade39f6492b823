//! Every state of a client x every type of handshake message.

use std::vec::Vec;

use super::played_server::{
    STAGES, Stage, certificate, certificate_request, client_at, encrypted_extensions,
};
use super::puppet::{Puppet, message};
use super::subject::{drain, feed, refuses, run};
use crate::Client;
use crate::client::State;
use crate::connection::Want;
use crate::engine::Machine;
use crate::error::PeerMisbehaved;
use crate::wire::enums::{ContentType, HandshakeType};

/// The body of a NewSessionTicket.
pub(super) const TICKET: &[u8] = &[0, 0, 1, 0, 1, 2, 3, 4, 1, 9, 0, 2, 8, 8, 0, 0];

/// The table of RFC 8446, appendix A.1: what is legal at a stage.
fn legal(stage: Stage) -> &'static [HandshakeType] {
    match stage {
        Stage::ServerHello => &[HandshakeType::SERVER_HELLO],
        Stage::EncryptedExtensions => &[HandshakeType::ENCRYPTED_EXTENSIONS],
        Stage::CertificateOrRequest => &[HandshakeType::CERTIFICATE_REQUEST, HandshakeType::CERTIFICATE],
        Stage::Certificate => &[HandshakeType::CERTIFICATE],
        Stage::CertificateVerify => &[HandshakeType::CERTIFICATE_VERIFY],
        Stage::Finished => &[HandshakeType::FINISHED],
        Stage::Connected => &[HandshakeType::NEW_SESSION_TICKET, HandshakeType::KEY_UPDATE],
    }
}

/// A message of this type that is well-formed, where there can be one.
fn well_formed(kind: HandshakeType, puppet: &mut Puppet) -> Vec<u8> {
    match kind {
        HandshakeType::SERVER_HELLO if !puppet.writing.is_active() => puppet.server_hello().encode(),
        HandshakeType::ENCRYPTED_EXTENSIONS => encrypted_extensions(&Vec::new()),
        HandshakeType::CERTIFICATE => certificate(),
        HandshakeType::CERTIFICATE_REQUEST => message(kind, &certificate_request()),
        HandshakeType::CERTIFICATE_VERIFY => puppet.certificate_verify(),
        HandshakeType::FINISHED if puppet.writing.is_active() => {
            puppet.finished(|schedule| &schedule.server_handshake)
        }
        HandshakeType::NEW_SESSION_TICKET => message(kind, TICKET),
        HandshakeType::KEY_UPDATE => message(kind, &[0]),
        _ => message(kind, &[0; 4]),
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
            let (mut subject, mut puppet) = client_at(stage);
            let message = well_formed(kind, &mut puppet);
            let record = puppet.record(ContentType::HANDSHAKE, &message);
            if legal(stage).contains(&kind) {
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
        let (subject, _) = client_at(stage);
        for kind in (0..=255).map(HandshakeType) {
            let legal = legal(stage).contains(&kind);
            assert_eq!(<Client>::accepts(&subject.engine.state, kind), legal, "{kind:?} at {stage:?}");
        }
    }
    for kind in (0..=255).map(HandshakeType) {
        assert!(!<Client>::accepts(&<Client>::start(), kind) && !<Client>::accepts(&State::Failed, kind));
    }
}

#[test]
fn nothing_is_read_while_the_certificates_are_judged() {
    let (mut subject, mut puppet) = client_at(Stage::CertificateOrRequest);
    feed(&mut subject, &puppet.say(&certificate()));
    let crate::connection::Event::VerifyPeer(ask) = subject.next_event().unwrap() else { panic!("an ask") };
    ask.defer();
    let finished = puppet.finished(|schedule| &schedule.server_handshake);
    feed(&mut subject, &puppet.record(ContentType::HANDSHAKE, &finished));
    for _ in 0..2 {
        let event = subject.next_event();
        assert!(matches!(event, Ok(crate::connection::Event::Want(Want::Answer))), "{event:?}");
    }
    subject.resume_ask();
    refuses(&mut subject, &mut puppet, &[], PeerMisbehaved::UnexpectedMessage);
}

#[test]
fn a_server_can_not_leave_out_repeat_or_swap_its_proof() {
    use HandshakeType as T;
    let orders: [&[HandshakeType]; 7] = [
        &[T::ENCRYPTED_EXTENSIONS, T::FINISHED],
        &[T::ENCRYPTED_EXTENSIONS, T::CERTIFICATE_VERIFY],
        &[T::ENCRYPTED_EXTENSIONS, T::CERTIFICATE, T::FINISHED],
        &[T::ENCRYPTED_EXTENSIONS, T::CERTIFICATE, T::CERTIFICATE],
        &[T::ENCRYPTED_EXTENSIONS, T::CERTIFICATE, T::CERTIFICATE_VERIFY, T::CERTIFICATE_VERIFY],
        &[T::ENCRYPTED_EXTENSIONS, T::CERTIFICATE_REQUEST, T::CERTIFICATE_REQUEST],
        &[T::CERTIFICATE, T::ENCRYPTED_EXTENSIONS],
    ];
    for order in orders {
        // One record for each message, then all of them in one record.
        let (mut subject, mut puppet) = client_at(Stage::EncryptedExtensions);
        let (mut records, mut joined) = (Vec::new(), Vec::new());
        for kind in order {
            let message = well_formed(*kind, &mut puppet);
            joined.extend_from_slice(&message);
            records.extend_from_slice(&puppet.say(&message));
        }
        refuses(&mut subject, &mut puppet, &records, PeerMisbehaved::UnexpectedMessage);
        let (mut subject, mut puppet) = client_at(Stage::EncryptedExtensions);
        let record = puppet.record(ContentType::HANDSHAKE, &joined);
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
    }
}

#[test]
fn a_requested_certificate_is_answered_with_none() {
    let (mut subject, mut puppet) = client_at(Stage::Certificate);
    feed(&mut subject, &puppet.say(&certificate()));
    let verify = puppet.certificate_verify();
    feed(&mut subject, &puppet.say(&verify));
    let finished = puppet.finished(|schedule| &schedule.server_handshake);
    feed(&mut subject, &puppet.say(&finished));
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    let none = message(HandshakeType::CERTIFICATE, &[0, 0, 0, 0]);
    let heard = puppet.hear_messages(&drain(&mut subject));
    assert_eq!(heard[0], none);
    assert_eq!(HandshakeType(heard[1][0]), HandshakeType::FINISHED);
}
