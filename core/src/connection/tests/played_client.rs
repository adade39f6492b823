//! A server under test, and the client that a test plays for it.

use std::vec::Vec;

use super::hellos::ClientHelloParts;
use super::puppet::{Puppet, Software, split_record};
use super::subject::{Shown, Subject, drain, feed, run, server};
use crate::Server;
use crate::buffers::full_incoming;
use crate::config::ServerConfig;
use crate::connection::Want;
use crate::crypto::rustcrypto::KxSecret;
use crate::crypto::{MAX_PUBLIC_VALUE, Provider};
use crate::wire::enums::{CipherSuite, ContentType, HandshakeType, NamedGroup};
use crate::wire::extension::ExtensionSet;
use crate::wire::server_hello::ServerHello;

/// What the server waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    ClientHello,
    SecondClientHello,
    Finished,
    Connected,
}

pub(super) const STAGES: [Stage; 4] =
    [Stage::ClientHello, Stage::SecondClientHello, Stage::Finished, Stage::Connected];

/// The client's half of a key exchange.
pub(super) struct Share {
    secret: KxSecret,
    group: NamedGroup,
    pub(super) public_value: Vec<u8>,
}

impl Share {
    pub(super) fn new(provider: &mut Software, group: NamedGroup) -> Self {
        let mut secret = KxSecret::default();
        let mut public_value = std::vec![0; MAX_PUBLIC_VALUE];
        let length = provider.kx_start(group, &mut secret, &mut public_value).unwrap();
        public_value.truncate(length);
        Self { secret, group, public_value }
    }

    /// A hello with this share.
    pub(super) fn hello(&self) -> ClientHelloParts {
        ClientHelloParts::new(self.group, &self.public_value)
    }
}

/// A server with buffers for full records.
pub(super) fn fresh_server() -> Subject<Server> {
    let config = ServerConfig::new(Shown);
    let buffer = full_incoming(config.common.max_handshake_message);
    server(config, buffer)
}

/// A server at this stage, and its client.
pub(super) fn server_at(stage: Stage) -> (Subject<Server>, Puppet) {
    let mut subject = fresh_server();
    let mut puppet = Puppet::new(4);
    match stage {
        Stage::ClientHello => {}
        Stage::SecondClientHello => {
            retry(&mut subject, &mut puppet, &|_| ());
        }
        Stage::Finished | Stage::Connected => {
            hear_flight(&mut subject, &mut puppet, &|_| (), &[]);
        }
    }
    if stage == Stage::Connected {
        let finished = puppet.client_finished();
        feed(&mut subject, &finished);
        puppet.write_with(|schedule| &schedule.client_application);
    }
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    (subject, puppet)
}

/// A first hello without a share, changed by `change`: the server asks for one. The second hello, unchanged.
pub(super) fn retry(
    subject: &mut Subject<Server>,
    puppet: &mut Puppet,
    change: &dyn Fn(&mut ClientHelloParts),
) -> ClientHelloParts {
    let share = Share::new(&mut puppet.provider, NamedGroup::X25519);
    let mut hello = share.hello();
    change(&mut hello);
    *hello.content(crate::wire::enums::ExtensionType::KEY_SHARE) = std::vec![0, 0];
    feed(subject, &puppet.say(&hello.encode()));
    puppet.fold();
    assert_eq!(run(subject), Ok(Want::Incoming));
    let heard = puppet.hear_messages(&drain(subject));
    assert_eq!(heard.len(), 1, "a HelloRetryRequest");
    assert!(ServerHello::parse(&heard[0][4..]).unwrap().is_hello_retry_request());
    share.hello()
}

/// From the ClientHello, which `change` changes and which `records` follow, to the server's Finished.
pub(super) fn hear_flight(
    subject: &mut Subject<Server>,
    puppet: &mut Puppet,
    change: &dyn Fn(&mut ClientHelloParts),
    records: &[u8],
) {
    let share = Share::new(&mut puppet.provider, NamedGroup::X25519);
    hear_flight_for(share, (subject, puppet), change, records);
}

/// As [`hear_flight`], with this share.
pub(super) fn hear_flight_for(
    share: Share,
    (subject, puppet): (&mut Subject<Server>, &mut Puppet),
    change: &dyn Fn(&mut ClientHelloParts),
    records: &[u8],
) {
    let mut hello = share.hello();
    change(&mut hello);
    feed(subject, &puppet.say(&hello.encode()));
    feed(subject, records);
    assert_eq!(run(subject), Ok(Want::Incoming));
    let flight = drain(subject);
    let messages = puppet.hear_flight_as_client(share, &flight);
    let kinds = messages.iter().map(|message| HandshakeType(message[0])).collect::<Vec<_>>();
    let expected = [
        HandshakeType::ENCRYPTED_EXTENSIONS,
        #[cfg(feature = "client-auth")]
        HandshakeType::CERTIFICATE_REQUEST,
        HandshakeType::CERTIFICATE,
        HandshakeType::CERTIFICATE_VERIFY,
        HandshakeType::FINISHED,
    ];
    #[cfg(feature = "client-auth")]
    let asks = subject.config().client_certificates != crate::config::PeerCertificate::None;
    #[cfg(not(feature = "client-auth"))]
    let asks = false;
    let expected = expected.into_iter().filter(|kind| asks || *kind != HandshakeType::CERTIFICATE_REQUEST);
    assert_eq!(kinds, expected.collect::<Vec<_>>());
    puppet.enter_application();
    puppet.read_with(|schedule| &schedule.server_application);
}

impl Puppet {
    /// A server's flight behind this client's hello, message by message.
    pub(super) fn hear_flight_as_client(&mut self, share: Share, flight: &[u8]) -> Vec<Vec<u8>> {
        let (record, rest) = split_record(flight).unwrap();
        let hello = self.hear_messages(record).remove(0);
        self.enter_handshake_as_client(share, &hello);
        self.hear_messages(rest)
    }

    fn enter_handshake_as_client(&mut self, mut share: Share, hello: &[u8]) {
        let hello = ServerHello::parse(&hello[4..]).unwrap();
        let offered = ExtensionSet::default()
            .with(crate::wire::enums::ExtensionType::SUPPORTED_VERSIONS)
            .with(crate::wire::enums::ExtensionType::KEY_SHARE);
        let (group, public_value) = hello.extensions(offered).unwrap().key_share.unwrap();
        self.suite = CipherSuite(hello.cipher_suite.0);
        self.provider.kx_finish(group, &mut share.secret, public_value, &mut self.shared).unwrap();
        self.enter_handshake();
        self.write_with(|schedule| &schedule.client_handshake);
        self.read_with(|schedule| &schedule.server_handshake);
    }

    /// The record of a client's Finished.
    pub(super) fn client_finished(&mut self) -> Vec<u8> {
        let finished = self.finished(|schedule| &schedule.client_handshake);
        self.record(ContentType::HANDSHAKE, &finished)
    }
}
