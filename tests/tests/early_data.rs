//! Early data of TLS 1.3 between the two ends.
#![allow(missing_docs, reason = "tests")]

use std::cell::RefCell;

use tidegate::config::{
    ClientConfig, Common, ExternalKeys, Preferences, Protocols, Resumption, ServerConfig,
};
use tidegate::error::{Error, LimitExceeded};
use tidegate::wire::enums::{CipherSuite, NamedGroup};
use tidegate::{
    EarlyData, EarlyDataError, EarlyDataRefusal, Event, ExportError, SessionKind, Want, WriteError,
};
use tidegate_tests::pair::{Buffers, End, Pair, Turn, now};
use tidegate_tests::pki::Pki;

const LIMIT: u32 = 20_000;

/// Two ends whose sessions take early data.
fn ends(buffers: Buffers, change: impl Fn(&mut Common, End)) -> Pair {
    let pki = Pki::new(&rcgen::PKCS_ECDSA_P256_SHA256);
    let (mut client, mut server) = (ClientConfig::new(), ServerConfig::new(pki.identities()));
    for (common, end) in [(&mut client.common, End::Client), (&mut server.common, End::Server)] {
        common.resumption = Resumption::ByTicket;
        common.max_early_data = LIMIT;
        change(common, end);
    }
    let mut pair = Pair::new(pki, client, server, buffers);
    pair.sessions.used = Some(RefCell::default());
    pair
}

/// The same two ends, changed, in another connection with the session of the first.
fn next(mut before: Pair, change: impl Fn(&mut Common, End)) -> Pair {
    before.handshake().unwrap();
    let session = before.tickets.pop().unwrap();
    let mut pair = another(before, change);
    pair.client.resume(&session, now().unwrap()).unwrap();
    pair
}

fn another(before: Pair, change: impl Fn(&mut Common, End)) -> Pair {
    let mut client = before.client.config().clone();
    let mut server = ServerConfig::new(before.pki.identities());
    server.common = before.server.config().common.clone();
    change(&mut client.common, End::Client);
    change(&mut server.common, End::Server);
    let mut pair = Pair::new(before.pki.clone(), client, server, Buffers::FULL);
    pair.sessions = before.sessions;
    pair
}

fn what_became(pair: &Pair) -> [EarlyData; 2] {
    [pair.client.negotiated().early_data, pair.server.negotiated().early_data]
}

fn assert_data_flows(pair: &mut Pair) {
    for end in End::BOTH {
        assert_eq!(pair.carry(end, b"as it should"), Ok(b"as it should".to_vec()));
    }
}

/// Writes early data that the server does not take, for this reason; both go on without it.
#[track_caller]
fn refused(mut pair: Pair, kind: SessionKind, why: EarlyDataRefusal) -> Pair {
    let told = [EarlyDataRefusal::HelloRetry, EarlyDataRefusal::NotResumed];
    let known = if told.contains(&why) { why } else { EarlyDataRefusal::Declined };
    assert_eq!(pair.client.write_early_data(b"early"), Ok(5));
    pair.handshake().unwrap();
    assert_eq!(what_became(&pair), [known, why].map(EarlyData::Refused));
    assert_eq!([pair.client.negotiated().session, pair.server.negotiated().session], [kind; 2]);
    assert!(pair.sessions.early_data.borrow().is_empty());
    assert_eq!(pair.client.write_early_data(b"late"), Err(EarlyDataError::Over));
    assert_data_flows(&mut pair);
    pair
}

#[test]
fn early_data_comes_before_the_handshake_is_done() {
    for chunk in [1, 50, usize::MAX] {
        let mut pair = next(ends(Buffers::FULL, |_, _| ()), |_, _| ());
        pair.chunk = chunk;
        assert_eq!(pair.client.write_early_data(b"early"), Ok(5));
        assert_eq!(pair.client.write_early_data(b" data"), Ok(5));
        while pair.sessions.early_data.borrow().len() < 10 {
            assert_ne!(pair.exchange(), 0);
            pair.server_turn().unwrap();
        }
        assert!(pair.server.is_handshaking());
        assert_eq!(*pair.sessions.early_data.borrow(), b"early data");
        let mut keys = [[0; 32]; 2];
        pair.client.export_early_keying_material(b"label", b"context", &mut keys[0]).unwrap();
        pair.server.export_early_keying_material(b"label", b"context", &mut keys[1]).unwrap();
        assert!(keys[0] == keys[1] && keys[0] != [0; 32]);
        assert!(matches!(pair.server.write_app_data(b"too soon"), Err(WriteError::Blocked(_))));
        pair.handshake().unwrap();
        assert_eq!(what_became(&pair), [EarlyData::Accepted; 2]);
        assert_eq!(pair.client.write_early_data(b"late"), Err(EarlyDataError::Over));
        pair.chunk = usize::MAX;
        assert_data_flows(&mut pair);
    }
}

