//! The certificates of a server, and its wish for a client's.

use std::vec::Vec;

use super::super::puppet::{encode, message};
use super::super::subject::{CERTIFICATE, feed, refuses, run};
use super::played_server::{
    Stage, advance, certificate, client_at, client_config, configured_client_at, go_to,
};
use super::{ROUNDS, Round};
use crate::config::{Permission, Versions};
use crate::connection::{Event, Want};
use crate::error::{CertificateError, PeerMisbehaved, Refused};
use crate::wire::enums::{AlertDescription, ContentType, HandshakeType};
use crate::wire::tls12::certificate as tls12;

fn chain(certificates: &[&[u8]]) -> Vec<u8> {
    encode(&|w| tls12::encode(w, &|each| certificates.iter().for_each(|certificate| each(certificate))))
}

#[test]
fn a_server_without_a_certificate() {
    for round in ROUNDS {
        let (mut subject, mut puppet) = client_at(Stage::Certificate, round);
        let record = puppet.say(&chain(&[]));
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::NoCertificate);
    }
}

#[test]
fn lists_of_certificates_that_can_not_be_parsed() {
    let bodies: [&[u8]; 6] = [
        &[],
        &[0, 0, 0, 0],
        &[0, 0, 3, 0, 0, 0],
        &[0, 0, 4, 0, 0, 2, 9],
        &[0, 0, 5, 0, 0, 2, 9, 9, 0],
        // As TLS 1.3 has them, with a context before and extensions behind.
        &[0, 0, 0, 7, 0, 0, 2, 9, 9, 0, 0],
    ];
    for (body, round) in bodies.into_iter().flat_map(|body| ROUNDS.map(|round| (body, round))) {
        let (mut subject, mut puppet) = client_at(Stage::Certificate, round);
        let record = puppet.say(&message(HandshakeType::CERTIFICATE, body));
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::Malformed);
    }
}

#[test]
fn a_request_that_can_not_be_parsed() {
    let bodies: [&[u8]; 6] = [
        &[],
        &[0, 0, 2, 4, 3, 0, 0],
        &[1, 64, 0, 1, 4, 0, 0],
        &[1, 64, 0, 2, 4, 3],
        &[1, 64, 0, 2, 4, 3, 0, 0, 0],
        &[1, 64, 0, 2, 4, 3, 0, 2, 0, 0],
    ];
    for (body, round) in bodies.into_iter().flat_map(|body| ROUNDS.map(|round| (body, round))) {
        let (mut subject, mut puppet) = client_at(Stage::HelloDoneOrRequest, round);
        let record = puppet.say(&message(HandshakeType::CERTIFICATE_REQUEST, body));
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::Malformed);
    }
}

#[test]
fn a_hello_done_with_a_body() {
    for (stage, round) in [Stage::HelloDoneOrRequest, Stage::HelloDone].into_iter().zip(ROUNDS) {
        let (mut subject, mut puppet) = client_at(stage, round);
        let record = puppet.say(&message(HandshakeType::SERVER_HELLO_DONE, &[0]));
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::Malformed);
    }
}

#[test]
fn a_refused_certificate_says_why() {
    for (reason, alert) in [
        (CertificateError::Expired, AlertDescription::CERTIFICATE_EXPIRED),
        (CertificateError::UnknownIssuer, AlertDescription::UNKNOWN_CA),
    ] {
        for round in ROUNDS {
            let (mut subject, mut puppet) = client_at(Stage::Certificate, round);
            feed(&mut subject, &puppet.say(&certificate()));
            let Event::VerifyPeer(ask) = subject.next_event().unwrap() else { panic!("an ask") };
            ask.refuse(reason);
            assert_eq!(run(&mut subject), Err(Refused::Certificate(reason).into()));
            let sent = super::super::subject::drain(&mut subject);
            assert_eq!(puppet.hear_flight(&sent), [(ContentType::ALERT, std::vec![2, alert.0])]);
        }
    }
}

/// A key that somebody vouches for later says nothing of a signature that came before.
#[test]
fn nothing_is_read_while_the_certificates_are_judged() {
    let (mut subject, mut puppet) = client_at(Stage::Certificate, Round::First);
    feed(&mut subject, &puppet.say(&certificate()));
    let Event::VerifyPeer(ask) = subject.next_event().unwrap() else { panic!("an ask") };
    ask.defer();
    let finished = puppet.finished();
    feed(&mut subject, &puppet.record(ContentType::HANDSHAKE, &finished));
    for _ in 0..2 {
        assert!(matches!(subject.next_event(), Ok(Event::Want(Want::Answer))));
    }
    subject.resume_ask();
    refuses(&mut subject, &mut puppet, &[], PeerMisbehaved::UnexpectedMessage);
}

fn shows_in_renegotiation(certificates: &[&[u8]], changes: Permission) -> Result<Want, crate::Error> {
    let mut config = client_config(Versions::Both);
    config.common.renegotiation.new_identity = changes;
    let (mut subject, mut puppet) = configured_client_at(Stage::Certificate, Round::Again, config);
    let before = subject.peer_certificate_digest().map(<[u8]>::to_vec);
    let is_new = certificates.first() != Some(&CERTIFICATE);
    feed(&mut subject, &puppet.say(&chain(certificates)));
    let result = run(&mut subject);
    assert_eq!(subject.peer_certificate_digest(), before.as_deref(), "nobody has proved anything");
    if result.is_ok() {
        for stage in
            [Stage::ServerKeyExchange, Stage::HelloDoneOrRequest, Stage::ChangeCipherSpec, Stage::Finished]
        {
            advance(&mut subject, &mut puppet, stage);
        }
        assert_ne!(subject.peer_certificate_digest() == before.as_deref(), is_new);
        // What was shown now is what the next one is held against.
        assert_eq!(subject.renegotiate(), Ok(()));
        go_to(Stage::Certificate, &mut subject, &mut puppet);
        feed(&mut subject, &puppet.say(&chain(certificates)));
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
    }
    result
}

#[test]
fn a_server_becomes_somebody_else_in_a_renegotiation() {
    let changed = Err(PeerMisbehaved::ChangedIdentity.into());
    let (same, other): (&[&[u8]], &[&[u8]]) = (&[CERTIFICATE], &[b"another", CERTIFICATE]);
    assert_eq!(shows_in_renegotiation(other, Permission::Denied), changed);
    assert_eq!(shows_in_renegotiation(other, Permission::Granted), Ok(Want::Incoming));
    assert_eq!(shows_in_renegotiation(same, Permission::Denied), Ok(Want::Incoming));
    // The rest of the chain is nobody's identity.
    assert_eq!(shows_in_renegotiation(&[CERTIFICATE, b"issuer"], Permission::Denied), Ok(Want::Incoming));
    assert_eq!(PeerMisbehaved::ChangedIdentity.alert(), AlertDescription::ILLEGAL_PARAMETER);
}
