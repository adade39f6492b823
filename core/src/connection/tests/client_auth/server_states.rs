//! The states of a server that asks x every type of handshake message, and orders that a client may not choose.

use std::vec::Vec;

use super::super::played_server::certificate;
use super::super::puppet::{Puppet, change_cipher_spec, message};
use super::super::subject::{Subject, feed, refuses, run, signer};
use super::server::{asking, shown};
use crate::Server;
use crate::config::PeerCertificate;
use crate::connection::Want;
use crate::engine::{Machine, Peer};
use crate::error::PeerMisbehaved;
use crate::wire::enums::{ContentType, HandshakeType};

type Begin = fn() -> (Subject<Server>, Puppet);

/// Where an asking server waits, and what is legal there.
const STAGES: [(Begin, HandshakeType); 2] = [
    (|| asking(PeerCertificate::Required), HandshakeType::CERTIFICATE),
    (shown, HandshakeType::CERTIFICATE_VERIFY),
];

/// A message of this type that is well-formed, where there can be one.
fn well_formed(kind: HandshakeType, puppet: &mut Puppet) -> Vec<u8> {
    match kind {
        HandshakeType::CERTIFICATE => certificate(),
        HandshakeType::CERTIFICATE_VERIFY => puppet.signed(signer().scheme(), Peer::Client),
        HandshakeType::FINISHED => puppet.finished(|schedule| &schedule.client_handshake),
        HandshakeType::KEY_UPDATE => message(kind, &[0]),
        _ => message(kind, &[0; 4]),
    }
}

#[test]
fn legal_messages_move_every_state_on_and_all_others_end_the_connection() {
    for (at, legal) in STAGES {
        for kind in (0..=255).map(HandshakeType) {
            let (mut subject, mut puppet) = at();
            assert_eq!(Server::accepts(&subject.engine.state, kind), legal == kind, "{kind:?}");
            // Unknown types are all alike: two of them are enough.
            if kind.name().is_none() && ![3, 255].contains(&kind.0) {
                continue;
            }
            let message = well_formed(kind, &mut puppet);
            let record = puppet.record(ContentType::HANDSHAKE, &message);
            if legal == kind {
                feed(&mut subject, &change_cipher_spec());
                feed(&mut subject, &record);
                assert_eq!(run(&mut subject), Ok(Want::Incoming), "{kind:?}");
            } else {
                refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
            }
        }
    }
}

#[test]
fn a_client_can_not_leave_out_repeat_or_swap_its_proof() {
    use HandshakeType as T;
    let orders: [&[HandshakeType]; 6] = [
        &[T::FINISHED],
        &[T::CERTIFICATE_VERIFY],
        &[T::CERTIFICATE, T::FINISHED],
        &[T::CERTIFICATE, T::CERTIFICATE],
        &[T::CERTIFICATE, T::CERTIFICATE_VERIFY, T::CERTIFICATE_VERIFY],
        &[T::CERTIFICATE, T::CERTIFICATE_VERIFY, T::CERTIFICATE],
    ];
    for order in orders {
        let (mut subject, mut puppet) = asking(PeerCertificate::Requested);
        let mut records = Vec::new();
        for kind in order {
            let message = well_formed(*kind, &mut puppet);
            records.extend_from_slice(&puppet.say(&message));
        }
        refuses(&mut subject, &mut puppet, &records, PeerMisbehaved::UnexpectedMessage);
    }
}

#[test]
fn a_client_that_showed_nothing_proves_nothing() {
    let (mut subject, mut puppet) = asking(PeerCertificate::Requested);
    feed(&mut subject, &puppet.say(&message(HandshakeType::CERTIFICATE, &[0; 4])));
    let proof = puppet.signed(signer().scheme(), Peer::Client);
    let record = puppet.say(&proof);
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
}

#[test]
fn a_client_that_was_not_asked_shows_nothing() {
    let (mut subject, mut puppet) =
        super::super::played_client::server_at(super::super::played_client::Stage::Finished);
    let record = puppet.say(&certificate());
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
}
