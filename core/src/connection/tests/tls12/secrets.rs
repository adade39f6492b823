//! What is left of the secrets of a handshake.

use super::super::subject::{Subject, client, feed, refuses, run};
use super::played_client::{self, server_at};
use super::played_server::{
    STAGES, Stage, advance, client_at, client_config, client_with_at, configured_client_at,
};
use super::puppet::Puppet;
use super::{ROUNDS, Round};
use crate::Client;
use crate::buffers::full_incoming;
use crate::config::{ExternalKeys, Permission, Versions};
use crate::connection::{ExportError, ExternalPsk};
use crate::crypto::HashAlgorithm;
use crate::engine::{Peer, Role};
use crate::error::PeerMisbehaved;
use crate::schedule12::{KEY_BLOCK, MASTER_SECRET};
use crate::secret::Secret;
use crate::wire::enums::ContentType;

/// Whether all the slots of the handshake space are empty.
fn is_wiped<R: Role>(subject: &Subject<R>) -> bool {
    let space = subject.space.as_ref().unwrap();
    let empty = space.tls12.session.master.is_empty() && space.tls12.key_block.is_empty();
    empty && space.shared.is_empty() && space.verify_data.is_empty()
}

#[test]
fn nothing_is_left_where_the_connection_has_failed() {
    for (stage, round) in STAGES.into_iter().flat_map(|stage| ROUNDS.map(|round| (stage, round))) {
        fails(client_at(stage, round), stage == Stage::Connected);
    }
    for (stage, round) in played_client::STAGES.into_iter().flat_map(|s| ROUNDS.map(|r| (s, r))) {
        fails(server_at(stage, round), stage == played_client::Stage::Connected);
    }
}

fn fails<R: Role>((mut subject, mut puppet): (Subject<R>, Puppet), connected: bool) {
    assert!(!connected || !subject.engine.exporter.is_empty());
    // Of a type that there is not.
    let record = puppet.record(ContentType(99), b"x");
    feed(&mut subject, &record);
    let error = run(&mut subject).unwrap_err();
    assert!([PeerMisbehaved::UnexpectedMessage.into(), PeerMisbehaved::NotTls.into()].contains(&error));
    assert!(is_wiped(&subject));
    assert!(subject.engine.exporter.is_empty());
    assert!(!subject.engine.channel.read.is_active() && !subject.engine.channel.write.is_active());
    assert_eq!(
        subject.export_keying_material(b"label", Some(b""), &mut [0; 16]),
        Err(ExportError::NotConnected)
    );
    assert!(subject.detach_handshake().is_some());
}

#[test]
fn the_secrets_live_no_longer_than_they_must() {
    for round in ROUNDS {
        let (mut subject, mut puppet) = client_at(Stage::ChangeCipherSpec, round);
        let slots = |subject: &Subject<crate::Client>| {
            let space = subject.space.as_ref().unwrap();
            let tls12 = &space.tls12;
            [space.shared.is_empty(), tls12.session.master.is_empty(), tls12.key_block.is_empty()]
        };
        assert_eq!(slots(&subject), [true, false, false], "the premaster secret went into the master secret");
        advance(&mut subject, &mut puppet, Stage::ChangeCipherSpec);
        advance(&mut subject, &mut puppet, Stage::Finished);
        assert_eq!(slots(&subject), [true; 3]);
        assert_eq!(subject.engine.exporter.as_bytes(), puppet.master.as_bytes());
    }
    let (subject, puppet) = server_at(played_client::Stage::Connected, Round::Again);
    assert!(is_wiped(&subject));
    assert_eq!(subject.engine.exporter.as_bytes(), puppet.master.as_bytes());
}

