//! TLS 1.2 between the two ends: handshakes, data, renegotiation.
#![allow(missing_docs, reason = "tests")]

use tidegate::config::{ClientConfig, Common, Permission, Resumption, ServerConfig, Versions};
use tidegate::error::PeerIncompatible;
use tidegate::wire::enums::{CipherSuite, KeyUpdateRequest, NamedGroup, ProtocolVersion};
use tidegate::{
    Error, MAX_CLIENT_SESSION, ReadError, RenegotiateError, SessionKind, SessionRefused, UpdateKeysError,
    Want,
};
use tidegate_tests::at;
use tidegate_tests::pair::{Buffers, End, Pair, Turn, now};
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

/// Two ends that go on with sessions by tickets; the client's are of these versions.
fn resuming(versions: Versions) -> Pair {
    resuming_by([Resumption::ByTicket; 2], versions)
}

fn resuming_by([client, server]: [Resumption; 2], versions: Versions) -> Pair {
    configured(Buffers::FULL, |common, end| {
        common.versions = if end == End::Client { versions } else { Versions::Tls12 };
        common.resumption = if end == End::Client { client } else { server };
    })
}

/// The session that a client keeps.
fn session_of(pair: &Pair) -> Vec<u8> {
    let mut bytes = vec![0; MAX_CLIENT_SESSION];
    let session = pair.client.session().expect("a session");
    let length = session.encode(now().unwrap(), &mut bytes).unwrap();
    bytes.truncate(length);
    bytes
}

/// Another connection between ends of the same configuration, with the session of before.
fn again(before: Pair, session: &[u8]) -> Pair {
    let (client, server) = (before.client.config().clone(), before.pki.identities());
    let mut config = ServerConfig::new(server);
    config.common = before.server.config().common.clone();
    let mut pair = Pair::new(before.pki.clone(), client, config, Buffers::FULL);
    pair.sessions = before.sessions;
    pair.client.resume(session, now().unwrap()).unwrap();
    pair
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
                // The curve of the server's key is among a client's groups, too.
                common.groups = [group, NamedGroup::SECP256R1].into_iter().collect();
            });
            pair.handshake().unwrap();
            assert_eq!(pair.server.negotiated().group, Some(group));
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
fn a_session_goes_on_by_its_ticket() {
    for versions in [Versions::Tls12, Versions::Both] {
        let mut pair = resuming(versions);
        pair.handshake().unwrap();
        assert_eq!(pair.client.negotiated().session, SessionKind::New);
        let session = session_of(&pair);
        let group = pair.client.negotiated().group;
        assert!(pair.sessions.by_id.borrow().is_empty(), "the client keeps it");
        for chunk in [1, 100, usize::MAX] {
            let mut next = again(pair, &session);
            next.chunk = chunk;
            next.handshake().unwrap();
            let ends = [next.client.negotiated().session, next.server.negotiated().session];
            assert_eq!(ends, [SessionKind::Resumed; 2], "{versions:?}");
            let groups = [next.client.negotiated().group, next.server.negotiated().group];
            assert_eq!(groups, [group; 2], "that of its beginning");
            next.chunk = usize::MAX;
            assert_data_flows(&mut next);
            pair = next;
        }
    }
}

#[test]
fn a_session_that_goes_on_gets_a_new_ticket_where_the_server_wants() {
    for versions in [Versions::Tls12, Versions::Both] {
        let mut pair = resuming(versions);
        pair.handshake().unwrap();
        let mut session = session_of(&pair);
        pair.sessions.renews = true;
        for chunk in [1, 100, usize::MAX] {
            let mut next = again(pair, &session);
            next.chunk = chunk;
            next.handshake().unwrap();
            let ends = [next.client.negotiated().session, next.server.negotiated().session];
            assert_eq!(ends, [SessionKind::Resumed; 2], "{versions:?}");
            next.chunk = usize::MAX;
            assert_data_flows(&mut next);
            let renewed = session_of(&next);
            assert_ne!(renewed, session);
            (session, pair) = (renewed, next);
        }
        pair.sessions.renews = false;
        let mut last = again(pair, &session);
        last.handshake().unwrap();
        assert_eq!(last.client.negotiated().session, SessionKind::Resumed);
        assert!(last.client.session().is_none(), "it is kept already");
    }
}

/// A new ticket gives a session no more time.
#[test]
fn a_session_with_a_new_ticket_ends_no_later() {
    let mut pair = resuming(Versions::Tls12);
    pair.handshake().unwrap();
    let first = session_of(&pair);
    pair.sessions.renews = true;
    pair.sessions.ahead = 86_400 - 600;
    let mut next = again(pair, &first);
    next.handshake().unwrap();
    assert_eq!(next.client.negotiated().session, SessionKind::Resumed);
    let renewed = session_of(&next);
    next.sessions.ahead = 86_400 + 600;
    let mut last = again(next, &renewed);
    last.handshake().unwrap();
    assert_eq!(last.client.negotiated().session, SessionKind::New);
}

