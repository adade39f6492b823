//! TLS 1.2 between the two ends: handshakes, data, renegotiation.
#![allow(missing_docs, reason = "tests")]

use tidegate::config::{ClientConfig, Common, Permission, ServerConfig, Versions};
use tidegate::wire::enums::{CipherSuite, KeyUpdateRequest, NamedGroup, ProtocolVersion};
use tidegate::{Error, RenegotiateError, UpdateKeysError, error::PeerIncompatible};
use tidegate_tests::at;
use tidegate_tests::pair::{Buffers, End, Pair};
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
    pair.client.export_keying_material(b"EXPORTER-test", Some(b"context"), client).unwrap();
    pair.server.export_keying_material(b"EXPORTER-test", Some(b"context"), server).unwrap();
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
fn each_version_has_its_own_way_to_new_keys() {
    let request = KeyUpdateRequest::UPDATE_REQUESTED;
    for end in [End::Client, End::Server] {
        let mut pair = renegotiating(Buffers::FULL);
        pair.handshake().unwrap();
        let refused = at!(pair, end, connection => connection.update_keys(request));
        assert_eq!(refused, Err(UpdateKeysError::Version));
        assert!(at!(pair, end, connection => connection.outgoing()).is_empty());
        assert_data_flows(&mut pair);

        let mut pair = pair_of(Versions::Both, Versions::Both, Buffers::FULL);
        pair.handshake().unwrap();
        let refused = at!(pair, end, connection => connection.renegotiate());
        assert_eq!(refused, Err(RenegotiateError::Version));
    }
}

#[test]
fn a_client_that_closes_in_a_renegotiation_passes_over_the_answer() {
    let mut pair = renegotiating(Buffers::FULL);
    pair.handshake().unwrap();
    pair.client.renegotiate().unwrap();
    // The ClientHello is out, and the whole flight of the server comes.
    let _ = pair.client.next_event().unwrap();
    pair.client.close();
    assert_eq!(pair.settle(), [None, None]);
    pair.server.close();
    assert_eq!(pair.settle(), [None, None]);
    assert!(pair.client.is_peer_closed() && pair.server.is_peer_closed());
}
