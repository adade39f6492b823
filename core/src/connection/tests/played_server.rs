//! A client under test, and the server that a test plays for it.

use core::fmt::Debug;
use std::vec::Vec;

use super::hellos::{Block, ServerHelloParts, block, vector};
use super::puppet::{Puppet, encode, message};
use super::subject::{CERTIFICATE, Subject, client, drain, feed, run, signer};
use crate::Client;
use crate::buffers::full_incoming;
use crate::config::{ClientConfig, Identities};
use crate::connection::Want;
use crate::crypto::{MAX_PUBLIC_VALUE, Provider};
use crate::engine::{Peer, Role, signature_input};
use crate::wire::certificate::{Certificate, CertificateVerify};
use crate::wire::client_hello::ClientHello;
use crate::wire::enums::{ExtensionType, HandshakeType, NamedGroup, SignatureScheme};

/// How far a handshake went: what the client waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    ServerHello,
    EncryptedExtensions,
    CertificateOrRequest,
    Certificate,
    CertificateVerify,
    Finished,
    Connected,
}

pub(super) const STAGES: [Stage; 7] = [
    Stage::ServerHello,
    Stage::EncryptedExtensions,
    Stage::CertificateOrRequest,
    Stage::Certificate,
    Stage::CertificateVerify,
    Stage::Finished,
    Stage::Connected,
];

/// A client at this stage with buffers for full records, and its server.
pub(super) fn client_at(stage: Stage) -> (Subject<Client>, Puppet) {
    let config = ClientConfig::new();
    let buffer = full_incoming(config.common.max_handshake_message);
    configured_client_at(stage, config, buffer)
}

/// A client at this stage, and its server.
pub(super) fn configured_client_at<T: Identities + Debug>(
    stage: Stage,
    config: ClientConfig<T>,
    buffer: usize,
) -> (Subject<Client<T>>, Puppet) {
    let mut puppet = Puppet::new(3);
    puppet.suite = config.common.cipher_suites.first().copied().unwrap_or(puppet.suite);
    let mut subject = client(config, buffer);
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    puppet.hear_messages(&drain(&mut subject));
    for step in STAGES.into_iter().take_while(|step| *step < stage) {
        match (step, stage) {
            (Stage::CertificateOrRequest, Stage::Certificate) => {
                let request = message(HandshakeType::CERTIFICATE_REQUEST, &certificate_request());
                feed(&mut subject, &puppet.say(&request));
            }
            // Only a client that was asked for its certificate is ever there.
            (Stage::Certificate, _) => {}
            _ => advance(&mut subject, &mut puppet, step),
        }
    }
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    (subject, puppet)
}

/// Says what a client at this stage waits for.
pub(super) fn advance<R: Role>(subject: &mut Subject<R>, puppet: &mut Puppet, stage: Stage) {
    match stage {
        Stage::ServerHello => {
            let hello = puppet.server_hello().encode();
            feed(subject, &puppet.say(&hello));
            puppet.enter_handshake_as_server();
        }
        Stage::EncryptedExtensions => feed(subject, &puppet.say(&encrypted_extensions(&Vec::new()))),
        Stage::CertificateOrRequest | Stage::Certificate => feed(subject, &puppet.say(&certificate())),
        Stage::CertificateVerify => {
            let verify = puppet.certificate_verify();
            feed(subject, &puppet.say(&verify));
        }
        Stage::Finished => finish(subject, puppet),
        Stage::Connected => {}
    }
    assert_eq!(run(subject), Ok(Want::Incoming), "after {stage:?}");
}

/// Both Finished; application data from here on.
fn finish<R: Role>(subject: &mut Subject<R>, puppet: &mut Puppet) {
    let finished = puppet.finished(|schedule| &schedule.server_handshake);
    feed(subject, &puppet.say(&finished));
    puppet.enter_application();
    puppet.write_with(|schedule| &schedule.server_application);
    assert_eq!(run(subject), Ok(Want::Incoming));
    let expected = puppet.finished(|schedule| &schedule.client_handshake);
    assert_eq!(puppet.hear_messages(&drain(subject)), [expected]);
    puppet.read_with(|schedule| &schedule.client_application);
}

impl Puppet {
    /// A ServerHello that answers the ClientHello which is the last message of the transcript.
    pub(super) fn server_hello(&mut self) -> ServerHelloParts {
        self.server_hello_with(NamedGroup::X25519)
    }

    /// As [`Puppet::server_hello`], with this group.
    pub(super) fn server_hello_with(&mut self, group: NamedGroup) -> ServerHelloParts {
        let transcript = self.transcript.clone();
        let hello = super::puppet::split_messages(&transcript).pop().unwrap();
        let hello = ClientHello::parse(&hello[4..]).unwrap();
        let share = hello.extensions.key_shares.unwrap().find(group).unwrap();
        let mut public = [0; MAX_PUBLIC_VALUE];
        let length = self.provider.kx_respond(group, share, &mut public, &mut self.shared).unwrap();
        let share = [&group.0.to_be_bytes()[..], &vector(&public[..length])].concat();
        ServerHelloParts {
            version: 0x0303,
            random: [6; 32],
            session_id: hello.session_id.to_vec(),
            suite: self.suite.0,
            compression: 0,
            extensions: std::vec![
                (ExtensionType::SUPPORTED_VERSIONS, std::vec![3, 4]),
                (ExtensionType::KEY_SHARE, share),
            ],
        }
    }

    /// Handshake keys both ways, for a server.
    pub(super) fn enter_handshake_as_server(&mut self) {
        self.enter_handshake();
        self.write_with(|schedule| &schedule.server_handshake);
        self.read_with(|schedule| &schedule.client_handshake);
    }

    /// A CertificateVerify with the key of the tests.
    pub(super) fn certificate_verify(&mut self) -> Vec<u8> {
        self.signed(signer().scheme(), Peer::Server)
    }

    /// A signature that claims this scheme, in the context of this end.
    pub(super) fn signed(&mut self, scheme: SignatureScheme, context: Peer) -> Vec<u8> {
        let input = signature_input(context, &self.digest());
        let mut signature = [0; 128];
        let length = signer().sign(&input, &mut signature).unwrap();
        encode(&|w| CertificateVerify { scheme, signature: &signature[..length] }.encode(w))
    }
}

/// EncryptedExtensions with these.
pub(super) fn encrypted_extensions(extensions: &Block) -> Vec<u8> {
    message(HandshakeType::ENCRYPTED_EXTENSIONS, &block(extensions))
}

/// A Certificate message with one certificate.
pub(super) fn certificate() -> Vec<u8> {
    encode(&|w| Certificate::encode(w, &|each| each(CERTIFICATE)))
}

/// The body of a CertificateRequest.
pub(super) fn certificate_request() -> Vec<u8> {
    let schemes = SignatureScheme::ECDSA_SECP256R1_SHA256.0.to_be_bytes();
    let extensions = [(ExtensionType::SIGNATURE_ALGORITHMS, vector(&schemes))];
    [&[0][..], &block(&extensions)].concat()
}
