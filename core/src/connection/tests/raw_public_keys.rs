//! Raw public keys in place of certificates (RFC 7250).

use std::vec::Vec;

use super::hellos::{Block, ClientHelloParts};
use super::played_client::Share;
use super::played_server::{Stage, certificate, configured_client_at, encrypted_extensions};
use super::puppet::{Puppet, encode, split_messages};
use super::subject::{CERTIFICATE, Subject, drain, feed, public_key, refuses, run, server};
use crate::Client;
use crate::buffers::full_incoming;
use crate::config::CertificateTypes::{Either, RawPublicKey, X509};
use crate::config::{CertificateType, CertificateTypes, ClientConfig, Identities, IdentityId, ServerConfig};
use crate::connection::{Event, Want};
use crate::driver::{PinnedKeys, answer_client};
use crate::error::{CertificateError, PeerIncompatible, PeerMisbehaved, Refused};
use crate::wire::certificate::Certificate;
use crate::wire::client_hello::ClientHello;
use crate::wire::encrypted_extensions::EncryptedExtensions;
use crate::wire::enums::{AlertDescription, ExtensionType, HandshakeType, NamedGroup};
use crate::wire::extension::ExtensionSet;

fn client_at(stage: Stage, types: CertificateTypes) -> (Subject<Client>, Puppet) {
    let mut config = ClientConfig::new();
    config.common.peer_certificates = types;
    let buffer = full_incoming(config.common.max_handshake_message);
    configured_client_at(stage, config, buffer)
}

/// A client that takes these types, told by the server that it shows this one.
fn agreed(types: CertificateTypes, code: Option<u8>) -> (Subject<Client>, Puppet) {
    let (mut subject, mut puppet) = client_at(Stage::EncryptedExtensions, types);
    let extensions: Block =
        code.into_iter().map(|code| (ExtensionType::SERVER_CERTIFICATE_TYPE, std::vec![code])).collect();
    feed(&mut subject, &puppet.say(&encrypted_extensions(&extensions)));
    (subject, puppet)
}

fn raw(keys: usize) -> Vec<u8> {
    let key = public_key();
    encode(&|w| Certificate::encode(w, &|each| (0..keys).for_each(|_| each(&key))))
}

#[test]
fn a_client_offers_what_it_takes() {
    for (types, expected) in [(X509, None), (RawPublicKey, Some(&[2][..])), (Either, Some(&[2, 0]))] {
        let (_, puppet) = client_at(Stage::ServerHello, types);
        let hello = split_messages(&puppet.transcript).remove(0);
        let extensions = ClientHello::parse(&hello[4..]).unwrap().extensions;
        assert_eq!(extensions.server_certificate_types, expected);
        assert_eq!(extensions.client_certificate_types, None);
    }
}

#[test]
fn a_server_shows_a_key_and_proves_that_it_has_it() {
    for types in [RawPublicKey, Either] {
        let (mut subject, mut puppet) = agreed(types, Some(2));
        feed(&mut subject, &puppet.say(&raw(1)));
        let key = public_key();
        let (known, other): ([&[u8]; 2], [&[u8]; 1]) = ([b"other", &key], [b"other"]);
        let Event::VerifyPeer(ask) = subject.next_event().unwrap() else { panic!("an ask") };
        assert_eq!(ask.raw_public_key(), Some(&key[..]));
        drop(ask);
        assert!(answer_client(subject.next_event().unwrap(), &PinnedKeys(&known)).is_none());
        let verify = puppet.certificate_verify();
        feed(&mut subject, &puppet.say(&verify));
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
        assert_eq!(subject.negotiated().server_certificate, CertificateType::RawPublicKey);

        let (mut subject, mut puppet) = agreed(types, Some(2));
        feed(&mut subject, &puppet.say(&raw(1)));
        assert!(answer_client(subject.next_event().unwrap(), &PinnedKeys(&other)).is_none());
        let refused = Refused::Certificate(CertificateError::UnknownIssuer);
        assert_eq!(run(&mut subject), Err(refused.into()));
    }
}

#[test]
fn certificates_are_no_keys_where_nothing_was_agreed() {
    let (mut subject, mut puppet) = agreed(Either, None);
    feed(&mut subject, &puppet.say(&certificate()));
    let Event::VerifyPeer(ask) = subject.next_event().unwrap() else { panic!("an ask") };
    assert_eq!(ask.raw_public_key(), None);
    assert_eq!(ask.chain().iter().collect::<Vec<_>>(), [CERTIFICATE]);
}

#[test]
fn what_was_not_offered_is_not_chosen() {
    for (types, code, error) in [
        (X509, 0, PeerMisbehaved::UnsolicitedExtension),
        (X509, 2, PeerMisbehaved::UnsolicitedExtension),
        (RawPublicKey, 0, PeerMisbehaved::IllegalParameter),
        (Either, 1, PeerMisbehaved::IllegalParameter),
    ] {
        let (mut subject, mut puppet) = agreed(types, Some(code));
        refuses(&mut subject, &mut puppet, &[], error);
    }
    let (mut subject, mut puppet) = agreed(RawPublicKey, None);
    let record = puppet.say(&certificate());
    refuses(&mut subject, &mut puppet, &record, PeerIncompatible::CertificateType);
    assert_eq!(PeerIncompatible::CertificateType.alert(), AlertDescription::UNSUPPORTED_CERTIFICATE);
}

