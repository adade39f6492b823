//! Raw public keys in place of certificates (RFC 7250, section 4).

use std::vec::Vec;

use super::super::puppet::{encode, message, split_messages};
use super::super::subject::{CERTIFICATE, Subject, drain, feed, public_key, refuses, run, server};
use super::played_client;
use super::played_server::{STAGES, Stage, advance, certificate, client_config, configured_client_at};
use super::puppet::Puppet;
use super::{ROUNDS, Round};
use crate::Client;
use crate::buffers::full_incoming;
use crate::config::CertificateTypes::{Either, RawPublicKey, X509};
use crate::config::{CertificateType, CertificateTypes, Identities, IdentityId, ServerConfig, Versions};
use crate::connection::{Event, Want};
use crate::engine::Peer;
use crate::error::{PeerIncompatible, PeerMisbehaved};
use crate::wire::client_hello::ClientHello;
use crate::wire::enums::{ExtensionType, HandshakeType};
use crate::wire::extension::ExtensionSet;
use crate::wire::server_hello::ServerHello;
use crate::wire::tls12::certificate as tls12;

fn client_at(round: Round, types: CertificateTypes) -> (Subject<Client>, Puppet) {
    let mut config = client_config(Versions::Both);
    config.common.peer_certificates = types;
    configured_client_at(Stage::ServerHello, round, config)
}

/// A client that takes these types, told by the server that it shows this one.
fn agreed(round: Round, types: CertificateTypes, code: Option<u8>) -> (Subject<Client>, Puppet) {
    let (mut subject, mut puppet) = client_at(round, types);
    let mut hello = puppet.server_hello();
    let said = code.map(|code| (ExtensionType::SERVER_CERTIFICATE_TYPE, std::vec![code]));
    hello.extensions.extend(said);
    puppet.randoms[1] = hello.random;
    feed(&mut subject, &puppet.say(&hello.encode()));
    (subject, puppet)
}

fn raw(key: &[u8]) -> Vec<u8> {
    encode(&|w| tls12::encode_raw_public_key(w, &|each| each(key)))
}

#[test]
fn the_key_stands_alone_in_the_message() {
    let message = raw(b"key");
    assert_eq!(message, [&[11, 0, 0, 6, 0, 0, 3][..], b"key"].concat());
    let chain = tls12::parse_raw_public_key(&message[4..]).unwrap();
    assert_eq!((chain.raw_public_key(), chain.ocsp_response()), (Some(&b"key"[..]), None));
    assert!(tls12::parse_raw_public_key(&[0, 0, 0]).unwrap().is_empty());
    for body in [&[][..], &[0, 0], &[0, 0, 2, 9], &[0, 0, 1, 9, 9]] {
        assert!(tls12::parse_raw_public_key(body).is_err(), "{body:?}");
    }
}

#[test]
fn a_client_offers_what_it_takes() {
    for (types, expected) in [(X509, None), (RawPublicKey, Some(&[2][..])), (Either, Some(&[2, 0]))] {
        // Who takes keys alone has never come to an end with a certificate.
        let rounds = if types == RawPublicKey { &ROUNDS[..1] } else { &ROUNDS };
        for round in rounds {
            let (_, puppet) = client_at(*round, types);
            let hello = split_messages(&puppet.transcript).remove(0);
            let extensions = ClientHello::parse(&hello[4..]).unwrap().extensions;
            assert_eq!(extensions.server_certificate_types, expected);
            assert_eq!(extensions.client_certificate_types, None);
        }
    }
}

#[test]
fn a_server_shows_a_key_and_proves_that_it_has_it() {
    for types in [RawPublicKey, Either] {
        let (mut subject, mut puppet) = agreed(Round::First, types, Some(2));
        feed(&mut subject, &puppet.say(&raw(&public_key())));
        let Event::VerifyPeer(ask) = subject.next_event().unwrap() else { panic!("an ask") };
        assert_eq!(ask.raw_public_key(), Some(&public_key()[..]));
        drop(ask);
        let rest = || STAGES.into_iter().skip(2).filter(|stage| *stage != Stage::HelloDone);
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
        rest().for_each(|stage| advance(&mut subject, &mut puppet, stage));
        assert_eq!(subject.negotiated().server_certificate, CertificateType::RawPublicKey);
    }
}

#[test]
fn certificates_are_no_keys_where_nothing_was_agreed() {
    for round in ROUNDS {
        let (mut subject, mut puppet) = agreed(round, Either, None);
        feed(&mut subject, &puppet.say(&certificate()));
        let Event::VerifyPeer(ask) = subject.next_event().unwrap() else { panic!("an ask") };
        assert_eq!(ask.raw_public_key(), None);
        assert_eq!(ask.chain().iter().collect::<Vec<_>>(), [CERTIFICATE]);
    }
}

