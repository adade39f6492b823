//! The server of the traces.

use std::boxed::Box;
use std::vec::Vec;

use super::Trace;
use super::end::{End, Replaying, Shown, lend};
use super::provider::Replay;
use super::traces::{CLIENT_AUTHENTICATION, COMPATIBILITY, RESUMED, RETRY, SIMPLE};
use crate::config::{Cookies, PeerCertificate, Resumption, ServerConfig};
use crate::connection::Want;
use crate::crypto::SecretLabel;
use crate::engine::EarlyData;
use crate::wire::enums::{CipherSuite, NamedGroup};
use crate::{Server, SessionKind};

type Replayed = End<Server>;

/// What is added to the age of section 3's ticket.
const AGE_ADD: [u8; 4] = [0xfa, 0xd6, 0xaa, 0xc5];

fn server(trace: Trace) -> Replayed {
    let random = &trace.server_hello[5 + 4 + 2..][..32];
    let provider = Replay::new(&[trace.server_scalar, random, &AGE_ADD]);
    let lent = lend();
    let mut connection = Replaying::<Server>::new(Box::new(config(&trace)), provider, lent).unwrap();
    connection.space.as_deref_mut().unwrap().recorded =
        std::vec![trace.encrypted_extensions, trace.certificate_request];
    End::new(connection, trace, (trace.server, trace.client))
}

/// What makes a server do as the trace's did.
fn config(trace: &Trace) -> ServerConfig<Shown> {
    let mut config = ServerConfig::new(Shown(trace.server.certificate));
    config.common.cipher_suites.push(CipherSuite::TLS_AES_128_GCM_SHA256).unwrap();
    config.common.resumption = Resumption::ByTicket;
    config.common.tickets = u8::from(!trace.ticket.is_empty());
    config.common.max_early_data = 1024;
    if !trace.retry.is_empty() {
        config.common.cookies = Cookies::Required;
        config.common.groups.push(NamedGroup::SECP256R1).unwrap();
    }
    if !trace.certificate_request.is_empty() {
        config.client_certificates = PeerCertificate::Required;
    }
    config
}

/// A message in clear as the record of a client.
fn record(message: &[u8]) -> Vec<u8> {
    let length = u16::try_from(message.len()).unwrap().to_be_bytes();
    [&[22, 3, 1], &length[..], message].concat()
}

/// Hears the hello; checks what the server says up to its Finished.
fn answer(server: &mut Replayed) {
    server.hear(&record(server.trace.client_hello));
    if !server.trace.retry.is_empty() {
        assert_eq!(server.sent(), server.trace.retry);
        server.hear(&record(server.trace.second_client_hello));
    }
    let sent = server.sent();
    let (hello, flight) = sent.split_at(server.trace.server_hello.len());
    assert_eq!(hello, server.trace.server_hello);
    let flight = server.joined(flight, SecretLabel::ServerHandshakeTraffic);
    assert_eq!(flight, server.trace.server_flight);
}

/// To the end of the handshake, with the ticket that a client gets.
fn connected(trace: Trace) -> Replayed {
    let mut server = server(trace);
    answer(&mut server);
    finish(&mut server);
    server
}

fn finish(server: &mut Replayed) {
    assert_eq!(server.hear(server.trace.client_flight), Want::Incoming);
    assert!(!server.connection.is_handshaking());
    assert_eq!(server.sent(), server.trace.ticket);
}

fn exchange_data(server: &mut Replayed) {
    server.hear(server.trace.client_data);
    let data = Vec::from_iter(0..50);
    assert_eq!(server.data, data);
    assert_eq!(server.connection.write_app_data(&data), Ok(50));
    assert_eq!(server.sent(), server.trace.server_data);
}

fn close(server: &mut Replayed) {
    server.close(server.trace.server_close, server.trace.client_close);
}

#[test]
fn section_3_a_simple_handshake_with_a_ticket() {
    let mut server = connected(SIMPLE);
    exchange_data(&mut server);
    close(&mut server);
}

/// With the session that was kept in section 3.
#[test]
fn section_4_a_session_goes_on_with_early_data() {
    let first = connected(SIMPLE);
    let mut server = server(RESUMED);
    server.session = first.session;
    answer(&mut server);
    server.hear(RESUMED.early_data);
    assert_eq!(server.early_data, b"ABCDEF");
    finish(&mut server);
    let negotiated = server.connection.negotiated();
    assert_eq!((negotiated.session, negotiated.early_data), (SessionKind::Resumed, EarlyData::Accepted));
    exchange_data(&mut server);
    close(&mut server);
}

#[test]
fn section_5_a_hello_retry_request() {
    let mut server = connected(RETRY);
    assert_eq!(server.connection.negotiated().group, Some(NamedGroup::SECP256R1));
    close(&mut server);
}

#[test]
fn section_6_a_client_shows_its_certificate() {
    close(&mut connected(CLIENT_AUTHENTICATION));
}

#[test]
fn section_7_what_middleboxes_like() {
    close(&mut connected(COMPATIBILITY));
}
