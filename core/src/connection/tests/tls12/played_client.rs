//! A server under test, and the client that a test plays for it.

use std::vec::Vec;

use super::super::hellos::{ClientHelloParts, vector};
use super::super::subject::{Shown, Subject, drain, feed, run, server};
use super::puppet::Puppet;
use super::{Round, let_renegotiate};
use crate::Server;
use crate::buffers::full_incoming;
use crate::config::{ServerConfig, Versions};
use crate::connection::Want;
use crate::engine::Peer;
use crate::wire::enums::{CipherSuite, ExtensionType, NamedGroup, SignatureScheme};

/// How far a handshake went: what the server waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    ClientHello,
    ClientKeyExchange,
    ChangeCipherSpec,
    Finished,
    Connected,
}

pub(super) const STAGES: [Stage; 5] = [
    Stage::ClientHello,
    Stage::ClientKeyExchange,
    Stage::ChangeCipherSpec,
    Stage::Finished,
    Stage::Connected,
];

/// A server of these versions that renegotiates with anybody.
pub(super) fn server_config(versions: Versions) -> ServerConfig<Shown> {
    let mut config = ServerConfig::new(Shown);
    let_renegotiate(&mut config.common);
    config.common.versions = versions;
    config
}

/// A server with buffers for full records.
pub(super) fn configured_server(config: ServerConfig<Shown>) -> Subject<Server> {
    let buffer = full_incoming(config.common.max_handshake_message);
    server(config, buffer)
}

/// A server at this stage that would do TLS 1.3 too, and its client.
pub(super) fn server_at(stage: Stage, round: Round) -> (Subject<Server>, Puppet) {
    configured_server_at(stage, round, server_config(Versions::Both))
}

/// A server at this stage, and its client.
pub(super) fn configured_server_at(
    stage: Stage,
    round: Round,
    config: ServerConfig<Shown>,
) -> (Subject<Server>, Puppet) {
    server_with_at(stage, round, (configured_server(config), Puppet::new(Peer::Client, 4)))
}

/// This server at this stage, and this client of its.
pub(super) fn server_with_at(
    stage: Stage,
    round: Round,
    (mut subject, mut puppet): (Subject<Server>, Puppet),
) -> (Subject<Server>, Puppet) {
    if round == Round::Again {
        go_to(Stage::Connected, &mut subject, &mut puppet);
    }
    go_to(stage, &mut subject, &mut puppet);
    (subject, puppet)
}

/// From a ClientHello, which is said now, to this stage.
pub(super) fn go_to(stage: Stage, subject: &mut Subject<Server>, puppet: &mut Puppet) {
    puppet.forget_handshake();
    STAGES.into_iter().take_while(|step| *step < stage).for_each(|step| advance(subject, puppet, step));
    assert_eq!(run(subject), Ok(Want::Incoming));
}

/// Says what a server at this stage waits for.
pub(super) fn advance(subject: &mut Subject<Server>, puppet: &mut Puppet, stage: Stage) {
    let record = match stage {
        Stage::ClientHello => {
            let hello = puppet.client_hello().encode();
            puppet.randoms[0] = [5; 32];
            puppet.say(&hello)
        }
        Stage::ClientKeyExchange => {
            let record = puppet.say(&puppet.client_key_exchange());
            puppet.derive();
            record
        }
        Stage::ChangeCipherSpec => puppet.change_cipher_spec(),
        Stage::Finished => puppet.say_finished(),
        Stage::Connected => Vec::new(),
    };
    feed(subject, &record);
    assert_eq!(run(subject), Ok(Want::Incoming), "after {stage:?}");
    puppet.hear_flight(&drain(subject));
}

impl Puppet {
    /// A ClientHello of a client that knows TLS 1.2 and all of ours in it.
    pub(super) fn client_hello(&self) -> ClientHelloParts {
        let groups = [NamedGroup::X25519, NamedGroup::SECP256R1, NamedGroup::SECP384R1];
        let groups = groups.iter().flat_map(|group| group.0.to_be_bytes()).collect::<Vec<u8>>();
        let schemes = [SignatureScheme::ECDSA_SECP256R1_SHA256, SignatureScheme::RSA_PSS_RSAE_SHA256];
        let schemes = schemes.iter().flat_map(|scheme| scheme.0.to_be_bytes()).collect::<Vec<u8>>();
        let [bond, _] = &self.verify_data;
        ClientHelloParts {
            version: 0x0303,
            session_id: std::vec![7; 32],
            suites: std::vec![self.suite.0, CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256.0],
            compression: std::vec![0],
            extensions: std::vec![
                (ExtensionType::SUPPORTED_GROUPS, vector(&groups)),
                (ExtensionType::SIGNATURE_ALGORITHMS, vector(&schemes)),
                (ExtensionType::EXTENDED_MASTER_SECRET, Vec::new()),
                (ExtensionType::RENEGOTIATION_INFO, [&[bond.len() as u8], &bond[..]].concat()),
                (ExtensionType::EC_POINT_FORMATS, std::vec![1, 0]),
            ],
        }
    }
}
