//! Stapled OCSP responses.

use std::vec::Vec;

use super::hellos::ClientHelloParts;
use super::played_client::Share;
use super::played_server::{Stage, configured_client_at};
use super::puppet::{Puppet, message, split_messages};
use super::subject::{CERTIFICATE, Subject, drain, feed, refuses, run, server};
use crate::Client;
use crate::buffers::full_incoming;
use crate::config::{ClientConfig, Identities, IdentityId, Ocsp, ServerConfig};
use crate::connection::{Event, Want};
use crate::error::PeerMisbehaved;
use crate::wire::certificate::Certificate;
use crate::wire::client_hello::ClientHello;
use crate::wire::enums::{ExtensionType, HandshakeType, NamedGroup};
use crate::wire::extension::ExtensionSet;

const RESPONSE: &[u8] = b"nobody looks into it";
/// OCSP, any responder, no extensions.
const REQUEST: &[u8] = &[1, 0, 0, 0, 0];

fn asking() -> ClientConfig {
    let mut config = ClientConfig::new();
    config.common.ocsp = Ocsp::Requested;
    config
}

fn client_at(stage: Stage, config: ClientConfig) -> (Subject<Client>, Puppet) {
    let buffer = full_incoming(config.common.max_handshake_message);
    configured_client_at(stage, config, buffer)
}

/// A Certificate message whose entries have these extensions.
fn certificate(entries: &[&[u8]]) -> Vec<u8> {
    let entries = entries.iter().flat_map(|extensions| {
        let length = u16::try_from(extensions.len()).unwrap().to_be_bytes();
        let certificate = [&[0, 0, u8::try_from(CERTIFICATE.len()).unwrap()], CERTIFICATE].concat();
        [&certificate[..], &length, extensions].concat()
    });
    let entries: Vec<u8> = entries.collect();
    let length = u16::try_from(entries.len()).unwrap().to_be_bytes();
    message(HandshakeType::CERTIFICATE, &[&[0, 0][..], &length, &entries].concat())
}

/// status_request with this content.
fn status(content: &[u8]) -> Vec<u8> {
    [&[0, 5, 0, u8::try_from(content.len()).unwrap()], content].concat()
}

fn stapled() -> Vec<u8> {
    status(&[&[1, 0, 0, u8::try_from(RESPONSE.len()).unwrap()], RESPONSE].concat())
}

#[test]
fn a_client_asks_where_it_is_told_to() {
    for (config, expected) in [(ClientConfig::new(), false), (asking(), true)] {
        let (_, puppet) = client_at(Stage::ServerHello, config);
        let hello = split_messages(&puppet.transcript).remove(0);
        let asked = ClientHello::parse(&hello[4..]).unwrap().extensions.status_request.is_some();
        assert_eq!(asked, expected);
    }
}

#[test]
fn the_verifier_is_shown_what_the_server_sent_for_its_own_certificate() {
    for (entries, expected) in [
        (&[&stapled()[..]][..], Some(RESPONSE)),
        (&[&stapled(), &stapled()], Some(RESPONSE)),
        (&[b"", &stapled()], None),
        (&[b""], None),
    ] {
        let (mut subject, mut puppet) = client_at(Stage::CertificateOrRequest, asking());
        feed(&mut subject, &puppet.say(&certificate(entries)));
        let Event::VerifyPeer(ask) = subject.next_event().unwrap() else { panic!("an ask") };
        assert_eq!(ask.ocsp_response(), expected);
    }
}