#[test]
fn there_is_one_key_and_not_two_or_none() {
    for (keys, error) in [(2, PeerMisbehaved::IllegalParameter), (0, PeerMisbehaved::NoCertificate)] {
        let (mut subject, mut puppet) = agreed(RawPublicKey, Some(2));
        let record = puppet.say(&raw(keys));
        refuses(&mut subject, &mut puppet, &record, error);
    }
}

#[test]
fn types_in_an_answer_are_one_byte() {
    for content in [&[][..], &[2, 0]] {
        let (mut subject, mut puppet) = client_at(Stage::EncryptedExtensions, RawPublicKey);
        let extensions = std::vec![(ExtensionType::SERVER_CERTIFICATE_TYPE, content.to_vec())];
        let record = puppet.say(&encrypted_extensions(&extensions));
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::Malformed);
    }
}

/// An identity of a certificate and a key.
struct Both;

impl Identities for Both {
    fn for_each_certificate(&self, _: IdentityId, each: &mut dyn FnMut(&[u8])) {
        each(CERTIFICATE);
    }

    fn raw_public_key(&self, _: IdentityId, each: &mut dyn FnMut(&[u8])) {
        each(&public_key());
    }
}

fn offering(types: Option<&[u8]>) -> impl Fn(&mut ClientHelloParts) {
    let content = types.map(|types| [&[u8::try_from(types.len()).unwrap()], types].concat());
    move |hello| {
        let extension = content.clone().map(|content| (ExtensionType::SERVER_CERTIFICATE_TYPE, content));
        hello.extensions.extend(extension);
    }
}

/// What a server of these types answers to this offer, and what it shows.
fn chosen(types: CertificateTypes, offered: Option<&[u8]>) -> (Option<u8>, Vec<u8>) {
    let mut config = ServerConfig::new(Both);
    config.common.own_certificates = types;
    let (mut subject, mut puppet) = (server(config, 6144), Puppet::new(4));
    let share = Share::new(&mut puppet.provider, NamedGroup::X25519);
    let mut hello = share.hello();
    offering(offered)(&mut hello);
    feed(&mut subject, &puppet.say(&hello.encode()));
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    let messages = puppet.hear_flight_as_client(share, &drain(&mut subject));
    let body = |kind: HandshakeType| {
        messages.iter().find(|message| message[0] == kind.0).map(|message| message[4..].to_vec()).unwrap()
    };
    let offered = ExtensionSet::default().with(ExtensionType::SERVER_CERTIFICATE_TYPE);
    let extensions = body(HandshakeType::ENCRYPTED_EXTENSIONS);
    let answer = EncryptedExtensions::parse(&extensions, offered).unwrap().server_certificate_type;
    let certificate = body(HandshakeType::CERTIFICATE);
    let chain = Certificate::parse(&certificate, offered).unwrap().chain;
    (answer, chain.iter().next().unwrap().to_vec())
}

#[test]
fn a_server_shows_what_both_know() {
    let (raw, certificate) = (|| (Some(2), public_key()), || (None, CERTIFICATE.to_vec()));
    assert_eq!(chosen(RawPublicKey, Some(&[0, 2])), raw());
    assert_eq!(chosen(Either, Some(&[0, 2])), raw());
    assert_eq!(chosen(Either, Some(&[9, 0])), certificate());
    assert_eq!(chosen(Either, None), certificate());
    assert_eq!(chosen(X509, Some(&[2, 0])), certificate());
}

#[test]
fn a_server_without_a_common_type_says_so() {
    for (types, offered) in [(X509, Some(&[2][..])), (RawPublicKey, Some(&[0])), (RawPublicKey, None)] {
        let mut config = ServerConfig::new(Both);
        config.common.own_certificates = types;
        let (mut subject, mut puppet) = (server(config, 6144), Puppet::new(4));
        let mut hello = Share::new(&mut puppet.provider, NamedGroup::X25519).hello();
        offering(offered)(&mut hello);
        let record = puppet.say(&hello.encode());
        refuses(&mut subject, &mut puppet, &record, PeerIncompatible::CertificateType);
    }
    for content in [&[][..], &[0], &[1, 2, 0]] {
        let (mut subject, mut puppet) = (server(ServerConfig::new(Both), 6144), Puppet::new(4));
        let mut hello = Share::new(&mut puppet.provider, NamedGroup::X25519).hello();
        hello.extensions.push((ExtensionType::CLIENT_CERTIFICATE_TYPE, content.to_vec()));
        let record = puppet.say(&hello.encode());
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::Malformed);
    }
}
