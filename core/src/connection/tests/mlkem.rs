//! X25519MLKEM768 and the share of X25519 beside it: what is offered, what may be chosen, what is refused.

use std::vec::Vec;

use super::hellos::{ClientHelloParts, RETRY, vector};
use super::played_client::{Share, fresh_server, hear_flight_for};
use super::played_server::{Stage, client_at, configured_client_at, encrypted_extensions};
use super::puppet::{Puppet, clear};
use super::subject::{Subject, drain, feed, refuses, run};
use crate::Client;
use crate::buffers::full_incoming;
use crate::config::{ClientConfig, KeyShares};
use crate::connection::Want;
use crate::error::PeerMisbehaved;
use crate::wire::client_hello::ClientHello;
use crate::wire::enums::{ContentType, ExtensionType, NamedGroup};

const HYBRID: NamedGroup = NamedGroup::X25519MLKEM768;
const ENCAPSULATION_KEY: usize = 1184;
const CIPHERTEXT: usize = 1088;

/// The shares of the hello that was heard last.
fn shares(puppet: &Puppet) -> Vec<(NamedGroup, Vec<u8>)> {
    let hello = super::puppet::split_messages(&puppet.transcript).pop().unwrap();
    let hello = ClientHello::parse(&hello[4..]).unwrap();
    hello.extensions.key_shares.unwrap().iter().map(|(group, value)| (group, value.to_vec())).collect()
}

fn client_with(key_shares: KeyShares, groups: &[NamedGroup]) -> (Subject<Client>, Puppet) {
    let mut config = ClientConfig::new();
    config.common.key_shares = key_shares;
    config.common.groups.extend_from_slice(groups).unwrap();
    let buffer = full_incoming(config.common.max_handshake_message);
    configured_client_at(Stage::ServerHello, config, buffer)
}

/// The client goes on with a server that chose this group.
fn chooses(group: NamedGroup, (subject, puppet): (&mut Subject<Client>, &mut Puppet)) {
    let hello = puppet.server_hello_with(group).encode();
    feed(subject, &puppet.say(&hello));
    puppet.enter_handshake_as_server();
    feed(subject, &puppet.say(&encrypted_extensions(&Vec::new())));
    assert_eq!(run(subject), Ok(Want::Incoming));
    assert_eq!(subject.negotiated().group, Some(group));
}

#[test]
fn a_client_offers_both_and_the_server_may_choose_either() {
    for group in [HYBRID, NamedGroup::X25519] {
        let (mut subject, mut puppet) = client_at(Stage::ServerHello);
        let offered = shares(&puppet);
        assert_eq!((offered[0].0, offered[0].1.len()), (HYBRID, ENCAPSULATION_KEY + 32));
        assert_eq!(offered[1], (NamedGroup::X25519, offered[0].1[ENCAPSULATION_KEY..].to_vec()));
        chooses(group, (&mut subject, &mut puppet));
    }
}

#[test]
fn the_share_beside_it_is_only_of_a_group_that_is_offered_and_wished() {
    let all = [HYBRID, NamedGroup::X25519];
    for (key_shares, groups) in [(KeyShares::Single, &all[..]), (KeyShares::WithX25519, &all[..1])] {
        let (mut subject, mut puppet) = client_with(key_shares, groups);
        assert_eq!(shares(&puppet).iter().map(|(group, _)| *group).collect::<Vec<_>>(), [HYBRID]);
        let mut hello = puppet.server_hello_with(HYBRID);
        *hello.content(ExtensionType::KEY_SHARE) = [&[0, 0x1d, 0, 32][..], &[9; 32]].concat();
        let record = clear(ContentType::HANDSHAKE, &hello.encode());
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::IllegalParameter);
    }
    let (mut subject, mut puppet) = client_with(KeyShares::WithX25519, &[NamedGroup::X25519, HYBRID]);
    assert_eq!(shares(&puppet).len(), 1, "X25519 is liked best");
    chooses(NamedGroup::X25519, (&mut subject, &mut puppet));
}

#[test]
fn a_retry_asks_for_a_group_without_a_share() {
    for group in [HYBRID, NamedGroup::X25519] {
        let (mut subject, mut puppet) = client_at(Stage::ServerHello);
        let record = clear(ContentType::HANDSHAKE, &retry(&mut puppet, group));
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::PointlessHelloRetry);
    }
    // From and to the group: one share each time.
    for (groups, wanted) in [
        ([HYBRID, NamedGroup::SECP256R1], NamedGroup::SECP256R1),
        ([NamedGroup::X25519, HYBRID], HYBRID),
        ([NamedGroup::SECP256R1, HYBRID], HYBRID),
    ] {
        let (mut subject, mut puppet) = client_with(KeyShares::WithX25519, &groups);
        let parts = retry(&mut puppet, wanted);
        puppet.fold();
        feed(&mut subject, &puppet.say(&parts));
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
        puppet.hear_messages(&drain(&mut subject));
        assert_eq!(shares(&puppet).iter().map(|(group, _)| *group).collect::<Vec<_>>(), [wanted]);
        chooses(wanted, (&mut subject, &mut puppet));
    }
}