#[test]
fn a_response_is_asked_for_and_well_formed() {
    for (content, error) in [
        (&[2, 0, 0, 1, 9][..], PeerMisbehaved::IllegalParameter),
        (&[1, 0, 0, 0], PeerMisbehaved::Malformed),
        (&[1, 0, 0, 2, 9], PeerMisbehaved::Malformed),
        (&[1, 0, 0, 1, 9, 9], PeerMisbehaved::Malformed),
        (&[], PeerMisbehaved::Malformed),
    ] {
        let (mut subject, mut puppet) = client_at(Stage::CertificateOrRequest, asking());
        let record = puppet.say(&certificate(&[&status(content)]));
        refuses(&mut subject, &mut puppet, &record, error);
    }
    let (mut subject, mut puppet) = client_at(Stage::CertificateOrRequest, ClientConfig::new());
    let record = puppet.say(&certificate(&[&stapled()]));
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnsolicitedExtension);
    let (mut subject, mut puppet) = client_at(Stage::CertificateOrRequest, asking());
    let record = puppet.say(&certificate(&[&[stapled(), stapled()].concat()]));
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::DuplicateExtension);
}

/// An identity with two certificates and perhaps a response.
struct Stapled(Option<&'static [u8]>);

impl Identities for Stapled {
    fn for_each_certificate(&self, _: IdentityId, each: &mut dyn FnMut(&[u8])) {
        each(CERTIFICATE);
        each(CERTIFICATE);
    }

    fn ocsp_response(&self, _: IdentityId) -> Option<&[u8]> {
        self.0
    }
}

/// What a server's Certificate message holds for a client that says this.
fn shown(response: Option<&'static [u8]>, change: impl Fn(&mut ClientHelloParts)) -> [Option<Vec<u8>>; 2] {
    let config = ServerConfig::new(Stapled(response));
    let (mut subject, mut puppet) = (server(config, 6144), Puppet::new(4));
    let share = Share::new(&mut puppet.provider, NamedGroup::X25519);
    let mut hello = share.hello();
    change(&mut hello);
    feed(&mut subject, &puppet.say(&hello.encode()));
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    let flight = drain(&mut subject);
    let messages = puppet.hear_flight_as_client(share, &flight);
    let certificate = messages.iter().find(|message| message[0] == HandshakeType::CERTIFICATE.0).unwrap();
    let offered = ExtensionSet::default().with(ExtensionType::STATUS_REQUEST);
    let chain = Certificate::parse(&certificate[4..], offered).unwrap().chain;
    assert_eq!(chain.iter().count(), 2);
    let plain = Certificate::parse(&certificate[4..], ExtensionSet::default()).map(|_| Vec::new()).ok();
    [chain.ocsp_response().map(<[u8]>::to_vec), plain]
}

#[test]
fn a_server_hands_out_its_response_to_those_that_ask() {
    let ask = |hello: &mut ClientHelloParts| {
        hello.extensions.insert(0, (ExtensionType::STATUS_REQUEST, REQUEST.to_vec()));
    };
    assert_eq!(shown(Some(RESPONSE), ask), [Some(RESPONSE.to_vec()), None]);
    assert_eq!(shown(None, ask), [None, Some(Vec::new())]);
    assert_eq!(shown(Some(RESPONSE), |_| ()), [None, Some(Vec::new())]);
    // Another kind of status, which nobody here knows.
    let other = |hello: &mut ClientHelloParts| {
        hello.extensions.insert(0, (ExtensionType::STATUS_REQUEST, std::vec![9, 1, 2]));
    };
    assert_eq!(shown(Some(RESPONSE), other), [None, Some(Vec::new())]);
}

#[test]
fn a_request_that_can_not_be_parsed() {
    for content in [&[][..], &[1], &[1, 0, 0, 0], &[1, 0, 2, 0, 0, 0, 0], &[1, 0, 0, 0, 0, 0]] {
        let mut puppet = Puppet::new(4);
        let mut hello = Share::new(&mut puppet.provider, NamedGroup::X25519).hello();
        hello.extensions.insert(0, (ExtensionType::STATUS_REQUEST, content.to_vec()));
        let record = puppet.say(&hello.encode());
        let mut subject = server(ServerConfig::new(Stapled(None)), 6144);
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::Malformed);
    }
}
