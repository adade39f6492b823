//! Early data: SSL_read_early_data(3), and BoringSSL's early data within the ordinary calls.

use tidegate::wire::enums::ProtocolVersion;
use tidegate_std::openssl::{
    EarlyDataReason, EarlyDataStatus, ErrorCode, ReadEarlyData, Reason, SslContext, SslSession,
};

use crate::duo::{Duo, context, is_retry, read_all};

const LIMIT: u32 = 1000;

/// A context whose tickets are good for early data, and a session of it.
fn prepared(change: impl Fn(&SslContext)) -> (SslContext, SslSession) {
    let context = context();
    context.set_num_tickets(1);
    assert_eq!((context.set_max_early_data(LIMIT), context.get_max_early_data()), (1, LIMIT));
    change(&context);
    let session = session(&context);
    assert_eq!(session.get_max_early_data(), LIMIT);
    (context, session)
}

fn session(context: &SslContext) -> SslSession {
    let mut duo = Duo::new(context, 0);
    duo.handshake();
    assert!(read_all(&mut duo.client).is_empty());
    duo.client.get1_session().unwrap()
}

fn offering(context: &SslContext, session: &SslSession, size: usize) -> Duo {
    let mut duo = Duo::new(context, size);
    assert_eq!(duo.client.set_session(Some(session)), 1);
    duo
}

fn statuses(duo: &Duo) -> [EarlyDataStatus; 2] {
    [duo.client.get_early_data_status(), duo.server.get_early_data_status()]
}

/// What a server reads by name until it says that there is no more.
fn read_early(duo: &mut Duo) -> Vec<u8> {
    let (mut all, mut piece, mut count) = (Vec::new(), [0; 3], 0);
    for _ in 0..100 {
        match duo.server.read_early_data(&mut piece, &mut count) {
            ReadEarlyData::Success => all.extend_from_slice(&piece[..count]),
            ReadEarlyData::Finish => return all,
            ReadEarlyData::Error => {
                assert!(is_retry(&duo.server, -1), "{:?}", duo.server.reason());
                let result = duo.client.do_handshake();
                assert!(result == 1 || is_retry(&duo.client, result), "{:?}", duo.client.reason());
            }
        }
    }
    panic!("early data does not end");
}

fn assert_data_flows(duo: &mut Duo) {
    assert_eq!((duo.client.write(b"there"), duo.server_reads().as_slice()), (5, &b"there"[..]));
    assert_eq!((duo.server.write(b"back"), read_all(&mut duo.client).as_slice()), (4, &b"back"[..]));
}

#[test]
fn early_data_has_calls_of_its_own_and_each_ticket_is_good_for_it_once() {
    let (context, session) = prepared(|_| ());
    let early = |context: &SslContext| {
        let (mut duo, mut written) = (offering(context, &session, 0), 0);
        assert_eq!((duo.client.write_early_data(b"early", &mut written), written), (1, 5));
        let read = read_early(&mut duo);
        duo.handshake();
        assert_eq!(duo.client.session_reused(), 1);
        assert_data_flows(&mut duo);
        (read, statuses(&duo))
    };
    assert_eq!(early(&context), (b"early".to_vec(), [EarlyDataStatus::Accepted; 2]));
    assert_eq!(early(&context), (Vec::new(), [EarlyDataStatus::Rejected; 2]), "the ticket was used");
}

#[test]
fn a_server_answers_early_data_by_name_before_the_handshake_is_done() {
    let (context, session) = prepared(|_| ());
    let (mut duo, mut count, mut piece) = (offering(&context, &session, 0), 0, [0; 9]);
    assert_eq!(duo.client.write_early_data(b"question", &mut count), 1);
    assert_eq!(duo.server.read_early_data(&mut piece, &mut count), ReadEarlyData::Success);
    assert_eq!(&piece[..count], b"question");
    assert_eq!((duo.server.write_early_data(b"answer", &mut count), count), (1, 6));
    assert!(!duo.server.is_init_finished());
    assert_eq!(read_all(&mut duo.client), b"answer");
    assert!(read_early(&mut duo).is_empty());
    duo.handshake();
    assert_eq!(duo.server.write_early_data(b"late", &mut count), 0);
    assert_eq!(duo.server.reason(), Some(Reason::NoEarlyData));
    assert_data_flows(&mut duo);
}

#[test]
fn early_data_that_no_server_reads_by_name_is_refused() {
    let (context, session) = prepared(|_| ());
    let (mut duo, mut written) = (offering(&context, &session, 0), 0);
    assert_eq!(duo.client.write_early_data(b"early", &mut written), 1);
    duo.handshake();
    assert_eq!(statuses(&duo), [EarlyDataStatus::Rejected; 2]);
    assert_data_flows(&mut duo);
}

#[test]
fn what_a_session_does_not_take_is_not_written_at_all() {
    let (context, session) = prepared(|_| ());
    let mut written = 0;
    let mut duo = offering(&context, &session, 0);
    assert_eq!(duo.client.write_early_data(&[0; 1001], &mut written), 0);
    assert_eq!((duo.client.get_error(0), written), (ErrorCode::Ssl, 0));
    assert_eq!(duo.client.reason(), Some(Reason::NoEarlyData));
    assert_eq!(duo.server.get_mut().pending(), 0, "nothing has left");
    assert_eq!(duo.client.write_early_data(&[0; 600], &mut written), 1);
    let sent = duo.server.get_mut().pending();
    assert_eq!((duo.client.write_early_data(&[0; 401], &mut written), written), (0, 0));
    assert_eq!(duo.client.reason(), Some(Reason::NoEarlyData));
    assert_eq!(duo.server.get_mut().pending(), sent, "nothing of what is too much has left");
    assert_eq!((duo.client.write_early_data(&[0; 400], &mut written), written), (1, 400));
    let mut fresh = Duo::new(&context, 0);
    assert_eq!(fresh.client.write_early_data(b"early", &mut written), 0);
    assert_eq!(fresh.client.set_max_proto_version(ProtocolVersion::TLS_1_2), 1, "nothing has begun");
    fresh.handshake();
    assert_eq!(fresh.client.version(), ProtocolVersion::TLS_1_2);
    assert_eq!(statuses(&fresh), [EarlyDataStatus::NotSent; 2]);
}

