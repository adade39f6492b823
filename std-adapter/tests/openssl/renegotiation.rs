//! Versions, and renegotiation of TLS 1.2: SSL_CTX_set_min_proto_version(3), SSL_renegotiate(3), SSL_CTX_set_options(3).

use std::net::{TcpListener, TcpStream};

use tidegate::error::PeerIncompatible;
use tidegate::modes::Modes;
use tidegate::wire::enums::{KeyUpdateRequest, ProtocolVersion};
use tidegate_std::openssl::{BioPair, ErrorCode, Options, Reason, Ssl, SslContext};

use crate::duo::{Duo, context, is_retry, read_all};

const TLS_1_2: ProtocolVersion = ProtocolVersion::TLS_1_2;
const TLS_1_3: ProtocolVersion = ProtocolVersion::TLS_1_3;

/// A context of TLS 1.2 under which both ends do what OpenSSL 3.0 does with these options.
pub(crate) fn renegotiating(options: Options) -> SslContext {
    let context = context();
    assert_eq!(context.get_options(), Options::NO_RENEGOTIATION);
    assert_eq!(context.set_max_proto_version(TLS_1_2), 1);
    context.clear_options(Options::NO_RENEGOTIATION);
    context.set_options(options);
    context
}

fn connected(context: &SslContext) -> Duo {
    let mut duo = Duo::new(context, 0);
    duo.handshake();
    duo
}

/// A line each way.
fn assert_data_flows(duo: &mut Duo) {
    assert_eq!((duo.client.write(b"there"), duo.server.write(b"and back")), (5, 8));
    assert_eq!(
        (duo.server_reads().as_slice(), read_all(&mut duo.client).as_slice()),
        (&b"there"[..], &b"and back"[..])
    );
}

/// Reads at both ends until no renegotiation is pending.
fn settle(duo: &mut Duo) {
    for _ in 0..20 {
        for ssl in [&mut duo.client, &mut duo.server] {
            let result = ssl.read(&mut [0; 9]);
            assert!(is_retry(ssl, result), "{result}: {:?}", ssl.reason());
        }
        if (duo.client.renegotiate_pending(), duo.server.renegotiate_pending()) == (0, 0) {
            return;
        }
    }
    panic!("the renegotiation does not end: {duo:?}");
}

#[test]
fn the_bounds_choose_the_version() {
    for (min, max, expected) in
        [(0, 0, TLS_1_3), (0x0303, 0x0303, TLS_1_2), (0x0304, 0, TLS_1_3), (0x0301, 0x0303, TLS_1_2)]
    {
        let context = context();
        let bounds = (ProtocolVersion(min), ProtocolVersion(max));
        assert_eq!(
            (context.set_min_proto_version(bounds.0), context.set_max_proto_version(bounds.1)),
            (1, 1)
        );
        assert_eq!((context.get_min_proto_version(), context.get_max_proto_version()), bounds);
        let mut duo = Duo::new(&context, 0);
        assert_eq!(duo.client.get_version(), "TLSv1.3");
        duo.handshake();
        assert_eq!((duo.client.version(), duo.server.version()), (expected, expected));
        assert_eq!(duo.server.get_version(), if expected == TLS_1_2 { "TLSv1.2" } else { "TLSv1.3" });
        assert_data_flows(&mut duo);
    }
    let mut duo = Duo::new(&context(), 0);
    assert_eq!((duo.client.set_max_proto_version(ProtocolVersion(0x0302)), duo.client.connect()), (1, -1));
    assert_eq!(duo.client.reason(), Some(Reason::NoProtocols));
    assert_eq!(duo.server.set_min_proto_version(ProtocolVersion(0x7fff)), 0);
    assert_eq!(
        (duo.client.set_max_proto_version(TLS_1_2), duo.server.set_min_proto_version(TLS_1_2)),
        (1, 1)
    );
    duo.handshake();
    assert_eq!(duo.client.version(), TLS_1_2);
}

