//! Messages that are left out, repeated or swapped (SKIP-TLS), and suites that nobody offered (FREAK).

use std::vec::Vec;

use super::super::puppet::message;
use super::super::subject::{feed, refuses, run};
use super::played_client::{self, server_at};
use super::played_server::{
    Stage, certificate, certificate_request, client_at, client_config, configured_client_at,
    server_hello_done,
};
use super::puppet::Puppet;
use super::{ROUNDS, Round};
use crate::config::Versions;
use crate::error::PeerMisbehaved;
use crate::wire::enums::{CipherSuite, ContentType, HandshakeType as T};

const HANDSHAKE: ContentType = ContentType::HANDSHAKE;

fn said_by_server(kind: T, puppet: &mut Puppet) -> Vec<u8> {
    match kind {
        T::SERVER_HELLO => {
            puppet.randoms[1] = [6; 32];
            puppet.server_hello().encode()
        }
        T::CERTIFICATE => certificate(),
        T::SERVER_KEY_EXCHANGE => puppet.server_key_exchange(),
        T::CERTIFICATE_REQUEST => certificate_request(),
        T::SERVER_HELLO_DONE => server_hello_done(),
        T::FINISHED => puppet.finished(),
        _ => message(kind, &[]),
    }
}

#[test]
fn a_server_leaves_out_repeats_or_swaps() {
    let orders: [&[T]; 15] = [
        // Left out.
        &[T::SERVER_HELLO, T::SERVER_KEY_EXCHANGE],
        &[T::SERVER_HELLO, T::SERVER_HELLO_DONE],
        &[T::SERVER_HELLO, T::FINISHED],
        &[T::SERVER_HELLO, T::CERTIFICATE_REQUEST],
        &[T::SERVER_HELLO, T::CERTIFICATE, T::SERVER_HELLO_DONE],
        &[T::SERVER_HELLO, T::CERTIFICATE, T::CERTIFICATE_REQUEST],
        &[T::SERVER_HELLO, T::CERTIFICATE, T::FINISHED],
        &[T::SERVER_HELLO, T::CERTIFICATE, T::SERVER_KEY_EXCHANGE, T::FINISHED],
        &[T::CERTIFICATE],
        &[T::FINISHED],
        // Repeated.
        &[T::SERVER_HELLO, T::SERVER_HELLO],
        &[T::SERVER_HELLO, T::CERTIFICATE, T::CERTIFICATE],
        &[T::SERVER_HELLO, T::CERTIFICATE, T::SERVER_KEY_EXCHANGE, T::SERVER_KEY_EXCHANGE],
        // A certificate can't be asked for before the keys are, nor twice.
        &[
            T::SERVER_HELLO,
            T::CERTIFICATE,
            T::SERVER_KEY_EXCHANGE,
            T::CERTIFICATE_REQUEST,
            T::CERTIFICATE_REQUEST,
        ],
        // Swapped.
        &[T::SERVER_HELLO, T::SERVER_KEY_EXCHANGE, T::CERTIFICATE],
    ];
    for (order, round) in orders.into_iter().flat_map(|order| ROUNDS.map(|round| (order, round))) {
        // One record for each message, then all of them in one record.
        let (mut subject, mut puppet) = client_at(Stage::ServerHello, round);
        let (mut records, mut joined) = (Vec::new(), Vec::new());
        for kind in order {
            let message = said_by_server(*kind, &mut puppet);
            joined.extend_from_slice(&message);
            records.extend_from_slice(&puppet.record(HANDSHAKE, &message));
        }
        refuses(&mut subject, &mut puppet, &records, PeerMisbehaved::UnexpectedMessage);
        let (mut subject, mut puppet) = client_at(Stage::ServerHello, round);
        let record = puppet.record(HANDSHAKE, &joined);
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
    }
}

#[test]
fn a_server_says_its_hello_done_twice_or_leaves_its_change_of_keys_out() {
    for (round, kind) in ROUNDS.into_iter().zip([T::SERVER_HELLO_DONE, T::FINISHED]) {
        let (mut subject, mut puppet) = client_at(Stage::ChangeCipherSpec, round);
        let message = said_by_server(kind, &mut puppet);
        let record = puppet.record(HANDSHAKE, &message);
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
        let (mut subject, mut puppet) = client_at(Stage::HelloDoneOrRequest, round);
        let joined = [server_hello_done(), server_hello_done()].concat();
        feed(&mut subject, &puppet.record(HANDSHAKE, &joined));
        assert_eq!(run(&mut subject), Err(PeerMisbehaved::KeyChangeInsideRecord.into()));
    }
}

