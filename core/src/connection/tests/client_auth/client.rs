//! A client that is asked for its certificates.

use std::vec::Vec;

use super::super::played_server::{Stage, advance, certificate, certificate_request, configured_client_at};
use super::super::puppet::{Puppet, message};
use super::super::subject::{CERTIFICATE, Subject, drain, feed, public_key, refuses, run};
use crate::Client;
use crate::buffers::{MIN_OUTGOING, full_incoming};
use crate::config::{ClientConfig, Identities, IdentityId};
use crate::connection::{Event, IdentityRefused, Want};
use crate::crypto::{SIGNATURE_ALGORITHMS, verify_with_spki};
use crate::engine::{Peer, signature_input};
use crate::error::{Error, PeerMisbehaved, Refused};
use crate::wire::certificate::{Certificate, CertificateVerify};
use crate::wire::enums::{ContentType, HandshakeType, SignatureScheme};

/// Identities of this many certificates each.
#[derive(Debug)]
pub(super) struct Certificates(pub(super) usize);

impl Identities for Certificates {
    fn for_each_certificate(&self, _: IdentityId, each: &mut dyn FnMut(&[u8])) {
        (0..self.0).for_each(|_| each(CERTIFICATE));
    }
}

type Known = Client<Certificates>;

/// A client that has seen a CertificateRequest with this body.
pub(super) fn asked(certificates: usize, request: &[u8]) -> (Subject<Known>, Puppet) {
    let config = ClientConfig::with_identities(Certificates(certificates));
    let buffer = full_incoming(config.common.max_handshake_message);
    let (mut subject, mut puppet) = configured_client_at(Stage::CertificateOrRequest, config, buffer);
    feed(&mut subject, &puppet.say(&message(HandshakeType::CERTIFICATE_REQUEST, request)));
    (subject, puppet)
}

/// The server's messages after its request; application keys for what it says next.
fn finish_flight(subject: &mut Subject<Known>, puppet: &mut Puppet) {
    feed(subject, &puppet.say(&certificate()));
    let verify = puppet.certificate_verify();
    feed(subject, &puppet.say(&verify));
    let finished = puppet.finished(|schedule| &schedule.server_handshake);
    feed(subject, &puppet.say(&finished));
    puppet.enter_application();
    puppet.write_with(|schedule| &schedule.server_application);
}

/// Checks what the client shows, message by message, each over the transcript before it.
fn check(puppet: &mut Puppet, bytes: &[u8], certificates: usize) {
    let shown = puppet.hear(bytes).into_iter().flat_map(|(kind, content)| {
        assert_eq!(kind, ContentType::HANDSHAKE);
        content
    });
    let messages = super::super::puppet::split_messages(&shown.collect::<Vec<u8>>());
    let mut kinds = Vec::new();
    for message in &messages {
        let (kind, body) = (HandshakeType(message[0]), &message[4..]);
        kinds.push(kind);
        match kind {
            HandshakeType::CERTIFICATE => {
                let shown = Certificate::parse(body, Default::default()).unwrap();
                assert!(shown.request_context.is_empty());
                assert_eq!(shown.chain.iter().collect::<Vec<_>>(), std::vec![CERTIFICATE; certificates]);
            }
            HandshakeType::CERTIFICATE_VERIFY => {
                let proof = CertificateVerify::parse(body).unwrap();
                let input = signature_input(Peer::Client, &puppet.digest());
                let key = public_key();
                verify_with_spki(SIGNATURE_ALGORITHMS, proof.scheme, &key, &input, proof.signature).unwrap();
            }
            _ => assert_eq!(*message, puppet.finished(|schedule| &schedule.client_handshake)),
        }
        puppet.transcript.extend_from_slice(message);
    }
    let expected = [HandshakeType::CERTIFICATE, HandshakeType::CERTIFICATE_VERIFY, HandshakeType::FINISHED];
    let proves = |kind: &HandshakeType| certificates > 0 || *kind != HandshakeType::CERTIFICATE_VERIFY;
    assert_eq!(kinds, expected.into_iter().filter(proves).collect::<Vec<_>>());
}