#[test]
fn nobody_renegotiates_unless_it_was_asked_for_by_name() {
    let context = context();
    context.set_max_proto_version(TLS_1_2);
    let mut duo = Duo::new(&context, 0);
    assert_eq!((duo.client.renegotiate(), duo.client.reason()), (0, Some(Reason::InHandshake)));
    duo.handshake();
    for ssl in [&mut duo.client, &mut duo.server] {
        assert_eq!((ssl.renegotiate(), ssl.reason()), (0, Some(Reason::NoRenegotiation)));
        assert_eq!((ssl.renegotiate_pending(), ssl.get_error(0)), (0, ErrorCode::Ssl));
    }
    assert_data_flows(&mut duo);
}

#[test]
fn each_version_has_its_own_way_to_new_keys() {
    let wrong = (0, Some(Reason::WrongVersion));
    let mut duo = connected(&renegotiating(Options::empty()));
    for ssl in [&mut duo.client, &mut duo.server] {
        let updated = ssl.key_update(KeyUpdateRequest::UPDATE_REQUESTED);
        assert_eq!((updated, ssl.reason()), wrong);
        assert_eq!(ssl.do_handshake(), 1);
    }
    assert_eq!((duo.client.get_ref().pending(), duo.server.get_ref().pending()), (0, 0));

    let context = context();
    context.clear_options(Options::NO_RENEGOTIATION);
    let mut duo = connected(&context);
    assert_eq!((duo.client.renegotiate(), duo.client.reason()), wrong);
    assert_eq!((duo.server.renegotiate(), duo.server.reason()), wrong);
    assert_data_flows(&mut duo);
}

#[test]
fn a_client_renegotiates_where_the_server_lets_it() {
    let mut duo = connected(&renegotiating(Options::ALLOW_CLIENT_RENEGOTIATION));
    for _ in 0..3 {
        assert_eq!((duo.client.renegotiate(), duo.client.renegotiate_pending()), (1, 1));
        assert_eq!((duo.client.do_handshake(), duo.client.get_error(-1)), (-1, ErrorCode::WantRead));
        assert!(!duo.client.is_init_finished());
        settle(&mut duo);
        assert_eq!((duo.client.do_handshake(), duo.server.do_handshake()), (1, 1));
        assert!(duo.client.is_init_finished() && duo.server.is_init_finished());
        assert_data_flows(&mut duo);
    }
}

/// It begins with a call that reads or writes: neither a second wish nor a shutdown does that.
#[test]
fn a_wish_may_be_said_twice_and_holds_no_shutdown_back() {
    let mut duo = connected(&renegotiating(Options::ALLOW_CLIENT_RENEGOTIATION));
    assert_eq!((duo.client.renegotiate(), duo.client.renegotiate()), (1, 1));
    assert!(duo.client.is_init_finished());
    assert_eq!((duo.client.shutdown(), duo.client.get_shutdown()), (0, 1));
    assert_eq!((duo.client.renegotiate(), duo.client.reason()), (0, Some(Reason::Shutdown)));
}

/// What is left of a record that is being read is no read-ahead: it holds nothing back, and comes before the answer.
#[test]
fn the_rest_of_a_record_holds_no_renegotiation_back() {
    let mut duo = connected(&renegotiating(Options::ALLOW_CLIENT_RENEGOTIATION));
    assert_eq!((duo.server.write(b"some words"), duo.client.read(&mut [0; 5])), (10, 5));
    assert_eq!((duo.client.renegotiate(), duo.client.write(b"more")), (1, -1));
    assert!(!duo.client.is_init_finished());
    let mut rest = [0; 9];
    assert_eq!((duo.client.pending(), duo.client.read(&mut rest), &rest[..5]), (5, 5, &b"words"[..]));
}

/// In a renegotiation the end is told as OpenSSL tells it: once as a failed call, then by reads alone.
#[test]
fn the_peers_close_ends_a_renegotiation() {
    let mut duo = connected(&renegotiating(Options::ALLOW_CLIENT_RENEGOTIATION));
    assert_eq!((duo.server.renegotiate(), duo.server.do_handshake(), duo.server.shutdown()), (1, 1, 0));
    let result = duo.client.read(&mut [0; 9]);
    assert_eq!((result, duo.client.get_error(result)), (-1, ErrorCode::ZeroReturn));
    let result = duo.client.write(b"more");
    assert_eq!((result, duo.client.get_error(result)), (-1, ErrorCode::WantRead));
    assert_eq!((duo.client.read(&mut [0; 9]), duo.client.get_shutdown()), (0, 2));
}

