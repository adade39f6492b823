//! A client under test, and the server that a test plays for it.

use std::vec::Vec;

use super::super::hellos::ServerHelloParts;
use super::super::puppet::{encode, message};
use super::super::subject::{CERTIFICATE, Subject, client, drain, feed, run, signer};
use super::puppet::Puppet;
use super::{Round, let_renegotiate};
use crate::Client;
use crate::buffers::full_incoming;
use crate::config::{ClientConfig, Versions};
use crate::connection::Want;
use crate::engine::{Peer, Role};
use crate::wire::enums::{ExtensionType, HandshakeType, NamedGroup, SignatureScheme};
use crate::wire::tls12::{certificate, server_hello_done};

/// How far a handshake went: what the client waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    ServerHello,
    Certificate,
    ServerKeyExchange,
    HelloDoneOrRequest,
    HelloDone,
    ChangeCipherSpec,
    Finished,
    Connected,
}

pub(super) const STAGES: [Stage; 8] = [
    Stage::ServerHello,
    Stage::Certificate,
    Stage::ServerKeyExchange,
    Stage::HelloDoneOrRequest,
    Stage::HelloDone,
    Stage::ChangeCipherSpec,
    Stage::Finished,
    Stage::Connected,
];

/// A client of these versions that renegotiates with anybody.
pub(super) fn client_config(versions: Versions) -> ClientConfig {
    let mut config = ClientConfig::new();
    let_renegotiate(&mut config.common);
    config.common.versions = versions;
    config
}

/// A client at this stage that would do TLS 1.3 too, and its server.
pub(super) fn client_at(stage: Stage, round: Round) -> (Subject<Client>, Puppet) {
    configured_client_at(stage, round, client_config(Versions::Both))
}

/// A client at this stage with buffers for full records, and its server.
pub(super) fn configured_client_at(
    stage: Stage,
    round: Round,
    config: ClientConfig,
) -> (Subject<Client>, Puppet) {
    let buffer = full_incoming(config.common.max_handshake_message);
    let (subject, puppet) = (client(config, buffer), Puppet::new(Peer::Server, 3));
    client_with_at(stage, round, (subject, puppet))
}

/// This client at this stage, and this server of its.
pub(super) fn client_with_at(
    stage: Stage,
    round: Round,
    (mut subject, mut puppet): (Subject<Client>, Puppet),
) -> (Subject<Client>, Puppet) {
    if round == Round::Again {
        go_to(Stage::Connected, &mut subject, &mut puppet);
        assert_eq!(subject.renegotiate(), Ok(()));
    }
    go_to(stage, &mut subject, &mut puppet);
    (subject, puppet)
}

/// From the ClientHello, which leaves now, to this stage.
pub(super) fn go_to<R: Role>(stage: Stage, subject: &mut Subject<R>, puppet: &mut Puppet) {
    puppet.forget_handshake();
    assert_eq!(run(subject), Ok(Want::Incoming));
    puppet.hear_flight(&drain(subject));
    for step in STAGES.into_iter().take_while(|step| *step < stage) {
        match (step, stage) {
            (Stage::HelloDoneOrRequest, Stage::HelloDone) => {
                feed(subject, &puppet.say(&certificate_request()));
            }
            // Only a client that was asked for its certificate is ever there.
            (Stage::HelloDone, _) => {}
            _ => advance(subject, puppet, step),
        }
    }
    assert_eq!(run(subject), Ok(Want::Incoming));
}

/// Says what a client at this stage waits for.
pub(super) fn advance<R: Role>(subject: &mut Subject<R>, puppet: &mut Puppet, stage: Stage) {
    let record = match stage {
        Stage::ServerHello => {
            let hello = puppet.server_hello();
            puppet.randoms[1] = hello.random;
            puppet.say(&hello.encode())
        }
        Stage::Certificate => puppet.say(&certificate()),
        Stage::ServerKeyExchange => {
            let exchange = puppet.server_key_exchange();
            puppet.say(&exchange)
        }
        Stage::HelloDoneOrRequest | Stage::HelloDone => puppet.say(&server_hello_done()),
        Stage::ChangeCipherSpec => puppet.change_cipher_spec(),
        Stage::Finished => puppet.say_finished(),
        Stage::Connected => Vec::new(),
    };
    feed(subject, &record);
    assert_eq!(run(subject), Ok(Want::Incoming), "after {stage:?}");
    puppet.hear_flight(&drain(subject));
}

impl Puppet {
    /// A ServerHello.
    pub(super) fn server_hello(&self) -> ServerHelloParts {
        let bond = self.verify_data.concat();
        ServerHelloParts {
            version: 0x0303,
            random: [6; 32],
            session_id: Vec::new(),
            suite: self.suite.0,
            compression: 0,
            extensions: std::vec![
                (ExtensionType::EXTENDED_MASTER_SECRET, Vec::new()),
                (ExtensionType::RENEGOTIATION_INFO, [&[bond.len() as u8], &bond[..]].concat()),
            ],
        }
    }

    /// A ServerKeyExchange with the key of the tests.
    pub(super) fn server_key_exchange(&mut self) -> Vec<u8> {
        let params = self.params(NamedGroup::X25519);
        self.signed_params(signer().scheme(), &params)
    }

    /// A ServerKeyExchange of these parameters, with a signature that claims this scheme.
    pub(super) fn signed_params(&self, scheme: SignatureScheme, params: &[u8]) -> Vec<u8> {
        let signature = sign(&[&self.randoms[0], &self.randoms[1], params].concat());
        server_key_exchange(params, scheme, &signature)
    }
}

/// A signature with the key of the tests.
pub(super) fn sign(input: &[u8]) -> Vec<u8> {
    let mut signature = [0; 128];
    let length = signer().sign(input, &mut signature).unwrap();
    signature[..length].to_vec()
}

/// A ServerKeyExchange.
pub(super) fn server_key_exchange(params: &[u8], scheme: SignatureScheme, signature: &[u8]) -> Vec<u8> {
    let body = encode(&|w| {
        w.put(params);
        w.u16(scheme.0);
        w.vec_u16(&|w| w.put(signature));
    });
    message(HandshakeType::SERVER_KEY_EXCHANGE, &body)
}

/// A Certificate message with one certificate.
pub(super) fn certificate() -> Vec<u8> {
    encode(&|w| certificate::encode(w, &|each| each(CERTIFICATE)))
}

/// A CertificateRequest.
pub(super) fn certificate_request() -> Vec<u8> {
    message(HandshakeType::CERTIFICATE_REQUEST, &[1, 64, 0, 2, 4, 3, 0, 0])
}

/// A ServerHelloDone.
pub(super) fn server_hello_done() -> Vec<u8> {
    encode(&|w| server_hello_done::encode(w))
}
