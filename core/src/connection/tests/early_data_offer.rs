//! What a client makes of a server's answer to its early data (RFC 8446, section 4.2.10).

use core::time::Duration;
use std::vec::Vec;

use super::hellos::{ServerHelloParts, vector};
use super::played_server::encrypted_extensions;
use super::puppet::{Puppet, split_record};
use super::subject::{Subject, client, drain, feed, run};
use crate::buffers::full_incoming;
use crate::config::{ClientConfig, Protocols, Resumption};
use crate::connection::{EarlyDataError, Want};
use crate::engine::{EarlyData, EarlyDataRefusal, Origin};
use crate::error::{Error, PeerMisbehaved};
use crate::session::{KeptPsk, MAX_CLIENT_SESSION, Proof};
use crate::wire::enums::{CipherSuite, ExtensionType};
use crate::{Client, UnixTime};

const KEY: [u8; 32] = [0x42; 32];

/// A client that has sent early data with its hello, and its server.
fn early() -> (Subject<Client>, Puppet) {
    let mut config = ClientConfig::new();
    config.common.resumption = Resumption::ByTicket;
    config.common.protocols = Protocols::new([&b"h"[..]]).unwrap();
    let buffer = full_incoming(config.common.max_handshake_message);
    let (mut subject, mut puppet) = (client(config, buffer), Puppet::new(3));
    let (mut origin, mut session) = (Origin::default(), [0; MAX_CLIENT_SESSION]);
    origin.bind(&mut puppet.provider, subject.server_name().unwrap(), &[]).unwrap();
    let kept = KeptPsk {
        cipher_suite: puppet.suite,
        key: &KEY,
        binding: &origin.binding,
        proof: Proof::Certificate,
        peer_certificate: &[],
        protocol: &[],
        ticket: b"ticket",
        age_add: 0,
        lifetime: 60,
        issued: 1000,
        authenticated: 1000,
        max_early_data: 100,
    };
    let length = kept.encode(&mut session).unwrap();
    subject.resume(&session[..length], UnixTime::since_unix_epoch(Duration::from_secs(1001))).unwrap();
    assert_eq!(subject.write_early_data(b"early"), Ok(5));
    let flight = drain(&mut subject);
    puppet.hear_messages(split_record(&flight).unwrap().0);
    (subject, puppet)
}

/// The server's answer, its hello spoiled so and with these encrypted extensions; what the client makes of it.
fn answered(spoil: fn(&mut ServerHelloParts), extensions: &[ExtensionType]) -> Result<EarlyData, Error> {
    let (mut subject, mut puppet) = early();
    let mut hello = puppet.server_hello();
    hello.extensions.push((ExtensionType::PRE_SHARED_KEY, std::vec![0, 0]));
    spoil(&mut hello);
    let goes_on = hello.extensions.iter().any(|(kind, _)| *kind == ExtensionType::PRE_SHARED_KEY);
    feed(&mut subject, &puppet.say(&hello.encode()));
    puppet.suite = CipherSuite(hello.suite);
    if goes_on {
        puppet.enter_early(&KEY);
    }
    puppet.enter_handshake_as_server();
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    assert_eq!(subject.negotiated().early_data, EarlyData::None, "nobody knows yet");
    assert_eq!(subject.write_early_data(b"x").is_ok(), goes_on);
    drain(&mut subject);
    let content = |kind: &ExtensionType| match *kind {
        ExtensionType::EARLY_DATA => (*kind, Vec::new()),
        kind => (kind, vector(&[1, b'h'])),
    };
    let extensions = extensions.iter().map(content).collect();
    feed(&mut subject, &puppet.say(&encrypted_extensions(&extensions)));
    run(&mut subject)?;
    if subject.negotiated().early_data != EarlyData::Accepted {
        assert_eq!(subject.write_early_data(b"x"), Err(EarlyDataError::Over));
    }
    Ok(subject.negotiated().early_data)
}

fn another_suite(hello: &mut ServerHelloParts) {
    hello.suite = CipherSuite::TLS_CHACHA20_POLY1305_SHA256.0;
}

fn no_session(hello: &mut ServerHelloParts) {
    hello.extensions.retain(|(kind, _)| *kind != ExtensionType::PRE_SHARED_KEY);
}

const TAKEN: &[ExtensionType] = &[ExtensionType::EARLY_DATA];
const TAKEN_FOR_ANOTHER_PROTOCOL: &[ExtensionType] =
    &[ExtensionType::EARLY_DATA, ExtensionType::APPLICATION_LAYER_PROTOCOL_NEGOTIATION];

#[test]
fn a_server_takes_early_data_as_the_session_says_or_not_at_all() {
    assert_eq!(answered(|_| (), TAKEN), Ok(EarlyData::Accepted));
    let illegal = Err(PeerMisbehaved::IllegalParameter.into());
    assert_eq!(answered(another_suite, TAKEN), illegal);
    assert_eq!(answered(|_| (), TAKEN_FOR_ANOTHER_PROTOCOL), illegal);
    let unsolicited = Err(PeerMisbehaved::UnsolicitedExtension.into());
    assert_eq!(answered(no_session, TAKEN), unsolicited, "and no session goes on");
}

#[test]
fn a_server_may_leave_early_data_out_and_a_client_knows_why_where_it_can() {
    let refused = |why| Ok(EarlyData::Refused(why));
    assert_eq!(answered(|_| (), &[]), refused(EarlyDataRefusal::Declined));
    assert_eq!(answered(another_suite, &[]), refused(EarlyDataRefusal::Declined));
    assert_eq!(answered(|_| (), &TAKEN_FOR_ANOTHER_PROTOCOL[1..]), refused(EarlyDataRefusal::Declined));
    assert_eq!(answered(no_session, &[]), refused(EarlyDataRefusal::NotResumed));
}