#[test]
fn a_server_asks_its_client_and_goes_on_with_reads() {
    let mut duo = connected(&renegotiating(Options::empty()));
    for _ in 0..3 {
        assert_eq!((duo.server.renegotiate(), duo.server.do_handshake()), (1, 1));
        assert_eq!(duo.server.renegotiate_pending(), 1);
        assert!(duo.client.get_ref().pending() > 0, "the request has left");
        settle(&mut duo);
        assert_data_flows(&mut duo);
    }
}

#[test]
fn a_client_that_may_not_is_told_so_and_the_server_goes_on() {
    let mut duo = connected(&renegotiating(Options::empty()));
    assert_eq!((duo.client.renegotiate(), duo.client.do_handshake()), (1, -1));
    let result = duo.server.read(&mut [0; 9]);
    assert!(is_retry(&duo.server, result), "{:?}", duo.server.reason());
    assert_eq!(duo.server.write(b"still here"), 10);
    // The refusal ends the connection of the client that insisted, as in OpenSSL.
    let result = duo.client.do_handshake();
    assert_eq!((result, duo.client.get_error(result)), (-1, ErrorCode::Ssl));
}

#[test]
fn what_a_write_meets_is_read_before_the_rest() {
    let mut duo = connected(&renegotiating(Options::ALLOW_CLIENT_RENEGOTIATION));
    assert_eq!((duo.server.write(b"on its way"), duo.client.renegotiate()), (10, 1));
    assert_eq!((duo.client.write(b"after it"), duo.client.get_error(-1)), (-1, ErrorCode::WantRead));
    assert_eq!((duo.client.pending(), duo.client.has_pending()), (10, true));
    let mut out = [0; 4];
    assert_eq!((duo.client.peek(&mut out), &out), (4, b"on i"));
    assert_eq!((duo.client.read(&mut out), &out, duo.client.pending()), (4, b"on i", 6));
    for _ in 0..9 {
        let _ = duo.server.read(&mut [0; 9]);
        if duo.client.write(b"after it") > 0 {
            break;
        }
    }
    assert_eq!(duo.server_reads(), b"after it");
    assert_eq!((duo.server.write(b"!"), duo.server.shutdown()), (1, 0));
    assert_eq!((duo.client.shutdown(), duo.client.shutdown()), (0, -1));
    assert_eq!(duo.client.reason(), Some(Reason::UnreadData));
    assert_eq!(read_all(&mut duo.client), b"ts way!");
    assert_eq!((duo.client.read(&mut out), duo.client.get_error(0)), (0, ErrorCode::ZeroReturn));
    assert_eq!(duo.client.shutdown(), 1);
}

fn sockets(context: &SslContext) -> (Ssl<TcpStream>, Ssl<TcpStream>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let here = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let mut client = Ssl::new(context, here);
    client.set_host_name("localhost");
    (client, Ssl::new(context, listener.accept().unwrap().0))
}

/// Rule A: a renegotiation begins and ends within one call there.
#[test]
fn without_auto_retry_a_blocking_read_returns_once_for_a_renegotiation() {
    let (mut client, mut server) = sockets(&renegotiating(Options::empty()));
    client.clear_mode(Modes::AUTO_RETRY);
    let peer = std::thread::spawn(move || {
        assert_eq!((server.accept(), server.renegotiate(), server.do_handshake()), (1, 1, 1));
        let mut out = [0; 9];
        assert_eq!((server.read(&mut out), &out[..5]), (5, &b"hello"[..]), "{:?}", server.reason());
        assert_eq!((server.renegotiate_pending(), server.write(b"data")), (0, 4));
        server
    });
    assert_eq!(client.connect(), 1);
    let mut out = [0; 9];
    assert_eq!((client.read(&mut out), client.get_error(-1)), (-1, ErrorCode::WantRead));
    assert_eq!((client.renegotiate_pending(), client.write(b"hello")), (0, 5));
    assert_eq!((client.read(&mut out), &out[..4]), (4, &b"data"[..]));
    peer.join().unwrap();
}