#[test]
fn the_handshake_space_comes_back_wiped() {
    let (mut subject, mut puppet) = client_at(Stage::Finished, Round::First);
    assert!(subject.detach_handshake().is_none(), "it is needed");
    advance(&mut subject, &mut puppet, Stage::Finished);
    let space = subject.detach_handshake().unwrap();
    assert!(
        space.tls12.session.master.is_empty() && space.tls12.key_block.is_empty() && space.shared.is_empty()
    );
    assert!(space.transcript.is_none() && space.tls12.other_transcript.is_none());
    assert!(space.peer_key.is_empty() && space.server_name.is_empty());
    assert_eq!((space.client_random, space.server_random), ([0; 32], [0; 32]));
    // The exporter does not need it.
    assert_eq!(subject.export_keying_material(b"label", Some(b""), &mut [0; 16]), Ok(()));
}

#[test]
fn nothing_is_exported_in_the_middle_of_a_handshake() {
    for (stage, round) in STAGES.into_iter().flat_map(|stage| ROUNDS.map(|round| (stage, round))) {
        let (mut subject, _) = client_at(stage, round);
        let result = subject.export_keying_material(b"label", Some(b""), &mut [0; 16]);
        assert_eq!(result.is_ok(), stage == Stage::Connected, "{stage:?}");
    }
    let (mut subject, mut puppet) = client_at(Stage::Connected, Round::First);
    let record = puppet.record(ContentType::ALERT, &[2, 40]);
    let error = crate::Error::AlertReceived(crate::wire::enums::AlertDescription(40));
    refuses(&mut subject, &mut puppet, &record, error);
    assert!(subject.export_keying_material(b"label", Some(b""), &mut [0; 16]).is_err());
}

/// The bytes themselves, not only their length.
#[test]
fn a_wiped_slot_holds_zeros() {
    let mut master = Secret::<MASTER_SECRET>::empty();
    master.fill(MASTER_SECRET).fill(7);
    master.wipe();
    assert_eq!(master.fill(MASTER_SECRET), [0; MASTER_SECRET]);
    let mut block = Secret::<KEY_BLOCK>::empty();
    block.fill(KEY_BLOCK).fill(7);
    let mut taken = Secret::<KEY_BLOCK>::empty();
    taken.take_from(&mut block);
    assert_eq!(block.fill(KEY_BLOCK), [0; KEY_BLOCK]);
}

/// RFC 9266, section 2: none where a renegotiation may change the keys. The extended master secret is always there.
#[test]
fn a_channel_is_bound_unless_it_may_be_renegotiated() {
    for (by_us, by_peer) in [
        (Permission::Denied, Permission::Denied),
        (Permission::Granted, Permission::Denied),
        (Permission::Denied, Permission::Granted),
    ] {
        let mut config = client_config(Versions::Both);
        (config.common.renegotiation.by_us, config.common.renegotiation.by_peer) = (by_us, by_peer);
        let (mut subject, _) = configured_client_at(Stage::Connected, Round::First, config);
        let mut exported = [0; 32];
        subject.export_keying_material(b"EXPORTER-Channel-Binding", Some(b""), &mut exported).unwrap();
        let denied = [by_us, by_peer] == [Permission::Denied; 2];
        let expected = if denied { Ok(exported) } else { Err(ExportError::Renegotiation) };
        assert_eq!(subject.tls_exporter(), expected);
    }
}

/// The pre-shared keys that a client has offered are of TLS 1.3.
#[cfg(feature = "psk")]
#[test]
fn keys_that_were_offered_are_forgotten_where_a_server_chooses_this_version() {
    let mut config = client_config(Versions::Both);
    config.common.external_keys = ExternalKeys::Allowed;
    let buffer = full_incoming(config.common.max_handshake_message);
    let mut subject = client(config, buffer);
    let psk = ExternalPsk { identity: b"name", key: &[7; 32], hash: HashAlgorithm::Sha256 };
    subject.offer_psk(psk).unwrap();
    let offered = |subject: &Subject<Client>| {
        let psk = &subject.space.as_ref().unwrap().psk;
        (psk.offered().count(), psk.identities.len())
    };
    assert!(offered(&subject).0 == 1 && offered(&subject).1 > 0);
    let given = (subject, Puppet::new(Peer::Server, 3));
    let (subject, _) = client_with_at(Stage::Certificate, Round::First, given);
    assert_eq!(offered(&subject), (0, 0));
}
