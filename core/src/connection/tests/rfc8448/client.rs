//! The client of the traces.

use std::boxed::Box;
use std::vec::Vec;

use hex_literal::hex;

use super::Trace;
use super::end::{End, NOW, Replaying, Shown, lend};
use super::provider::Replay;
use super::traces::{CLIENT_AUTHENTICATION, COMPATIBILITY, RESUMED, RETRY, SIMPLE};
use crate::config::{ClientConfig, Resumption};
use crate::connection::Want;
use crate::crypto::SecretLabel;
use crate::engine::EarlyData;
use crate::wire::client_hello::ClientHello;
use crate::wire::enums::NamedGroup;
use crate::{Client, ServerName, SessionKind};

type Replayed = End<Client<Shown>>;

/// A client that has not begun.
fn client(trace: Trace) -> Replayed {
    let hello = ClientHello::parse(&trace.client_hello[4..]).unwrap();
    // Ours always has a session id.
    let session_id = if hello.session_id.is_empty() { &[0; 32] } else { hello.session_id };
    let provider = Replay::new(&[hello.random, session_id, trace.client_scalars]);
    let mut config = ClientConfig::with_identities(Shown(trace.client.certificate));
    config.common.resumption = Resumption::ByTicket;
    let name = ServerName::try_from("server").unwrap();
    let mut connection = Replaying::<Client<Shown>>::new(Box::new(config), provider, &name, lend()).unwrap();
    let Trace { client_hello, second_client_hello, .. } = trace;
    connection.space.as_deref_mut().unwrap().recorded = std::vec![client_hello, second_client_hello];
    End::new(connection, trace, (trace.client, trace.server))
}

/// The hello as the trace has it leaves, and is what the client believes that it said.
fn say_hello(client: &mut Replayed) -> Vec<u8> {
    assert_eq!(client.run(), Want::Incoming);
    let hello = ClientHello::parse(&client.trace.client_hello[4..]).unwrap();
    if hello.session_id.is_empty() {
        client.connection.space.as_deref_mut().unwrap().session_id.clear();
    }
    client.sent()
}

/// A message in clear as the record that a client sends.
fn record(version: u8, message: &[u8]) -> Vec<u8> {
    let length = u16::try_from(message.len()).unwrap().to_be_bytes();
    [&[22, 3, version], &length[..], message].concat()
}

/// To the client's last message of the handshake.
fn connected(trace: Trace) -> Replayed {
    let mut client = client(trace);
    assert_eq!(say_hello(&mut client), record(1, client.trace.client_hello));
    if !client.trace.retry.is_empty() {
        client.hear(client.trace.retry);
        assert_eq!(client.sent(), record(3, client.trace.second_client_hello));
    }
    client.hear(client.trace.server_hello);
    client.hear(client.trace.server_flight);
    assert!(!client.connection.is_handshaking());
    let flight = client.sent();
    let flight = client.joined(&flight, SecretLabel::ClientHandshakeTraffic);
    assert_eq!(flight, client.trace.client_flight);
    client
}

fn exchange_data(client: &mut Replayed) {
    let data = Vec::from_iter(0..50);
    assert_eq!(client.connection.write_app_data(&data), Ok(50));
    assert_eq!(client.sent(), client.trace.client_data);
    client.hear(client.trace.server_data);
    assert_eq!(client.data, data);
}

fn close(client: &mut Replayed) {
    client.close(client.trace.client_close, client.trace.server_close);
}

#[test]
fn section_3_a_simple_handshake() {
    let mut client = connected(SIMPLE);
    client.hear(SIMPLE.ticket);
    assert!(!client.session.is_empty());
    exchange_data(&mut client);
    close(&mut client);
}

/// With the ticket that came in section 3. The binder is ours, and the same.
#[test]
fn section_4_a_session_goes_on_with_early_data() {
    let mut first = connected(SIMPLE);
    first.hear(SIMPLE.ticket);
    let mut client = client(RESUMED);
    client.connection.resume(&first.session, NOW).unwrap();
    assert_eq!(client.connection.write_early_data(b"ABCDEF"), Ok(6));
    let hello = ClientHello::parse(&RESUMED.client_hello[4..]).unwrap();
    assert_eq!(binders(&client), hello.extensions.pre_shared_key.unwrap()[0xb8 + 2..]);
    let sent = [&record(1, RESUMED.client_hello), RESUMED.early_data].concat();
    assert_eq!(say_hello(&mut client), sent);

    client.hear(RESUMED.server_hello);
    client.hear(RESUMED.server_flight);
    assert_eq!(client.sent(), RESUMED.client_flight);
    let negotiated = client.connection.negotiated();
    assert_eq!((negotiated.session, negotiated.early_data), (SessionKind::Resumed, EarlyData::Accepted));
    exchange_data(&mut client);
    close(&mut client);
}

/// The list of binders that the client has made for its hello.
fn binders(client: &Replayed) -> Vec<u8> {
    let space = client.connection.space.as_deref().unwrap();
    let list = space.psk.offered().flat_map(|slot| {
        let binder = slot.binder.as_bytes();
        [&[u8::try_from(binder.len()).unwrap()], binder].concat()
    });
    let list: Vec<u8> = list.collect();
    [&u16::try_from(list.len()).unwrap().to_be_bytes()[..], &list].concat()
}

#[test]
fn section_5_a_hello_retry_request() {
    let mut client = connected(RETRY);
    assert_eq!(client.connection.negotiated().group, Some(NamedGroup::SECP256R1));
    close(&mut client);
}

#[test]
fn section_6_a_client_shows_its_certificate() {
    close(&mut connected(CLIENT_AUTHENTICATION));
}

#[test]
fn section_7_what_middleboxes_like() {
    let mut client = connected(COMPATIBILITY);
    close(&mut client);
}

#[test]
fn section_3_every_logged_secret() {
    let expected = [
        (
            SecretLabel::ClientHandshakeTraffic,
            hex!("b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21"),
        ),
        (
            SecretLabel::ServerHandshakeTraffic,
            hex!("b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38"),
        ),
        (
            SecretLabel::ClientTraffic,
            hex!("9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5"),
        ),
        (
            SecretLabel::ServerTraffic,
            hex!("a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643"),
        ),
        (SecretLabel::Exporter, hex!("fe22f881176eda18eb8f44529e6792c50c9a3f89452f68d8ae311b4309d3cf50")),
    ];
    let expected = expected.map(|(label, secret)| (label, secret.to_vec()));
    assert_eq!(connected(SIMPLE).connection.provider().secrets, expected);
}

#[test]
fn a_trace_with_one_bit_changed_is_refused() {
    for place in [6, 100, 672] {
        let mut client = client(SIMPLE);
        say_hello(&mut client);
        client.hear(SIMPLE.server_hello);
        let mut flight = SIMPLE.server_flight.to_vec();
        flight[place] ^= 1;
        client.connection.feed_incoming(&flight);
        let error = client.connection.next_event().unwrap_err();
        assert_eq!(error, crate::error::PeerMisbehaved::BadRecordMac.into());
    }
}