/// The handshake may go on a long way before the client has said all: until the server's Finished came.
#[test]
fn early_data_goes_on_until_the_server_has_finished() {
    let mut pair = next(ends(Buffers::FULL, |_, _| ()), |_, _| ());
    assert_eq!(pair.client.write_early_data(b"a"), Ok(1));
    pair.exchange();
    pair.server_turn().unwrap();
    assert_eq!(pair.client.write_early_data(b"b"), Ok(1));
    pair.handshake().unwrap();
    assert_eq!(*pair.sessions.early_data.borrow(), b"ab");
    assert_data_flows(&mut pair);
}

#[test]
fn early_data_is_limited_by_the_ticket() {
    let mut pair = next(ends(Buffers::FULL, |_, _| ()), |_, _| ());
    let data = vec![7; 30_000];
    let mut written = 0;
    loop {
        match pair.client.write_early_data(&data[written..]) {
            Ok(count) => written += count,
            Err(EarlyDataError::Blocked(Want::Outgoing)) => {
                pair.exchange();
                pair.server_turn().unwrap();
            }
            Err(error) => break assert_eq!(error, EarlyDataError::Over),
        }
    }
    assert_eq!(written, 20_000);
    pair.handshake().unwrap();
    assert_eq!(*pair.sessions.early_data.borrow(), data[..20_000]);
}

/// A session whose server says that it takes so much.
fn session_for(bytes: u32) -> (Pair, Vec<u8>) {
    let mut pair = ends(Buffers::FULL, |_, _| ());
    pair.handshake().unwrap();
    let mut session = pair.tickets.pop().unwrap();
    let length = session.len();
    session[length - 4..].copy_from_slice(&bytes.to_be_bytes());
    (pair, session)
}

#[test]
fn a_client_that_sends_more_than_the_ticket_says_is_refused() {
    for (bytes, expected) in [(0, Ok(())), (1, Err(LimitExceeded::EarlyData.into()))] {
        let (first, session) = session_for(LIMIT + 1);
        let mut pair = another(first, |_, _| ());
        pair.client.resume(&session, now().unwrap()).unwrap();
        let mut left = usize::try_from(LIMIT + bytes).unwrap();
        while left > 0 {
            left -= pair.client.write_early_data(&[1; 10_000][..left.min(10_000)]).unwrap();
            pair.exchange();
        }
        assert_eq!(pair.handshake(), expected, "{bytes} bytes more");
    }
}

/// It would fail a client that keeps to its ticket.
#[test]
fn a_server_that_takes_less_than_it_said_takes_nothing() {
    let less = |common: &mut Common, end| {
        if end == End::Server {
            common.max_early_data = LIMIT - 1;
        }
    };
    refused(next(ends(Buffers::FULL, |_, _| ()), less), SessionKind::Resumed, EarlyDataRefusal::Ticket);
    let mut pair = next(ends(Buffers::FULL, |_, _| ()), |common, end| {
        if end == End::Server {
            common.max_early_data = 10;
        }
    });
    for _ in 0..20 {
        while pair.client.write_early_data(&[7; 1000]) == Err(EarlyDataError::Blocked(Want::Outgoing)) {
            pair.exchange();
        }
    }
    pair.handshake().unwrap();
    assert_eq!(pair.server.negotiated().early_data, EarlyData::Refused(EarlyDataRefusal::Ticket));
    assert_data_flows(&mut pair);
}

