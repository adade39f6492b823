//! Writes over BIO pairs smaller than a record, and what a retry may be.

use tidegate::modes::Modes;
use tidegate::modes::write::WrongRetry;
use tidegate::wire::enums::KeyUpdateRequest;
use tidegate_std::openssl::{BioPair, ErrorCode, Reason, Ssl, SslContext, SslWant};

use crate::duo::{Duo, context, read_all};

const DEFAULT: Modes = Modes::AUTO_RETRY;

fn content(length: usize) -> Vec<u8> {
    (0..length).map(|at| u8::try_from(at * 7 % 251).unwrap()).collect()
}

#[test]
fn a_pair_smaller_than_a_record_takes_many_rounds_and_loses_nothing() {
    for size in [1, 37, 4096, 17 * 1024] {
        let mut duo = Duo::connected(DEFAULT, size);
        let data = content(if size == 1 { 3000 } else { 40_000 });
        let mut received = Vec::new();
        let rounds = (1..).find(|_| {
            let result = duo.client.write(&data);
            received.extend(duo.server_reads());
            assert!(result > 0 || duo.client.get_error(result) == ErrorCode::WantWrite);
            result == i32::try_from(data.len()).unwrap()
        });
        assert!(received == data, "a pair of {size} bytes");
        assert!(rounds.unwrap() > data.len() / size / 2, "a pair of {size} bytes");
    }
}

#[test]
fn a_wrong_retry_is_refused_and_the_right_one_goes_on() {
    let mut duo = Duo::connected(DEFAULT, 20_000);
    let data = content(40_000);
    let moved = data.clone();
    let mut changed = data.clone();
    assert_eq!(duo.client.write(&data), -1);
    assert_eq!((duo.client.get_error(-1), duo.client.want()), (ErrorCode::WantWrite, SslWant::Writing));
    changed[20_000] ^= 1;
    let mut other = data;
    for (wrong, why) in [
        (&moved[..], WrongRetry::Moved),
        (&other[..39_999], WrongRetry::Shorter),
        (&other[16_384..], WrongRetry::Shorter),
    ] {
        assert_eq!(duo.client.write(wrong), -1);
        assert_eq!(duo.client.get_error(-1), ErrorCode::Ssl);
        assert_eq!(duo.client.reason(), Some(Reason::WrongRetry(why)));
    }
    // The same place, another content.
    other[20_000] ^= 1;
    assert_eq!((duo.client.write(&other), duo.client.get_error(-1)), (-1, ErrorCode::Ssl));
    assert_eq!(duo.client.reason(), Some(Reason::WrongRetry(WrongRetry::Different)));
    other[20_000] ^= 1;
    let mut received = Vec::new();
    while duo.client.write(&other) < 0 {
        received.extend(duo.server_reads());
    }
    received.extend(duo.server_reads());
    assert!(received == other);
}

#[test]
fn a_moving_buffer_is_a_matter_of_mode_and_acts_at_once() {
    let mut duo = Duo::connected(DEFAULT, 20_000);
    let data = content(30_000);
    assert_eq!(duo.client.write(&data), -1);
    let moved = data.clone();
    assert_eq!((duo.client.write(&moved), duo.client.get_error(-1)), (-1, ErrorCode::Ssl));
    duo.client.set_mode(Modes::ACCEPT_MOVING_WRITE_BUFFER);
    let mut received = duo.server_reads();
    assert_eq!(duo.client.write(&moved), 30_000);
    received.extend(duo.server_reads());
    assert!(received == data);
}

#[test]
fn a_partial_write_returns_what_is_complete_and_the_next_begins_there() {
    let mut duo = Duo::connected(DEFAULT.set(Modes::ENABLE_PARTIAL_WRITE), 20_000);
    let data = content(40_000);
    let (mut written, mut received) = (0, Vec::new());
    while written < data.len() {
        match duo.client.write(&data[written..]) {
            count @ 1.. => {
                assert!(count <= 16_384);
                written += usize::try_from(count).unwrap();
            }
            _ => received.extend(duo.server_reads()),
        }
    }
    received.extend(duo.server_reads());
    assert!(received == data);
}