fn retry(puppet: &mut Puppet, group: NamedGroup) -> Vec<u8> {
    let first = shares(puppet)[0].0;
    let mut parts = puppet.server_hello_with(first);
    parts.random = RETRY;
    *parts.content(ExtensionType::KEY_SHARE) = group.0.to_be_bytes().to_vec();
    parts.encode()
}

#[test]
fn a_servers_share_has_its_length_and_both_halves() {
    let spoils: [fn(&mut Vec<u8>); 5] = [
        |share| share.truncate(share.len() - 1),
        |share| share.push(0),
        |share| share.truncate(CIPHERTEXT),
        |share| share.truncate(32),
        // All zeros of X25519 (RFC 8446, section 7.4.2).
        |share| share[CIPHERTEXT..].fill(0),
    ];
    for spoil in spoils {
        let (mut subject, mut puppet) = client_at(Stage::ServerHello);
        let mut hello = puppet.server_hello_with(HYBRID);
        respell(hello.content(ExtensionType::KEY_SHARE), spoil);
        let record = clear(ContentType::HANDSHAKE, &hello.encode());
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::BadKeyShare);
    }
}

/// Spoils the value of an entry, and fits the length before it.
fn respell(entry: &mut Vec<u8>, spoil: fn(&mut Vec<u8>)) {
    let mut value = entry.split_off(4);
    entry.truncate(2);
    spoil(&mut value);
    entry.extend(vector(&value));
}

/// A ciphertext is never wrong: another secret comes out, and nothing can be opened with it (FIPS 203, section 6.3).
#[test]
fn another_ciphertext_is_another_secret() {
    let (mut subject, mut puppet) = client_at(Stage::ServerHello);
    let mut hello = puppet.server_hello_with(HYBRID);
    hello.content(ExtensionType::KEY_SHARE)[4] ^= 1;
    let hello = hello.encode();
    feed(&mut subject, &puppet.say(&hello));
    puppet.enter_handshake_as_server();
    let record = puppet.say(&encrypted_extensions(&Vec::new()));
    feed(&mut subject, &record);
    assert_eq!(run(&mut subject), Err(PeerMisbehaved::BadRecordMac.into()));
}

/// The group among those of a hello with such a share.
fn listed(hello: &mut ClientHelloParts) {
    *hello.content(ExtensionType::SUPPORTED_GROUPS) = vector(&[0x11, 0xec, 0, 0x1d]);
}

#[test]
fn a_server_answers_a_share() {
    let (mut subject, mut puppet) = (fresh_server(), Puppet::new(4));
    let share = Share::new(&mut puppet.provider, HYBRID);
    hear_flight_for(share, (&mut subject, &mut puppet), &listed, &[]);
    assert_eq!(subject.negotiated().group, Some(HYBRID));
    feed(&mut subject, &puppet.client_finished());
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    assert!(!subject.is_handshaking());
}

/// FIPS 203, section 7.2, with the alert of draft-ietf-tls-ecdhe-mlkem.
#[test]
fn a_clients_share_is_checked() {
    let spoils: [fn(&mut Vec<u8>); 7] = [
        |share| share.truncate(share.len() - 1),
        |share| share.push(0),
        |share| share.truncate(ENCAPSULATION_KEY),
        |share| share.truncate(32),
        // A number that is the modulus, and the largest that twelve bits hold.
        |share| share[..2].copy_from_slice(&[0x01, 0x0d]),
        |share| share[..ENCAPSULATION_KEY - 32].fill(0xff),
        |share| share[ENCAPSULATION_KEY..].fill(0),
    ];
    for spoil in spoils {
        let mut puppet = Puppet::new(4);
        let mut hello = Share::new(&mut puppet.provider, HYBRID).hello();
        listed(&mut hello);
        let mut entry = hello.content(ExtensionType::KEY_SHARE).split_off(2);
        respell(&mut entry, spoil);
        *hello.content(ExtensionType::KEY_SHARE) = vector(&entry);
        let record = clear(ContentType::HANDSHAKE, &hello.encode());
        refuses(&mut fresh_server(), &mut puppet, &record, PeerMisbehaved::BadKeyShare);
    }
}

#[test]
fn a_share_of_it_is_of_a_group_in_the_list() {
    let mut puppet = Puppet::new(4);
    let hello = Share::new(&mut puppet.provider, HYBRID).hello();
    let record = clear(ContentType::HANDSHAKE, &hello.encode());
    refuses(&mut fresh_server(), &mut puppet, &record, PeerMisbehaved::IllegalParameter);
}