/// As much as the ticket allows, more than is passed over of a stranger's.
#[test]
fn all_that_a_ticket_allows_is_passed_over() {
    let mut first = ends(Buffers::FULL, |_, _| ());
    first.handshake().unwrap();
    let session = first.tickets.pop().unwrap();
    let retried = |common: &mut Common, end| {
        if end == End::Server {
            common.groups = Preferences::from_slice(&[NamedGroup::SECP384R1]).unwrap();
        }
    };
    let mut pair = another(first, retried);
    pair.client.resume(&session, now().unwrap()).unwrap();
    for _ in 0..20 {
        while pair.client.write_early_data(&[7; 1000]) == Err(EarlyDataError::Blocked(Want::Outgoing)) {
            pair.exchange();
        }
    }
    pair.handshake().unwrap();
    assert_eq!(what_became(&pair), [EarlyData::Refused(EarlyDataRefusal::HelloRetry); 2]);
    assert_data_flows(&mut pair);
}

#[test]
fn a_ticket_takes_early_data_once() {
    let mut first = ends(Buffers::FULL, |_, _| ());
    first.handshake().unwrap();
    let session = first.tickets.pop().unwrap();
    let mut pair = another(first, |_, _| ());
    pair.client.resume(&session, now().unwrap()).unwrap();
    pair.client.write_early_data(b"once").unwrap();
    pair.handshake().unwrap();
    assert_eq!(what_became(&pair), [EarlyData::Accepted; 2]);
    let mut again = another(pair, |_, _| ());
    again.sessions.early_data.borrow_mut().clear();
    again.client.resume(&session, now().unwrap()).unwrap();
    refused(again, SessionKind::Resumed, EarlyDataRefusal::Application);
}

#[test]
fn what_does_not_fit_the_session_is_refused() {
    let fresh = || ends(Buffers::FULL, |_, _| ());
    let mut stranger = next(fresh(), |_, _| ());
    let used = stranger.sessions.used.take();
    stranger.sessions = tidegate_tests::sessions::Kept::new();
    stranger.sessions.used = used;
    refused(stranger, SessionKind::New, EarlyDataRefusal::NotResumed);

    let mut nobody = next(fresh(), |_, _| ());
    nobody.sessions.used = None;
    refused(nobody, SessionKind::Resumed, EarlyDataRefusal::Application);

    let off = |common: &mut Common, end| {
        if end == End::Server {
            common.max_early_data = 0;
        }
    };
    refused(next(fresh(), off), SessionKind::Resumed, EarlyDataRefusal::Off);
}

/// RFC 8446, section 8.3.
#[test]
fn a_ticket_whose_age_is_wrong_is_refused_early_data() {
    let window = u64::from(tidegate::limits::TICKET_AGE);
    let mut late = next(ends(Buffers::FULL, |_, _| ()), |_, _| ());
    late.sessions.ahead = window + 2;
    let late = refused(late, SessionKind::Resumed, EarlyDataRefusal::TicketAge);
    assert!(late.server.negotiated().ticket_age_skew < -60, "{}", late.server.negotiated().ticket_age_skew);
    let mut in_time = next(ends(Buffers::FULL, |_, _| ()), |_, _| ());
    in_time.sessions.ahead = window - 1;
    in_time.client.write_early_data(b"early").unwrap();
    in_time.handshake().unwrap();
    assert_eq!(what_became(&in_time), [EarlyData::Accepted; 2]);
}

