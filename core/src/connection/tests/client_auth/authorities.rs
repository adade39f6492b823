//! Names of certificate authorities (RFC 8446, section 4.2.4).

use std::vec::Vec;

use super::super::hellos::ClientHelloParts;
use super::super::played_client::{Share, hear_flight};
use super::super::puppet::{Puppet, split_messages};
use super::super::subject::{CERTIFICATE, Shown, feed, refuses, server};
use crate::buffers::full_incoming;
use crate::config::{Identities, IdentityId, PeerCertificate, ServerConfig};
use crate::connection::Event;
use crate::error::PeerMisbehaved;
use crate::wire::certificate_request::CertificateRequest;
use crate::wire::enums::{ExtensionType, HandshakeType, NamedGroup};

/// An identity, and the authorities of clients.
struct Naming(&'static [&'static [u8]]);

impl Identities for Naming {
    fn for_each_certificate(&self, _: IdentityId, each: &mut dyn FnMut(&[u8])) {
        each(CERTIFICATE);
    }

    fn for_each_authority(&self, each: &mut dyn FnMut(&[u8])) {
        self.0.iter().for_each(|name| each(name));
    }
}

/// The names in the request of a server that has these.
fn named(names: &'static [&'static [u8]]) -> Option<Vec<Vec<u8>>> {
    let mut config = ServerConfig::new(Naming(names));
    config.client_certificates = PeerCertificate::Requested;
    let buffer = full_incoming(config.common.max_handshake_message);
    let (mut subject, mut puppet) = (server(config, buffer), Puppet::new(4));
    hear_flight(&mut subject, &mut puppet, &|_| (), &[]);
    let messages = split_messages(&puppet.transcript);
    let body = messages.iter().find(|message| message[0] == HandshakeType::CERTIFICATE_REQUEST.0);
    let request = CertificateRequest::parse(&body.unwrap()[4..]).unwrap();
    request.authorities.map(|names| names.iter().map(<[u8]>::to_vec).collect())
}

#[test]
fn a_server_names_those_that_it_has() {
    assert_eq!(named(&[b"one", b"another"]), Some(std::vec![b"one".to_vec(), b"another".to_vec()]));
    assert_eq!(named(&[]), None, "an empty list would be malformed");
}

/// A hello with this extension.
fn naming(puppet: &mut Puppet, content: &[u8]) -> Vec<u8> {
    let mut hello: ClientHelloParts = Share::new(&mut puppet.provider, NamedGroup::X25519).hello();
    hello.extensions.push((ExtensionType::CERTIFICATE_AUTHORITIES, content.to_vec()));
    puppet.say(&hello.encode())
}

#[test]
fn a_server_hears_those_that_a_client_names() {
    let (mut subject, mut puppet) = (server(ServerConfig::new(Shown), 6144), Puppet::new(4));
    let record = naming(&mut puppet, &[0, 9, 0, 2, 0x30, 0, 0, 3, 0x30, 1, 0]);
    feed(&mut subject, &record);
    let Event::ChooseIdentity(ask) = subject.next_event().unwrap() else { panic!("an ask") };
    let names = ask.authorities().unwrap().iter().collect::<Vec<_>>();
    assert_eq!(names, [&[0x30, 0][..], &[0x30, 1, 0]]);
}

#[test]
fn a_list_is_well_formed() {
    for content in [&[][..], &[0, 0], &[0, 2, 0, 0], &[0, 4, 0, 3, 9, 9], &[0, 3, 0, 1, 9, 9]] {
        let (mut subject, mut puppet) = (server(ServerConfig::new(Shown), 6144), Puppet::new(4));
        let record = naming(&mut puppet, content);
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::Malformed);
    }
}