/// The transport takes little at a time; who repeats the call must mean the same data.
#[test]
fn early_data_that_would_block_is_repeated() {
    let (context, session) = prepared(|context| context.set_early_data_enabled(true));
    let mut duo = offering(&context, &session, 2000);
    let data = [7; 900];
    assert_eq!((duo.client.do_handshake(), duo.client.in_early_data()), (1, true));
    assert_eq!((duo.client.write(&data), duo.client.get_error(-1)), (-1, ErrorCode::WantWrite));
    assert_eq!((duo.client.write(&[8; 900]), duo.client.get_error(-1)), (-1, ErrorCode::Ssl));
    assert!(matches!(duo.client.reason(), Some(Reason::WrongRetry(_))));
    let mut received = Vec::new();
    for _ in 0..10 {
        if duo.client.write(&data) == 900 {
            break;
        }
        assert!(is_retry(&duo.client, -1), "{:?}", duo.client.reason());
        received.extend(read_all(&mut duo.server));
    }
    for _ in 0..10 {
        duo.client.do_handshake();
        received.extend(read_all(&mut duo.server));
    }
    assert!(received == data, "{received:?}");
    assert_eq!(statuses(&duo), [EarlyDataStatus::Accepted; 2]);
}

#[test]
fn the_ordinary_calls_carry_early_data_where_that_is_enabled() {
    let (context, session) = prepared(|context| context.set_early_data_enabled(true));
    let mut duo = offering(&context, &session, 0);
    assert_eq!((duo.client.do_handshake(), duo.client.in_early_data()), (1, true));
    assert_eq!((duo.client.session_reused(), duo.client.version()), (1, ProtocolVersion::TLS_1_3));
    assert!(duo.client.current_cipher().is_some() && duo.client.peer_certificate().is_some());
    assert_eq!(duo.client.export_keying_material(&mut [0; 9], b"label", None), 0);
    assert_eq!(duo.client.reason(), Some(Reason::InHandshake));
    // The ticket is good for 1000 bytes: the rest goes when the handshake is done.
    let data = [7; 1500];
    assert_eq!((duo.client.write(&data), duo.client.get_error(-1)), (-1, ErrorCode::WantRead));
    assert_eq!((duo.server.do_handshake(), duo.server.in_early_data()), (1, true));
    assert_eq!(duo.server_reads(), data[..1000]);
    assert_eq!((duo.server.write(b"soon"), duo.server.in_early_data()), (4, true));
    assert_eq!(duo.client.write(&data), 1500);
    assert!(!duo.client.in_early_data());
    assert_eq!(read_all(&mut duo.client), b"soon");
    assert_eq!(duo.server_reads(), data[1000..]);
    for ssl in [&duo.client, &duo.server] {
        assert_eq!(ssl.early_data_reason(), EarlyDataReason::Accepted);
    }
    assert_data_flows(&mut duo);
}

/// The end of early data is replayed with it; the client's Finished is not. Both come in pieces here.
#[test]
fn a_server_is_in_early_data_until_it_knows_its_client() {
    let (context, session) = prepared(|context| context.set_early_data_enabled(true));
    let mut duo = offering(&context, &session, 40);
    let (mut written, mut received) = (0, Vec::new());
    for _ in 0..400 {
        match written {
            5 => _ = duo.client.read(&mut [0]),
            _ => written = duo.client.write(b"early"),
        }
        received.extend(duo.server_reads());
        let accepted = duo.server.get_early_data_status() == EarlyDataStatus::Accepted;
        // A client is done when its Finished has left.
        assert!(!accepted || duo.client.is_init_finished() || duo.server.in_early_data());
    }
    assert_eq!((received, duo.server.in_early_data()), (b"early".to_vec(), false));
}

#[test]
fn a_client_whose_early_data_is_refused_is_told_before_anything_else() {
    let (context, session) = prepared(|context| context.set_early_data_enabled(true));
    let mut duo = offering(&context, &session, 0);
    duo.server.set_max_early_data(LIMIT - 1);
    assert_eq!((duo.client.do_handshake(), duo.client.write(b"early")), (1, 5));
    duo.server.do_handshake();
    for _ in 0..2 {
        assert_eq!(duo.client.read(&mut [0; 9]), -1);
        assert_eq!(
            (duo.client.get_error(-1), duo.client.in_early_data()),
            (ErrorCode::EarlyDataRejected, true)
        );
        assert_eq!((duo.client.write(b"x"), duo.client.do_handshake()), (-1, -1));
    }
    duo.client.reset_early_data_reject();
    assert!(!duo.client.in_early_data());
    duo.handshake();
    assert_eq!(duo.client.early_data_reason(), EarlyDataReason::PeerDeclined);
    assert_eq!(duo.server.early_data_reason(), EarlyDataReason::UnsupportedForSession);
    assert!(duo.server_reads().is_empty());
    assert_data_flows(&mut duo);
}