#[test]
fn a_client_leaves_out_or_repeats() {
    use played_client::Stage as At;
    for round in ROUNDS {
        for (stage, kind) in [
            (At::ClientKeyExchange, T::FINISHED),
            (At::ClientKeyExchange, T::CERTIFICATE_VERIFY),
            (At::ClientKeyExchange, T::CERTIFICATE),
            (At::ClientKeyExchange, T::CLIENT_HELLO),
            (At::ChangeCipherSpec, T::CLIENT_KEY_EXCHANGE),
            (At::ChangeCipherSpec, T::CERTIFICATE_VERIFY),
            (At::ChangeCipherSpec, T::FINISHED),
            (At::Finished, T::CLIENT_KEY_EXCHANGE),
            (At::Finished, T::CLIENT_HELLO),
        ] {
            let (mut subject, mut puppet) = server_at(stage, round);
            let message = match kind {
                T::CLIENT_HELLO => puppet.client_hello().encode(),
                T::CLIENT_KEY_EXCHANGE => puppet.client_key_exchange(),
                T::FINISHED => puppet.finished(),
                _ => message(kind, &[4, 3, 0, 1, 0]),
            };
            let record = puppet.record(HANDSHAKE, &message);
            refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
        }
        // Without a ClientKeyExchange there are no keys to change to.
        let (mut subject, mut puppet) = server_at(At::ClientKeyExchange, round);
        let record = puppet.change_cipher_spec();
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
    }
}

#[test]
fn a_second_finished_has_no_place() {
    let (mut subject, mut puppet) = client_at(Stage::Connected, Round::First);
    let record = puppet.say_finished();
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
    let (mut subject, mut puppet) = server_at(played_client::Stage::Connected, Round::First);
    let record = puppet.say_finished();
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
}

#[test]
fn a_suite_that_was_not_offered() {
    let suites = [
        0x0000, // no encryption
        0x0003, // RSA with export keys
        0x002f, // static RSA
        0x009c, // static RSA with AES-GCM
        0x009e, // finite fields
        0xc009, // CBC
        0xc018, // nobody authenticated
        0xc0ac, // CCM
        CipherSuite::TLS_EMPTY_RENEGOTIATION_INFO_SCSV.0,
        CipherSuite::TLS_FALLBACK_SCSV.0,
        CipherSuite::TLS_AES_128_GCM_SHA256.0,
        CipherSuite::TLS_CHACHA20_POLY1305_SHA256.0,
    ];
    for (suite, versions) in suites
        .into_iter()
        .flat_map(|suite| [Versions::Tls12, Versions::Both].map(|versions| (suite, versions)))
    {
        let (mut subject, mut puppet) =
            configured_client_at(Stage::ServerHello, Round::First, client_config(versions));
        let mut hello = puppet.server_hello();
        hello.suite = suite;
        let record = puppet.say(&hello.encode());
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::IllegalParameter);
    }
}

#[test]
fn a_suite_that_is_ours_but_was_not_offered() {
    for round in ROUNDS {
        let mut config = client_config(Versions::Both);
        config.common.cipher_suites = [CipherSuite::TLS_AES_128_GCM_SHA256].into_iter().collect();
        let (mut subject, mut puppet) = configured_client_at(Stage::ServerHello, round, config);
        let mut hello = puppet.server_hello();
        hello.suite = CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384.0;
        let record = puppet.say(&hello.encode());
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::IllegalParameter);
    }
}

/// What a server with export keys says instead (CVE-2015-0204).
#[test]
fn an_ephemeral_rsa_key_is_no_key_exchange() {
    let (mut subject, mut puppet) = client_at(Stage::ServerKeyExchange, Round::First);
    let modulus = [&[0, 64][..], &[0xc5; 64], &[0, 3, 1, 0, 1], &[4, 1, 0, 2, 0, 0]].concat();
    let record = puppet.say(&message(T::SERVER_KEY_EXCHANGE, &modulus));
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::IllegalParameter);
    // Nor is a finite field, whatever it is (CVE-2015-4000).
    let (mut subject, mut puppet) = client_at(Stage::ServerKeyExchange, Round::First);
    let params = [&[0, 64][..], &[0xc5; 64], &[0, 1, 2, 0, 64], &[7; 64]].concat();
    let record = puppet.say(&message(T::SERVER_KEY_EXCHANGE, &params));
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::IllegalParameter);
}
