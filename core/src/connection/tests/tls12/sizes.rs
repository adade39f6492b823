//! The lengths of records that both ends have agreed on.

use std::vec::Vec;

use super::super::subject::{Hears, Subject, client, drain, feed, refuses, run, server};
use super::Round;
use super::played_client::{self, server_config};
use super::played_server::{self, Stage, client_config, client_with_at};
use super::puppet::Puppet;
use crate::buffers::full_incoming;
use crate::config::{Permission, Versions};
use crate::connection::{AttachError, Want};
use crate::engine::Peer;
use crate::error::PeerMisbehaved;
use crate::limits;
use crate::wire::enums::{ContentType, ExtensionType};
use crate::{Client, Server};

const DATA: ContentType = ContentType::APPLICATION_DATA;

/// A client that tells a limit, whose server keeps to it, and that limit.
fn limited_client(extension: ExtensionType, content: &[u8], room: usize) -> (Subject<Client>, Puppet) {
    let config = client_config(Versions::Both);
    let buffer = crate::buffers::min_incoming(config.common.max_handshake_message) + room;
    let (subject, puppet) = (client(config, buffer), Puppet::new(Peer::Server, 3));
    let (mut subject, mut puppet) = client_with_at(Stage::ServerHello, Round::First, (subject, puppet));
    let mut hello = puppet.server_hello();
    hello.extensions.push((extension, content.to_vec()));
    puppet.randoms[1] = hello.random;
    feed(&mut subject, &puppet.say(&hello.encode()));
    for stage in played_server::STAGES.into_iter().skip(1).filter(|stage| *stage != Stage::HelloDone) {
        played_server::advance(&mut subject, &mut puppet, stage);
    }
    (subject, puppet)
}

#[test]
fn a_server_keeps_to_the_clients_limit() {
    let (mut subject, mut puppet) = limited_client(ExtensionType::RECORD_SIZE_LIMIT, &[2, 0], 1000);
    let limit = subject.engine.channel.receive_limit.get();
    assert!(limit < limits::PLAINTEXT);
    feed(&mut subject, &puppet.record(DATA, &std::vec![7; limit]));
    assert_eq!(subject.read_app_data(&mut std::vec![0; limit + 1]), Ok(limit));
    // And we keep to the server's, 512 bytes.
    assert_eq!(subject.write_app_data(&[7; 1000]), Ok(1000));
    let heard = puppet.hear(&drain(&mut subject));
    assert_eq!(heard.iter().map(|(_, content)| content.len()).collect::<Vec<_>>(), [512, 488]);
    let record = puppet.record(DATA, &std::vec![7; limit + 1]);
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::RecordOverflow);
}

/// A server in use whose client asked for this about sizes.
fn limited_server(extension: ExtensionType, content: &[u8], buffer: usize) -> (Subject<Server>, Puppet) {
    let (mut subject, mut puppet) =
        (server(server_config(Versions::Both), buffer), Puppet::new(Peer::Client, 4));
    let mut hello = puppet.client_hello();
    hello.extensions.push((extension, content.to_vec()));
    puppet.randoms[0] = [5; 32];
    feed(&mut subject, &puppet.say(&hello.encode()));
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    puppet.hear_flight(&drain(&mut subject));
    for stage in played_client::STAGES.into_iter().skip(1) {
        played_client::advance(&mut subject, &mut puppet, stage);
    }
    (subject, puppet)
}

#[test]
fn a_client_keeps_to_the_servers_limit() {
    let handshake = limits::DEFAULT_HANDSHAKE_MESSAGE;
    let buffer = crate::buffers::min_incoming(handshake) + 1000;
    for (extension, content, buffer, sent) in [
        (ExtensionType::RECORD_SIZE_LIMIT, &[1, 0][..], buffer, 256),
        (ExtensionType::MAX_FRAGMENT_LENGTH, &[1], full_incoming(handshake), 512),
    ] {
        let (mut subject, mut puppet) = limited_server(extension, content, buffer);
        let limit = subject.engine.channel.receive_limit.get();
        feed(&mut subject, &puppet.record(DATA, &std::vec![7; limit]));
        assert_eq!(subject.read_app_data(&mut std::vec![0; limit + 1]), Ok(limit));
        assert_eq!(subject.write_app_data(&[7; 600]), Ok(600));
        let heard = puppet.hear(&drain(&mut subject));
        assert!(heard.iter().all(|(_, content)| content.len() <= sent));
        let record = puppet.record(DATA, &std::vec![7; limit + 1]);
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::RecordOverflow);
    }
}

/// Another handshake may agree on longer records: the buffer that is lent for the meantime has room for those.
#[test]
fn where_a_renegotiation_may_come_a_buffer_is_as_long_as_the_first() {
    let first = full_incoming(limits::DEFAULT_HANDSHAKE_MESSAGE);
    for permission in [Permission::Granted, Permission::Denied] {
        let (mut subject, _) = limited_server(ExtensionType::MAX_FRAGMENT_LENGTH, &[1], first);
        let renegotiation = &mut subject.config.common.renegotiation;
        (renegotiation.by_peer, renegotiation.by_us) = (permission, permission);
        assert!(subject.detach_incoming().is_some());
        let attached = subject.attach_incoming(std::vec![0; first - 1]);
        assert_eq!(attached.is_ok(), permission == Permission::Denied);
        let Err(AttachError::TooShort { needed, .. }) = attached else { continue };
        assert_eq!(needed, first);
    }
}

#[test]
fn fragments_are_no_longer_than_was_agreed() {
    let buffer = full_incoming(limits::DEFAULT_HANDSHAKE_MESSAGE);
    for (code, length) in [(1, 512), (2, 1024), (3, 2048), (4, 4096)] {
        let (subject, _) = limited_server(ExtensionType::MAX_FRAGMENT_LENGTH, &[code], buffer);
        assert_eq!(subject.engine.channel.receive_limit.get(), length);
    }
}

#[test]
fn a_server_keeps_to_the_clients_fragments() {
    let (mut subject, mut puppet) = limited_client(ExtensionType::MAX_FRAGMENT_LENGTH, &[1], 512);
    feed(&mut subject, &puppet.record(DATA, &[7; 512]));
    assert_eq!(subject.read_app_data(&mut [0; 600]), Ok(512));
    assert_eq!(subject.write_app_data(&[7; 600]), Ok(600));
    let heard = puppet.hear(&drain(&mut subject));
    assert_eq!(heard.iter().map(|(_, content)| content.len()).collect::<Vec<_>>(), [512, 88]);
    let record = puppet.record(DATA, &[7; 513]);
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::RecordOverflow);
}