#[test]
fn what_was_not_offered_is_not_chosen() {
    for (types, code, error) in [
        (X509, 0, PeerMisbehaved::UnsolicitedExtension),
        (X509, 2, PeerMisbehaved::UnsolicitedExtension),
        (RawPublicKey, 0, PeerMisbehaved::IllegalParameter),
        (Either, 1, PeerMisbehaved::IllegalParameter),
    ] {
        let (mut subject, mut puppet) = agreed(Round::First, types, Some(code));
        refuses(&mut subject, &mut puppet, &[], error);
    }
    let (mut subject, mut puppet) = agreed(Round::First, RawPublicKey, None);
    let record = puppet.say(&certificate());
    refuses(&mut subject, &mut puppet, &record, PeerIncompatible::CertificateType);
}

#[test]
fn there_is_one_key_and_not_a_list_or_none() {
    let list = encode(&|w| tls12::encode(w, &|each| each(CERTIFICATE)));
    for (said, error) in [
        (message(HandshakeType::CERTIFICATE, &[0, 0, 0]), PeerMisbehaved::NoCertificate),
        (message(HandshakeType::CERTIFICATE, &[0, 0, 1, 9, 0]), PeerMisbehaved::Malformed),
    ] {
        let (mut subject, mut puppet) = agreed(Round::First, RawPublicKey, Some(2));
        let record = puppet.say(&said);
        refuses(&mut subject, &mut puppet, &record, error);
    }
    // What looks like a list is a key that is none: it is for the verifier to know that.
    let (mut subject, mut puppet) = agreed(Round::First, RawPublicKey, Some(2));
    feed(&mut subject, &puppet.say(&list));
    let Event::VerifyPeer(ask) = subject.next_event().unwrap() else { panic!("an ask") };
    assert_eq!(ask.raw_public_key(), Some(&list[7..]));
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

/// A server of these types with a hello that offers these.
fn offered(types: CertificateTypes, offer: Option<&[u8]>) -> (Subject<crate::Server>, Puppet, Vec<u8>) {
    let mut config = ServerConfig::new(Both);
    config.common.versions = Versions::Tls12;
    config.common.own_certificates = types;
    let buffer = full_incoming(config.common.max_handshake_message);
    let (subject, mut puppet) = (server(config, buffer), Puppet::new(Peer::Client, 4));
    let mut hello = puppet.client_hello();
    let content = offer.map(|types| [&[u8::try_from(types.len()).unwrap()], types].concat());
    hello.extensions.extend(content.map(|content| (ExtensionType::SERVER_CERTIFICATE_TYPE, content)));
    puppet.randoms[0] = [5; 32];
    let record = puppet.say(&hello.encode());
    (subject, puppet, record)
}

/// What a server of these types answers to this offer, and what it shows.
fn chosen(types: CertificateTypes, offer: Option<&[u8]>) -> (Option<u8>, Vec<u8>) {
    answered(offered(types, offer))
}

fn answered(
    (mut subject, mut puppet, record): (Subject<crate::Server>, Puppet, Vec<u8>),
) -> (Option<u8>, Vec<u8>) {
    feed(&mut subject, &record);
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    puppet.hear_flight(&drain(&mut subject));
    let messages = split_messages(&puppet.transcript);
    let hello = ServerHello::parse(&messages[1][4..]).unwrap();
    let all = (0..=u16::MAX).map(ExtensionType).fold(ExtensionSet::default(), ExtensionSet::with);
    let answer = hello.tls12_extensions(all).unwrap();
    assert_eq!(answer.client_certificate_type, None, "it is not asked for");
    let rest = [played_client::Stage::ClientKeyExchange, played_client::Stage::ChangeCipherSpec];
    rest.into_iter().for_each(|stage| played_client::advance(&mut subject, &mut puppet, stage));
    (answer.server_certificate_type, messages[2][4..].to_vec())
}

#[test]
fn a_server_shows_what_both_know() {
    let (raw, list) =
        (|| (Some(2), raw(&public_key())[4..].to_vec()), || (None, certificate()[4..].to_vec()));
    assert_eq!(chosen(RawPublicKey, Some(&[0, 2])), raw());
    assert_eq!(chosen(Either, Some(&[0, 2])), raw());
    assert_eq!(chosen(Either, Some(&[9, 0])), list());
    assert_eq!(chosen(Either, None), list());
    assert_eq!(chosen(X509, Some(&[2, 0])), list());
}

#[test]
fn what_was_chosen_before_a_renegotiation_is_forgotten() {
    let (mut subject, puppet, record) = offered(Either, None);
    subject.engine.negotiated.server_certificate = CertificateType::RawPublicKey;
    assert_eq!(answered((subject, puppet, record)), (None, certificate()[4..].to_vec()));
}

#[test]
fn a_server_without_a_common_type_says_so() {
    for (types, offer) in [(X509, Some(&[2][..])), (RawPublicKey, Some(&[0])), (RawPublicKey, None)] {
        let (mut subject, mut puppet, record) = offered(types, offer);
        refuses(&mut subject, &mut puppet, &record, PeerIncompatible::CertificateType);
    }
}