#[test]
fn another_suite_or_protocol_refuses_early_data() {
    let suites = [CipherSuite::TLS_AES_128_GCM_SHA256, CipherSuite::TLS_CHACHA20_POLY1305_SHA256];
    let pair = next(
        ends(Buffers::FULL, |common, _| common.cipher_suites = Preferences::from_slice(&suites).unwrap()),
        |common, end| {
            if end == End::Server {
                common.cipher_suites = Preferences::from_slice(&suites[1..]).unwrap();
            }
        },
    );
    refused(pair, SessionKind::Resumed, EarlyDataRefusal::Parameters);
    let names = |names: &[&'static [u8]]| Protocols::new(names.iter().copied()).unwrap();
    let pair =
        next(ends(Buffers::FULL, |common, _| common.protocols = names(&[b"a", b"b"])), |common, end| {
            if end == End::Server {
                common.protocols = names(&[b"b"]);
            }
        });
    refused(pair, SessionKind::Resumed, EarlyDataRefusal::Parameters);
}

#[test]
fn a_hello_retry_request_refuses_early_data() {
    let pair = next(ends(Buffers::FULL, |_, _| ()), |common, end| {
        let groups = [NamedGroup::X25519, NamedGroup::SECP256R1];
        common.groups =
            Preferences::from_slice(if end == End::Client { &groups } else { &groups[1..] }).unwrap();
    });
    refused(pair, SessionKind::Resumed, EarlyDataRefusal::HelloRetry);
}

/// Records of early data are as long as a client likes.
#[test]
fn a_server_with_short_buffers_takes_none() {
    let mut pair = ends(Buffers::SMALLEST, |_, _| ());
    pair.handshake().unwrap();
    let session = pair.tickets.pop().unwrap();
    let (client, mut server) = (pair.client.config().clone(), ServerConfig::new(pair.pki.identities()));
    server.common = pair.server.config().common.clone();
    let mut next = Pair::with_buffers(pair.pki, client, server, [Buffers::FULL, Buffers::SMALLEST]);
    next.sessions = pair.sessions;
    next.client.resume(&session, now().unwrap()).unwrap();
    refused(next, SessionKind::Resumed, EarlyDataRefusal::Buffers);
}

/// 0.5-RTT: what answers early data goes to the client before its Finished came, and the ordinary call for it does not exist.
#[test]
fn a_server_answers_early_data_before_the_handshake_is_done() {
    let mut pair = next(ends(Buffers::FULL, |_, _| ()), |_, _| ());
    let offer = pair.client.early_data_offer().unwrap();
    assert_eq!((offer.max, offer.protocol), (LIMIT, None));
    assert_eq!(pair.server.write_half_rtt_data(b"soon"), Err(EarlyDataError::Blocked(Want::Incoming)));
    assert_eq!(pair.client.write_early_data(b"early"), Ok(5));
    assert!(pair.client.is_in_early_data() && !pair.server.is_in_early_data());
    pair.exchange();
    pair.server_turn().unwrap();
    assert!(pair.server.is_in_early_data() && pair.server.is_handshaking());
    assert!(matches!(pair.server.write_app_data(b"too soon"), Err(WriteError::Blocked(_))));
    assert_eq!(pair.server.write_half_rtt_data(b"answer"), Ok(6));
    let mut keys = [[0; 32]; 2];
    pair.server.export_keying_material(b"label", None, &mut keys[1]).unwrap();
    let early = pair.client.export_keying_material(b"label", None, &mut keys[0]);
    assert_eq!(early, Err(ExportError::NotConnected));
    assert_eq!(pair.settle(), [None, None]);
    assert_eq!(pair.server.write_half_rtt_data(b"late"), Err(EarlyDataError::Over));
    pair.client.export_keying_material(b"label", None, &mut keys[0]).unwrap();
    assert!(keys[0] == keys[1]);
    let mut answer = [0; 6];
    assert_eq!(pair.client.read_app_data(&mut answer), Ok(6));
    assert_eq!(&answer, b"answer");
    assert_data_flows(&mut pair);
}

/// It may be one who replays that an answer goes to: nobody is answered so whose early data was not taken.
#[test]
fn without_early_data_no_server_answers_before_the_handshake_is_done() {
    let off = |common: &mut Common, end| {
        if end == End::Server {
            common.max_early_data = 0;
        }
    };
    let mut pair = next(ends(Buffers::FULL, |_, _| ()), off);
    assert_eq!(pair.client.write_early_data(b"early"), Ok(5));
    pair.exchange();
    pair.server_turn().unwrap();
    assert!(matches!(pair.server.write_half_rtt_data(b"answer"), Err(EarlyDataError::Blocked(_))));
    pair.handshake().unwrap();
    assert_eq!(pair.server.write_half_rtt_data(b"answer"), Err(EarlyDataError::NotOffered));
    assert_eq!(pair.client.early_data_offer(), None);
    assert_data_flows(&mut pair);
}

#[test]
fn without_a_session_that_takes_it_there_is_none() {
    let mut fresh = ends(Buffers::FULL, |_, _| ());
    assert_eq!(fresh.client.write_early_data(b"early"), Err(EarlyDataError::NotOffered));
    fresh.handshake().unwrap();
    assert_eq!(fresh.client.write_early_data(b"late"), Err(EarlyDataError::NotOffered));
    assert_eq!(what_became(&fresh), [EarlyData::None; 2]);
    let mut off = next(ends(Buffers::FULL, |common, _| common.max_early_data = 0), |_, _| ());
    assert_eq!(off.client.write_early_data(b"early"), Err(EarlyDataError::NotOffered));
    off.handshake().unwrap();
    assert_eq!(off.client.negotiated().session, SessionKind::Resumed);
    let mut behind = another(next(ends(Buffers::FULL, |_, _| ()), |_, _| ()), |common, _| {
        common.external_keys = ExternalKeys::Allowed;
    });
    let key = tidegate::ExternalPsk {
        identity: b"key",
        key: &[1; 32],
        hash: tidegate::crypto::HashAlgorithm::Sha256,
    };
    behind.client.offer_psk(key).unwrap();
    assert_eq!(behind.client.write_early_data(b"early"), Err(EarlyDataError::NotOffered));
}

/// A hello that leaves in pieces has told its length, and the one after a HelloRetryRequest may not offer any (RFC 8446, section
/// 4.2.10).
#[test]
fn a_hello_that_has_begun_without_early_data_goes_on_without() {
    for client_groups in [&[NamedGroup::SECP256R1][..], &[NamedGroup::X25519, NamedGroup::SECP256R1]] {
        let mut pair = ends(Buffers::SMALLEST, |common, end| {
            let groups = if end == End::Client { client_groups } else { &[NamedGroup::SECP256R1] };
            common.groups = Preferences::from_slice(groups).unwrap();
        });
        pair.handshake().unwrap();
        let session = pair.tickets.pop().unwrap();
        let mut pair = another(pair, |_, _| ());
        pair.client = Pair::try_client(pair.client.config().clone(), Buffers::SMALLEST).unwrap();
        pair.client.resume(&session, now().unwrap()).unwrap();
        assert!(matches!(pair.client_turn(), Ok(Turn::Waits(Want::Outgoing))));
        while pair.client.is_handshaking() {
            assert_eq!(pair.client.early_data_offer(), None);
            assert_eq!(pair.client.write_early_data(b"early"), Err(EarlyDataError::NotOffered));
            pair.exchange();
            pair.server_turn().unwrap();
            pair.client_turn().unwrap();
        }
        pair.handshake().unwrap();
        assert_eq!(pair.client.negotiated().session, SessionKind::Resumed);
        assert_eq!(what_became(&pair), [EarlyData::None; 2]);
        assert_data_flows(&mut pair);
    }
}

/// Nothing of it is sent again, and nothing of it goes through the ordinary calls.
#[test]
fn an_ordinary_write_and_an_ordinary_read_know_nothing_of_it() {
    let mut pair = next(ends(Buffers::FULL, |_, _| ()), |_, _| ());
    assert!(matches!(pair.client.write_app_data(b"data"), Err(WriteError::Blocked(_))));
    assert_eq!(pair.client.write_early_data(b"early"), Err(EarlyDataError::NotOffered), "it has begun");
    let mut pair = next(ends(Buffers::FULL, |_, _| ()), |_, _| ());
    pair.client.write_early_data(b"early").unwrap();
    pair.exchange();
    let error = |pair: &mut Pair| pair.server.read_app_data(&mut [0; 9]).unwrap_err();
    // The ask for the key stands first, then the early data: the events tell of both.
    assert_eq!(error(&mut pair), tidegate::ReadError::Blocked(Want::Event));
    loop {
        let event = pair.server.next_event().unwrap();
        if matches!(event, Event::EarlyData(_)) {
            break;
        }
        tidegate::driver::answer_sessions(event, &pair.sessions);
    }
    assert_eq!(error(&mut pair), tidegate::ReadError::Blocked(Want::Event));
    pair.handshake().unwrap();
    assert_data_flows(&mut pair);
}

#[test]
fn errors_are_told_apart() {
    let error = Error::from(LimitExceeded::EarlyData);
    assert_eq!(EarlyDataError::Failed(error).to_string(), error.to_string());
    assert!(EarlyDataError::NotOffered.to_string().contains("session"));
}
