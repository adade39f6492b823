//! TLS 1.2 between the two ends: handshakes, data, renegotiation.
#![allow(missing_docs, reason = "tests")]

use tidegate::config::{ClientConfig, Common, Permission, ServerConfig, Versions};
use tidegate::wire::enums::{CipherSuite, NamedGroup, ProtocolVersion};
use tidegate::{Error, ReadError, Want, error::PeerIncompatible};
use tidegate_tests::at;
use tidegate_tests::pair::{Buffers, End, Pair, Turn};
use tidegate_tests::pki::Pki;

/// Two ends that use these versions.
fn pair_of(client: Versions, server: Versions, buffers: Buffers) -> Pair {
    configured(buffers, |common, end| {
        common.versions = if end == End::Client { client } else { server };
    })
}

fn configured(buffers: Buffers, change: impl Fn(&mut Common, End)) -> Pair {
    let pki = Pki::new(&rcgen::PKCS_ECDSA_P256_SHA256);
    let (mut client, mut server) = (ClientConfig::new(), ServerConfig::new(pki.identities()));
    change(&mut client.common, End::Client);
    change(&mut server.common, End::Server);
    Pair::new(pki, client, server, buffers)
}

/// Two ends of TLS 1.2 that let each other renegotiate.
fn renegotiating(buffers: Buffers) -> Pair {
    configured(buffers, |common, _| {
        common.versions = Versions::Tls12;
        common.renegotiation.by_us = Permission::Granted;
        common.renegotiation.by_peer = Permission::Granted;
        common.renegotiation.limit = u32::MAX;
    })
}

fn assert_data_flows(pair: &mut Pair) {
    for from in [End::Client, End::Server] {
        let data: Vec<u8> = (0..40_000_u32).map(|at| (at % 251) as u8).collect();
        assert_eq!(pair.carry(from, &data).unwrap(), data, "from {from:?}");
    }
}

#[test]
fn both_ends_agree_in_any_chunks() {
    for chunk in [1, 2, 7, 100, usize::MAX] {
        let mut pair = pair_of(Versions::Tls12, Versions::Tls12, Buffers { incoming: 6144, outgoing: 1024 });
        pair.chunk = chunk;
        pair.handshake().unwrap();
        assert_eq!(pair.client.negotiated().version(), Some(ProtocolVersion::TLS_1_2));
        assert_eq!(pair.client.negotiated().cipher_suite, pair.server.negotiated().cipher_suite);
        pair.chunk = usize::MAX;
        assert_data_flows(&mut pair);
    }
}

#[test]
fn every_suite_and_group_carries_data() {
    let ciphers = [
        CipherSuite::TLS_AES_128_GCM_SHA256,
        CipherSuite::TLS_AES_256_GCM_SHA384,
        CipherSuite::TLS_CHACHA20_POLY1305_SHA256,
    ];
    for cipher in ciphers {
        for group in [NamedGroup::X25519, NamedGroup::SECP256R1, NamedGroup::SECP384R1] {
            let mut pair = configured(Buffers::FULL, |common, _| {
                common.versions = Versions::Tls12;
                common.cipher_suites = [cipher].into_iter().collect();
                common.groups = [group].into_iter().collect();
            });
            pair.handshake().unwrap();
            assert_eq!(pair.server.negotiated().cipher_suite.unwrap().tls12_parts().unwrap().1, cipher);
            assert_data_flows(&mut pair);
        }
    }
}

#[test]
fn the_best_common_version_is_used() {
    use Versions::{Both, Tls12, Tls13};
    let (v12, v13) = (Some(ProtocolVersion::TLS_1_2), Some(ProtocolVersion::TLS_1_3));
    for (client, server, expected) in
        [(Both, Both, v13), (Both, Tls12, v12), (Tls12, Both, v12), (Both, Tls13, v13), (Tls13, Both, v13)]
    {
        let mut pair = pair_of(client, server, Buffers::FULL);
        pair.handshake().unwrap();
        assert_eq!(pair.server.negotiated().version(), expected, "{client:?} {server:?}");
        assert_data_flows(&mut pair);
    }
    for (client, server) in [(Tls12, Tls13), (Tls13, Tls12)] {
        let mut pair = pair_of(client, server, Buffers::FULL);
        let error = Error::from(PeerIncompatible::Version);
        let errors = pair.settle();
        assert_eq!(errors[1], Some(error), "{client:?} {server:?}");
    }
}

