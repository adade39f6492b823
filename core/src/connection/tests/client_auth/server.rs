//! A server that asks its clients for certificates.

use std::vec::Vec;

use super::super::played_client::hear_flight;
use super::super::played_server::certificate;
use super::super::puppet::{Puppet, alert, clear, encode, message, split_messages};
use super::super::subject::{CERTIFICATE, Shown, Subject, drain, feed, refuses, run, server, signer};
use crate::Server;
use crate::buffers::full_incoming;
use crate::config::{PeerCertificate, ServerConfig};
use crate::connection::{Event, Want, Whose};
use crate::engine::Peer;
use crate::error::{CertificateError, Error, PeerIncompatible, PeerMisbehaved, Refused};
use crate::wire::certificate::Certificate;
use crate::wire::certificate_request::CertificateRequest;
use crate::wire::enums::{AlertDescription, ContentType, HandshakeType, SignatureScheme};

/// A server that has asked, and its client.
pub(super) fn asking(wish: PeerCertificate) -> (Subject<Server>, Puppet) {
    let mut config = ServerConfig::new(Shown);
    config.client_certificates = wish;
    let buffer = full_incoming(config.common.max_handshake_message);
    let (mut subject, mut puppet) = (server(config, buffer), Puppet::new(4));
    hear_flight(&mut subject, &mut puppet, &|_| (), &[]);
    (subject, puppet)
}

/// A server that waits for the proof behind a certificate.
pub(super) fn shown() -> (Subject<Server>, Puppet) {
    let (mut subject, mut puppet) = asking(PeerCertificate::Required);
    feed(&mut subject, &puppet.say(&certificate()));
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    (subject, puppet)
}

fn finish(subject: &mut Subject<Server>, puppet: &mut Puppet) {
    let finished = puppet.client_finished();
    feed(subject, &finished);
    assert_eq!(run(subject), Ok(Want::Incoming));
    assert!(!subject.is_handshaking());
}

fn no_certificate() -> Vec<u8> {
    encode(&|w| Certificate::encode(w, &|_| ()))
}

#[test]
fn a_request_has_the_schemes_that_we_verify() {
    let (_, puppet) = asking(PeerCertificate::Requested);
    let messages = split_messages(&puppet.transcript);
    let request = messages.iter().find(|message| message[0] == HandshakeType::CERTIFICATE_REQUEST.0);
    let request = CertificateRequest::parse(&request.unwrap()[4..]).unwrap();
    assert!(request.context.is_empty() && request.authorities.is_none() && request.oid_filters.is_none());
    let (handshakes, certificates) =
        (request.signature_algorithms, request.signature_algorithms_cert.unwrap());
    assert!(handshakes.contains(SignatureScheme::ECDSA_SECP256R1_SHA256.0));
    assert!(!handshakes.contains(SignatureScheme::RSA_PKCS1_SHA256.0));
    assert!(certificates.contains(SignatureScheme::RSA_PKCS1_SHA256.0));
}

#[test]
fn a_client_proves_that_it_has_the_key_of_its_certificate() {
    for wish in [PeerCertificate::Requested, PeerCertificate::Required] {
        let (mut subject, mut puppet) = asking(wish);
        feed(&mut subject, &puppet.say(&certificate()));
        let Event::VerifyPeer(ask) = subject.next_event().unwrap() else { panic!("an ask") };
        assert_eq!(ask.whose(), Whose::Client);
        assert_eq!(ask.chain().iter().collect::<Vec<_>>(), [CERTIFICATE]);
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
        let proof = puppet.signed(signer().scheme(), Peer::Client);
        feed(&mut subject, &puppet.say(&proof));
        finish(&mut subject, &mut puppet);
    }
}

#[test]
fn a_client_without_a_certificate_comes_in_where_none_is_required() {
    let (mut subject, mut puppet) = asking(PeerCertificate::Requested);
    feed(&mut subject, &puppet.say(&no_certificate()));
    finish(&mut subject, &mut puppet);
}

#[test]
fn a_certificate_that_is_required_has_its_own_alert() {
    let (mut subject, mut puppet) = asking(PeerCertificate::Required);
    let record = puppet.say(&no_certificate());
    refuses(&mut subject, &mut puppet, &record, PeerIncompatible::CertificateRequired);
    assert_eq!(PeerIncompatible::CertificateRequired.alert(), AlertDescription::CERTIFICATE_REQUIRED);
    assert_eq!(AlertDescription::CERTIFICATE_REQUIRED.0, 116);
}