#[test]
fn on_blocking_sockets_a_renegotiation_is_part_of_whatever_is_called() {
    let (mut client, mut server) = sockets(&renegotiating(Options::ALLOW_CLIENT_RENEGOTIATION));
    let content: Vec<u8> = (0..900_000_u32).map(|at| (at % 251) as u8).collect();
    let expected = content.clone();
    let peer = std::thread::spawn(move || {
        assert_eq!(server.accept(), 1);
        assert_eq!(server.write(&expected), 900_000);
        let mut all = Vec::new();
        let mut out = vec![0; 20_000];
        while all.len() < expected.len() {
            let count = server.read(&mut out);
            assert!(count > 0, "{:?}", server.reason());
            all.extend_from_slice(&out[..usize::try_from(count).unwrap()]);
        }
        assert!(all == expected);
        assert_eq!(server.shutdown(), 0);
    });
    assert_eq!((client.connect(), client.renegotiate()), (1, 1));
    assert_eq!(client.write(&content), 900_000, "{:?}", client.reason());
    assert_eq!(client.renegotiate_pending(), 0);
    let (mut all, mut out) = (Vec::new(), vec![0; 20_000]);
    loop {
        match client.read(&mut out) {
            0 => break,
            count => all.extend_from_slice(&out[..usize::try_from(count).unwrap()]),
        }
    }
    assert!(all == content);
    peer.join().unwrap();
}

#[test]
fn on_blocking_sockets_a_write_that_meets_more_than_is_kept_is_repeated_behind_a_read() {
    let (mut client, mut server) = sockets(&renegotiating(Options::ALLOW_CLIENT_RENEGOTIATION));
    let content: Vec<u8> = (0..3_000_000_u32).map(|at| (at % 251) as u8).collect();
    let expected = content.clone();
    let peer = std::thread::spawn(move || {
        assert_eq!((server.accept(), server.write(&expected)), (1, 3_000_000));
        let mut out = [0; 9];
        assert_eq!((server.read(&mut out), &out[..5]), (5, &b"hello"[..]), "{:?}", server.reason());
        assert_eq!(server.shutdown(), 0);
    });
    assert_eq!((client.connect(), client.renegotiate()), (1, 1));
    let (mut all, mut out, mut blocked) = (Vec::new(), vec![0; 50_000], 0);
    while client.write(b"hello") < 0 {
        assert_eq!(client.get_error(-1), ErrorCode::WantRead);
        blocked += 1;
        let count = client.read(&mut out);
        all.extend_from_slice(&out[..usize::try_from(count).unwrap()]);
    }
    assert!(blocked > 0 && client.renegotiate_pending() == 0);
    loop {
        match client.read(&mut out) {
            0 => break,
            count => all.extend_from_slice(&out[..usize::try_from(count).unwrap()]),
        }
    }
    assert!(all == content);
    peer.join().unwrap();
}

#[test]
fn a_connection_begins_with_what_its_context_has_then() {
    let context = renegotiating(Options::ALLOW_CLIENT_RENEGOTIATION);
    let (here, there) = BioPair::new(0, 0);
    let (mut client, mut server) = (Ssl::new(&context, here), Ssl::new(&context, there));
    client.set_host_name("localhost");
    client.set_options(Options::NO_RENEGOTIATION);
    assert!((0..9).any(|_| (client.connect(), server.accept()) == (1, 1)));
    assert_eq!((client.renegotiate(), client.reason()), (0, Some(Reason::NoRenegotiation)));
    assert_eq!((server.renegotiate(), server.do_handshake()), (1, 1));
    // It refuses with a warning, and goes on.
    let result = client.read(&mut [0; 9]);
    assert!(is_retry(&client, result) && client.write(b"fine") == 4, "{:?}", client.reason());
    // Who asked had a reason, and does not.
    let result = server.read(&mut [0; 9]);
    let error = PeerIncompatible::Renegotiation.into();
    assert_eq!((result, server.reason()), (-1, Some(Reason::Failed(error))));
}