#[test]
fn a_client_shows_its_certificates_and_proves_that_it_has_their_key() {
    for certificates in [1, 3] {
        let (mut subject, mut puppet) = asked(certificates, &certificate_request());
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
        finish_flight(&mut subject, &mut puppet);
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
        check(&mut puppet, &drain(&mut subject), certificates);
        assert!(!subject.is_handshaking());
    }
}

#[test]
fn a_chain_of_any_length_leaves_through_the_shortest_buffer() {
    let (mut subject, mut puppet) = asked(400, &certificate_request());
    subject.outgoing = Some(std::vec![0; MIN_OUTGOING]);
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    finish_flight(&mut subject, &mut puppet);
    let mut sent = Vec::new();
    while run(&mut subject) == Ok(Want::Outgoing) {
        sent.extend(drain(&mut subject));
    }
    sent.extend(drain(&mut subject));
    assert!(sent.len() > 400 * CERTIFICATE.len());
    check(&mut puppet, &sent, 400);
}

#[test]
fn an_identity_that_is_none_or_has_no_certificates_is_an_empty_certificate() {
    for certificates in [0, 1] {
        let (mut subject, mut puppet) = asked(certificates, &certificate_request());
        if certificates > 0 {
            let Event::ChooseIdentity(ask) = subject.next_event().unwrap() else { panic!("an ask") };
            ask.none();
        }
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
        finish_flight(&mut subject, &mut puppet);
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
        check(&mut puppet, &drain(&mut subject), 0);
    }
}

#[test]
fn a_scheme_that_the_server_does_not_take_is_not_chosen() {
    let (mut subject, _) = asked(1, &certificate_request());
    let Event::ChooseIdentity(ask) = subject.next_event().unwrap() else { panic!("an ask") };
    assert_eq!(ask.choose(IdentityId(0), SignatureScheme::ED25519), Err(IdentityRefused));
    let Event::ChooseIdentity(ask) = subject.next_event().unwrap() else { panic!("the same ask") };
    assert!(ask.offers(SignatureScheme::ECDSA_SECP256R1_SHA256));
    ask.refuse(Refused::Identity);
    assert_eq!(run(&mut subject), Err(Refused::Identity.into()));
}

#[test]
fn a_signature_that_can_not_be_made_is_our_failure() {
    let (mut subject, mut puppet) = asked(1, &certificate_request());
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    finish_flight(&mut subject, &mut puppet);
    let Event::VerifyPeer(ask) = subject.next_event().unwrap() else { panic!("an ask") };
    ask.accept(&public_key()).unwrap();
    let Event::Sign(ask) = subject.next_event().unwrap() else { panic!("an ask") };
    ask.refuse();
    let error = Error::from(Refused::Signature);
    assert_eq!(run(&mut subject), Err(error));
    let heard = puppet.hear(&drain(&mut subject));
    assert_eq!(heard.last(), Some(&(ContentType::ALERT, std::vec![2, error.alert().unwrap().0])));
}

#[test]
fn nothing_is_read_while_an_identity_is_chosen() {
    let (mut subject, mut puppet) = asked(1, &certificate_request());
    let Event::ChooseIdentity(ask) = subject.next_event().unwrap() else { panic!("an ask") };
    ask.defer();
    let again = puppet.say(&message(HandshakeType::CERTIFICATE_REQUEST, &certificate_request()));
    feed(&mut subject, &again);
    for _ in 0..2 {
        assert!(matches!(subject.next_event(), Ok(Event::Want(Want::Answer))));
    }
    subject.resume_ask();
    refuses(&mut subject, &mut puppet, &[], PeerMisbehaved::UnexpectedMessage);
}

#[test]
fn who_is_not_asked_shows_nothing() {
    let config = ClientConfig::with_identities(Certificates(1));
    let buffer = full_incoming(config.common.max_handshake_message);
    let (mut subject, mut puppet) = configured_client_at(Stage::Finished, config, buffer);
    // It looks at what the client says: a Finished alone.
    advance(&mut subject, &mut puppet, Stage::Finished);
    assert!(!subject.is_handshaking());
}