#[test]
fn certificates_of_clients_are_well_formed() {
    let entry = |extensions: &[u8]| [&[0, 0, 2, 9, 9][..], extensions].concat();
    let body = |context: &[u8], entries: &[u8]| {
        let length = u8::try_from(entries.len()).unwrap();
        [&[u8::try_from(context.len()).unwrap()], context, &[0, 0, length], entries].concat()
    };
    let bodies = [
        (body(b"c", &entry(&[0, 0])), PeerMisbehaved::IllegalParameter),
        (body(b"c", b""), PeerMisbehaved::IllegalParameter),
        (body(b"", &[0; 5]), PeerMisbehaved::Malformed),
        (body(b"", &entry(&[0])), PeerMisbehaved::Malformed),
        // status_request and server_name.
        (body(b"", &entry(&[0, 4, 0, 5, 0, 0])), PeerMisbehaved::UnsolicitedExtension),
        (body(b"", &entry(&[0, 4, 0, 0, 0, 0])), PeerMisbehaved::MisplacedExtension),
        (Vec::new(), PeerMisbehaved::Malformed),
    ];
    for (body, error) in bodies {
        let (mut subject, mut puppet) = asking(PeerCertificate::Requested);
        let record = puppet.say(&message(HandshakeType::CERTIFICATE, &body));
        refuses(&mut subject, &mut puppet, &record, error);
    }
}

#[test]
fn a_proof_is_by_a_scheme_that_was_asked_for_and_in_the_context_of_a_client() {
    use SignatureScheme as S;
    for (scheme, context, error) in [
        (SignatureScheme(0x0203), Peer::Client, PeerMisbehaved::BadSignatureScheme),
        (S::RSA_PKCS1_SHA256, Peer::Client, PeerMisbehaved::BadSignatureScheme),
        (S::ED25519, Peer::Client, PeerMisbehaved::BadSignatureScheme),
        (S::ECDSA_SECP256R1_SHA256, Peer::Server, PeerMisbehaved::BadSignature),
    ] {
        let (mut subject, mut puppet) = shown();
        let message = puppet.signed(scheme, context);
        let record = puppet.say(&message);
        refuses(&mut subject, &mut puppet, &record, error);
    }
}

#[test]
fn a_proof_is_over_this_transcript() {
    let (mut subject, mut puppet) = shown();
    puppet.transcript.push(0);
    let message = puppet.signed(signer().scheme(), Peer::Client);
    let record = puppet.say(&message);
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::BadSignature);
    let (mut subject, mut puppet) = shown();
    let record = puppet.say(&super::super::puppet::message(HandshakeType::CERTIFICATE_VERIFY, &[4, 3, 0]));
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::Malformed);
}

#[test]
fn a_refused_certificate_says_why() {
    for (reason, description) in [
        (CertificateError::UnknownIssuer, AlertDescription::UNKNOWN_CA),
        (CertificateError::Revoked, AlertDescription::CERTIFICATE_REVOKED),
    ] {
        let (mut subject, mut puppet) = asking(PeerCertificate::Requested);
        feed(&mut subject, &puppet.say(&certificate()));
        let Event::VerifyPeer(ask) = subject.next_event().unwrap() else { panic!("an ask") };
        ask.refuse(reason);
        assert_eq!(run(&mut subject), Err(Refused::Certificate(reason).into()));
        assert_eq!(puppet.hear(&drain(&mut subject)), [(ContentType::ALERT, alert(description).to_vec())]);
    }
}

#[test]
fn nothing_is_read_while_the_certificates_are_judged() {
    let (mut subject, mut puppet) = asking(PeerCertificate::Required);
    feed(&mut subject, &puppet.say(&certificate()));
    let Event::VerifyPeer(ask) = subject.next_event().unwrap() else { panic!("an ask") };
    ask.defer();
    let finished = puppet.client_finished();
    feed(&mut subject, &finished);
    for _ in 0..2 {
        assert!(matches!(subject.next_event(), Ok(Event::Want(Want::Answer))));
    }
    subject.resume_ask();
    refuses(&mut subject, &mut puppet, &[], PeerMisbehaved::UnexpectedMessage);
}

#[test]
fn a_client_that_was_asked_may_fail_before_it_has_keys() {
    let (mut subject, mut puppet) = asking(PeerCertificate::Required);
    let description = AlertDescription::UNKNOWN_CA;
    let record = clear(ContentType::ALERT, &alert(description));
    refuses(&mut subject, &mut puppet, &record, Error::AlertReceived(description));
    let (mut subject, mut puppet) = shown();
    let record = clear(ContentType::ALERT, &alert(description));
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
}