#[test]
fn a_ticket_of_another_server_is_passed_over() {
    let mut pair = resuming(Versions::Both);
    pair.handshake().unwrap();
    let session = session_of(&pair);
    let mut next = again(pair, &session);
    next.sessions = tidegate_tests::sessions::Kept::new();
    next.handshake().unwrap();
    assert_eq!(next.client.negotiated().session, SessionKind::New);
    assert_data_flows(&mut next);
}

#[test]
fn an_expired_session_is_refused_by_either_end() {
    let mut pair = resuming(Versions::Tls12);
    pair.handshake().unwrap();
    let session = session_of(&pair);
    let mut next = again(pair, &session);
    next.sessions.ahead = 2 * 86_400;
    next.handshake().unwrap();
    assert_eq!(next.server.negotiated().session, SessionKind::New, "expired at the server");
    let late = tidegate::UnixTime::since_unix_epoch(std::time::Duration::from_secs(
        now().unwrap().as_secs() + 2 * 86_400,
    ));
    let mut other = resuming(Versions::Tls12);
    assert_eq!(other.client.resume(&session, late), Err(SessionRefused::Expired));
    assert_eq!(other.client.resume(b"no session", late), Err(SessionRefused::Malformed));
}

#[test]
fn a_session_belongs_to_its_configuration() {
    let mut pair = resuming(Versions::Tls12);
    pair.handshake().unwrap();
    let session = session_of(&pair);
    let mut other = configured(Buffers::FULL, |common, _| {
        common.versions = Versions::Tls12;
        common.resumption = Resumption::ByTicket;
        common.session_context = [1].into_iter().collect();
    });
    assert_eq!(other.client.resume(&session, now().unwrap()), Err(SessionRefused::OtherPeer));
    let mut off = pair_of(Versions::Tls12, Versions::Tls12, Buffers::FULL);
    assert_eq!(off.client.resume(&session, now().unwrap()), Err(SessionRefused::NotNow));
    let mut without_tickets = resuming_by([Resumption::ById; 2], Versions::Tls12);
    assert_eq!(without_tickets.client.resume(&session, now().unwrap()), Err(SessionRefused::NotNow));
}

#[test]
fn a_tls13_server_does_not_know_a_session_of_tls12() {
    let mut pair = resuming(Versions::Both);
    pair.handshake().unwrap();
    let session = session_of(&pair);
    let mut next = configured(Buffers::FULL, |common, _| {
        common.versions = Versions::Both;
        common.resumption = Resumption::ByTicket;
    });
    next.sessions = pair.sessions;
    next.client.resume(&session, now().unwrap()).unwrap();
    next.handshake().unwrap();
    assert_eq!(next.client.negotiated().version(), Some(ProtocolVersion::TLS_1_3));
    assert_data_flows(&mut next);
}

#[test]
fn a_session_goes_on_by_its_id() {
    use Resumption::{ById, ByTicket};
    for ends in [[ById, ByTicket], [ByTicket, ById], [ById, ById]] {
        for versions in [Versions::Tls12, Versions::Both] {
            let mut pair = resuming_by(ends, versions);
            pair.handshake().unwrap();
            let session = session_of(&pair);
            assert_eq!(pair.sessions.by_id.borrow().len(), 1, "the server keeps it");
            let mut next = again(pair, &session);
            next.handshake().unwrap();
            let kinds = [next.client.negotiated().session, next.server.negotiated().session];
            assert_eq!(kinds, [SessionKind::Resumed; 2], "{ends:?} {versions:?}");
            assert!(next.client.session().is_none(), "it is kept already");
            assert_data_flows(&mut next);
            next.sessions.by_id.borrow_mut().clear();
            let mut last = again(next, &session);
            last.handshake().unwrap();
            assert_eq!(last.client.negotiated().session, SessionKind::New, "the server forgot it");
            assert!(last.client.session().is_some());
        }
    }
}

#[test]
fn a_connection_whose_session_went_on_renegotiates() {
    let renegotiation = |common: &mut Common| {
        common.renegotiation.by_us = Permission::Granted;
        common.renegotiation.by_peer = Permission::Granted;
    };
    let mut pair = configured(Buffers::FULL, |common, _| {
        common.versions = Versions::Tls12;
        common.resumption = Resumption::ByTicket;
        renegotiation(common);
    });
    pair.handshake().unwrap();
    let session = session_of(&pair);
    let mut next = again(pair, &session);
    next.handshake().unwrap();
    for end in End::BOTH {
        at!(next, end, connection => connection.renegotiate()).unwrap();
        next.handshake().unwrap();
        assert!(!at!(next, end, connection => connection.is_renegotiation_pending()));
        assert_eq!(next.client.negotiated().session, SessionKind::New);
        assert_data_flows(&mut next);
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