#[test]
fn both_ends_export_the_same() {
    let mut pair = pair_of(Versions::Both, Versions::Tls12, Buffers::FULL);
    pair.handshake().unwrap();
    let mut exported = [[0; 32]; 2];
    let [client, server] = &mut exported;
    pair.client.export_keying_material(b"EXPORTER-test", b"context", client).unwrap();
    pair.server.export_keying_material(b"EXPORTER-test", b"context", server).unwrap();
    assert_eq!(client, server);
    assert_ne!(client, &[0; 32]);
}

#[test]
fn either_end_renegotiates_while_data_flows() {
    for chunk in [1, 50, usize::MAX] {
        for end in [End::Client, End::Server] {
            let mut pair = renegotiating(Buffers { incoming: 20480, outgoing: 1024 });
            pair.handshake().unwrap();
            for _ in 0..3 {
                pair.chunk = chunk;
                at!(pair, end, connection => connection.renegotiate()).unwrap();
                assert!(at!(pair, end, connection => connection.is_renegotiation_pending()));
                pair.handshake().unwrap();
                assert!(!at!(pair, end, connection => connection.is_renegotiation_pending()));
                pair.chunk = usize::MAX;
                assert_data_flows(&mut pair);
            }
        }
    }
}

#[test]
fn a_clients_own_handshake_answers_a_wish_of_the_server_that_has_not_left() {
    let mut pair = renegotiating(Buffers::FULL);
    pair.handshake().unwrap();
    pair.client.renegotiate().unwrap();
    assert_eq!(pair.client_turn().unwrap(), Turn::Waits(Want::Incoming));
    pair.server.renegotiate().unwrap();
    // The ClientHello is met before anything of the server's leaves.
    pair.exchange();
    assert_eq!(pair.server.read_app_data(&mut [0]), Err(ReadError::Blocked(Want::Event)));
    // What ends a write must not let the HelloRequest out in the middle of the handshake.
    assert_eq!(pair.server.abandon_write(), 0);
    pair.handshake().unwrap();
    assert!(!pair.server.is_renegotiation_pending());
    assert!(!pair.client.is_renegotiation_pending());
    assert_data_flows(&mut pair);
}

#[test]
fn hellos_of_both_ends_may_cross_as_often_as_they_like() {
    let mut pair = renegotiating(Buffers::FULL);
    pair.handshake().unwrap();
    for _ in 0..40 {
        pair.client.renegotiate().unwrap();
        pair.server.renegotiate().unwrap();
        let turns =
            [pair.client_turn().unwrap(), pair.server.write_app_data(&[]).map(|_| Turn::HasData).unwrap()];
        assert_eq!(turns, [Turn::Waits(Want::Incoming), Turn::HasData]);
        assert!(!pair.client.outgoing().is_empty() && !pair.server.outgoing().is_empty());
        pair.handshake().unwrap();
        assert!(!pair.client.is_renegotiation_pending() && !pair.server.is_renegotiation_pending());
    }
}

#[test]
fn a_larger_buffer_during_a_handshake_promises_nothing_that_the_first_could_not_take() {
    for end in End::BOTH {
        let mut pair = renegotiating(Buffers::SMALLEST);
        pair.handshake().unwrap();
        let larger = || vec![0; 1 << 15].into_boxed_slice();
        let small = at!(pair, end, connection => connection.detach_incoming()).unwrap();
        at!(pair, end, connection => connection.attach_incoming(larger())).unwrap();
        at!(pair, end, connection => connection.renegotiate()).unwrap();
        pair.handshake().unwrap();
        at!(pair, end, connection => connection.detach_incoming()).unwrap();
        at!(pair, end, connection => connection.attach_incoming(small)).unwrap();
        let out = vec![0; 1 << 15].into_boxed_slice();
        at!(pair, end.peer(), connection => connection.detach_outgoing()).unwrap();
        at!(pair, end.peer(), connection => connection.attach_outgoing(out)).unwrap();
        assert_data_flows(&mut pair);
    }
}
