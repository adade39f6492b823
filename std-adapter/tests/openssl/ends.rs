//! Shutdown, ends and failures.

use std::io::Write;

use tidegate::modes::Modes;
use tidegate::wire::enums::KeyUpdateRequest;
use tidegate_std::openssl::{ErrorCode, Options, Reason, SslWant};

use crate::duo::{Duo, read_all};

const DEFAULT: Modes = Modes::AUTO_RETRY;

#[test]
fn shutdown_is_0_then_1_on_both_ends() {
    let mut duo = Duo::connected(DEFAULT, 0);
    assert_eq!((duo.client.shutdown(), duo.client.get_shutdown()), (0, 1));
    assert_eq!((duo.client.shutdown(), duo.client.get_error(-1)), (-1, ErrorCode::WantRead));
    assert_eq!((duo.server.read(&mut [0; 9]), duo.server.get_error(0)), (0, ErrorCode::ZeroReturn));
    assert_eq!((duo.server.shutdown(), duo.server.get_shutdown()), (1, 3));
    assert_eq!((duo.client.shutdown(), duo.client.get_shutdown()), (1, 3));
    assert_eq!((duo.client.write(b"x"), duo.client.reason()), (-1, Some(Reason::Shutdown)));
}

#[test]
fn close_notify_waits_for_the_write_that_is_blocked() {
    let mut duo = Duo::connected(DEFAULT, 17_000);
    let data = vec![7; 40_000];
    assert_eq!(duo.client.write(&data), -1);
    for _ in 0..3 {
        assert_eq!((duo.client.shutdown(), duo.client.get_error(-1)), (-1, ErrorCode::WantWrite));
        assert_eq!((duo.client.read(&mut [0; 9]), duo.client.get_error(-1)), (-1, ErrorCode::WantRead));
    }
    assert_eq!((duo.client.write(b"another"), duo.client.get_error(-1)), (-1, ErrorCode::Ssl));
    let mut received = Vec::new();
    while duo.client.write(&data) < 0 {
        received.extend(duo.server_reads());
    }
    received.extend(duo.server_reads());
    assert!(received == data);
    assert_eq!((duo.client.shutdown(), duo.server.get_shutdown()), (0, 2));
}

#[test]
fn data_that_nobody_read_survives_a_second_shutdown() {
    let mut duo = Duo::connected(DEFAULT, 0);
    assert_eq!((duo.client.write(b"late"), duo.client.shutdown()), (4, 0));
    assert_eq!(duo.server.shutdown(), 0);
    assert_eq!((duo.server.shutdown(), duo.server.reason()), (-1, Some(Reason::UnreadData)));
    assert_eq!(duo.server_reads(), b"late");
    assert_eq!(duo.server.shutdown(), 1);
}

#[test]
fn an_end_without_close_notify_is_an_error_for_ever_unless_it_is_to_be_ignored() {
    let mut duo = Duo::connected(DEFAULT, 0);
    duo.client.write(b"cut");
    let Duo { client, mut server } = duo;
    drop(client);
    assert_eq!(read_all(&mut server), b"cut");
    for _ in 0..3 {
        assert_eq!((server.read(&mut [0; 9]), server.get_error(-1)), (-1, ErrorCode::Ssl));
        assert_eq!((server.write(b"x"), server.shutdown(), server.get_shutdown()), (-1, -1, 0));
    }

    let mut duo = Duo::connected(DEFAULT, 0);
    duo.server.set_options(Options::IGNORE_UNEXPECTED_EOF);
    let Duo { client, mut server } = duo;
    drop(client);
    assert_eq!((server.read(&mut [0; 9]), server.get_error(0)), (0, ErrorCode::ZeroReturn));
}

#[test]
fn the_first_read_of_a_failure_returns_0_and_all_later_calls_the_same_error() {
    let mut duo = Duo::connected(DEFAULT, 0);
    // A record that does not authenticate: the client fails and tells the server.
    let forged = [&[23, 3, 3, 0, 32][..], &[1; 32]].concat();
    duo.server.get_mut().write_all(&forged).unwrap();
    assert_eq!((duo.client.read(&mut [0; 9]), duo.client.get_error(-1)), (-1, ErrorCode::Ssl));
    assert_eq!((duo.server.read(&mut [0; 9]), duo.server.get_error(0)), (0, ErrorCode::Ssl));
    let reason = duo.server.reason();
    for _ in 0..3 {
        assert_eq!((duo.server.read(&mut [0; 9]), duo.server.get_error(-1)), (-1, ErrorCode::Ssl));
        assert_eq!((duo.server.write(b"x"), duo.server.reason()), (-1, reason));
    }
}

#[test]
fn without_auto_retry_each_of_two_key_updates_and_the_reply_between_them_ends_a_read() {
    let mut duo = Duo::connected(Modes::empty(), 0);
    for _ in 0..2 {
        assert_eq!(duo.server.key_update(KeyUpdateRequest::UPDATE_REQUESTED), 1);
        assert_eq!(duo.server.do_handshake(), 1);
    }
    assert_eq!(duo.server.write(b"late"), 4);
    for reply_left in [false, true, true] {
        assert_eq!((duo.client.read(&mut [0; 9]), duo.client.get_error(-1)), (-1, ErrorCode::WantRead));
        assert_eq!(duo.server.get_mut().pending() > 0, reply_left);
    }
    assert_eq!(duo.client.read(&mut [0; 9]), 4);
}

#[test]
fn a_closed_end_that_fails_does_not_ask_the_transport_once_more() {
    let mut duo = Duo::connected(DEFAULT, 1);
    assert_eq!((duo.client.shutdown(), duo.client.get_error(-1)), (-1, ErrorCode::WantWrite));
    let Duo { mut client, server } = duo;
    drop(server);
    assert_eq!((client.read(&mut [0; 9]), client.want()), (0, SslWant::Reading));
}