#[test]
fn nothing_written_is_no_error_and_touches_no_pending_write() {
    let mut duo = Duo::connected(DEFAULT, 20_000);
    assert_eq!((duo.client.write(&[]), duo.client.get_error(0)), (0, ErrorCode::None));
    let (data, mut written) = (content(30_000), 9);
    assert_eq!(duo.client.write_ex(&data, &mut written), 0);
    assert_eq!((written, duo.client.get_error(0)), (0, ErrorCode::WantWrite));
    assert_eq!((duo.client.write(&[]), duo.client.get_error(0)), (0, ErrorCode::None));
    assert_eq!((duo.client.write_ex(&[], &mut written), written), (1, 0));
    let mut received = duo.server_reads();
    assert_eq!((duo.client.write_ex(&data, &mut written), written), (1, 30_000));
    assert_eq!((duo.server.peek_ex(&mut [0; 7], &mut written), written), (1, 7));
    received.extend(duo.server_reads());
    assert!(received == data);
}

#[test]
fn reading_while_a_write_is_blocked_is_safe_whatever_the_peer_sends() {
    let mut duo = Duo::connected(DEFAULT, 20_000);
    let data = content(30_000);
    assert_eq!(duo.client.write(&data), -1);
    for round in 0..2 {
        assert_eq!(duo.server.key_update(KeyUpdateRequest::UPDATE_REQUESTED), 1);
        assert_eq!(duo.server.write(b"answer"), 6);
        assert_eq!(read_all(&mut duo.client), b"answer", "round {round}");
    }
    let mut received = duo.server_reads();
    assert_eq!(duo.client.write(&data), 30_000);
    assert_eq!(duo.client.write(b"next"), 4); // the reply to the KeyUpdates leaves before it
    received.extend(duo.server_reads());
    assert!(received == [&data[..], b"next"].concat());
}

#[test]
fn a_key_update_of_our_own_waits_for_nobody_and_is_refused_behind_a_blocked_write() {
    let mut duo = Duo::connected(DEFAULT, 20_000);
    assert_eq!(duo.client.key_update(KeyUpdateRequest::UPDATE_REQUESTED), 1);
    assert_eq!(duo.client.key_update(KeyUpdateRequest::UPDATE_REQUESTED), 0);
    assert_eq!(duo.client.do_handshake(), 1);
    let data = content(30_000);
    assert_eq!(duo.client.write(&data), -1);
    assert_eq!(duo.client.key_update(KeyUpdateRequest::UPDATE_NOT_REQUESTED), 0);
    duo.server_reads();
    assert_eq!(duo.client.write(&data), 30_000);
    assert_eq!(duo.client.key_update(KeyUpdateRequest::UPDATE_NOT_REQUESTED), 1);
}

#[test]
fn without_a_role_every_call_says_so() {
    let (here, _there) = BioPair::new(0, 0);
    let mut ssl = Ssl::new(&context(), here);
    let results =
        [ssl.do_handshake(), ssl.write(b"x"), ssl.read(&mut [0; 4]), ssl.peek(&mut [0; 4]), ssl.shutdown()];
    assert_eq!(results, [-1; 5]);
    assert_eq!((ssl.get_error(-1), ssl.reason()), (ErrorCode::Ssl, Some(Reason::NoRole)));
    assert_eq!(ssl.key_update(KeyUpdateRequest::UPDATE_REQUESTED), 0);
}

#[test]
fn a_client_that_was_told_nobody_to_trust_connects_to_nobody() {
    let (here, there) = BioPair::new(0, 0);
    let mut ssl = Ssl::new(&SslContext::new(), here);
    ssl.set_host_name("localhost");
    assert_eq!((ssl.connect(), ssl.get_error(-1)), (-1, ErrorCode::Ssl));
    assert_eq!((ssl.reason(), there.pending()), (Some(Reason::NotConfigured), 0));
}

#[test]
fn the_first_write_drives_the_handshake_and_remembers_no_argument() {
    let mut duo = Duo::new(&context(), 0);
    let results: Vec<i32> = (0..4)
        .map(|round| {
            let result = duo.client.write(&content(100)[round * 10..]);
            duo.server.do_handshake();
            result
        })
        .collect();
    assert_eq!(results, [-1, 90, 80, 70]);
    assert_eq!(duo.server_reads().len(), 240);
}

#[test]
fn modes_of_the_context_are_copied_when_a_connection_is_made() {
    let context = context();
    assert_eq!(context.set_mode(Modes::from_bits(0x400)).bits(), 0x404);
    let (here, _there) = BioPair::new(0, 0);
    let mut ssl = Ssl::new(&context, here);
    assert_eq!(context.clear_mode(Modes::AUTO_RETRY).bits(), 0x400);
    assert_eq!(ssl.get_mode().bits(), 0x404);
    assert_eq!(ssl.set_mode(Modes::RELEASE_BUFFERS).bits(), 0x414);
    assert_eq!(ssl.clear_mode(Modes::from_bits(0x404)).bits(), 0x10);
    assert_eq!(context.get_mode().bits(), 0x400);
}
