//! Tickets that a server of TLS 1.3 gives after the handshake.
#![allow(missing_docs, reason = "tests")]

use tidegate::buffers::MIN_OUTGOING;
use tidegate::config::{ClientConfig, Common, PskExchange, Resumption, ServerConfig, Versions};
use tidegate::modes::Completion;
use tidegate::wire::enums::KeyUpdateRequest;
use tidegate::{Event, NewTicketError, SessionKind, UpdateKeysError, Want, WriteError};
use tidegate_tests::pair::{Buffers, End, Pair, Turn, now};
use tidegate_tests::pki::Pki;

/// Two ends that go on with sessions, and whose server gives no ticket with the handshake.
fn pair_with(change: impl Fn(&mut Common, End), buffers: Buffers) -> Pair {
    let pki = Pki::new(&rcgen::PKCS_ECDSA_P256_SHA256);
    let (mut client, mut server) = (ClientConfig::new(), ServerConfig::new(pki.identities()));
    for (common, end) in [(&mut client.common, End::Client), (&mut server.common, End::Server)] {
        (common.resumption, common.tickets) = (Resumption::ByTicket, 0);
        change(common, end);
    }
    Pair::new(pki, client, server, buffers)
}

fn connected(change: impl Fn(&mut Common, End)) -> Pair {
    let mut pair = pair_with(change, Buffers::FULL);
    pair.handshake().unwrap();
    assert!(pair.tickets.is_empty());
    pair
}

fn assert_data_flows(pair: &mut Pair) {
    for end in End::BOTH {
        assert_eq!(pair.carry(end, b"as it should"), Ok(b"as it should".to_vec()));
    }
}

/// Whether the last ticket is good for a session.
#[track_caller]
fn assert_goes_on(mut before: Pair) {
    let session = before.tickets.pop().expect("a ticket");
    let mut server = ServerConfig::new(before.pki.identities());
    server.common = before.server.config().common.clone();
    let client = before.client.config().clone();
    let mut next = Pair::new(before.pki.clone(), client, server, Buffers::FULL);
    next.sessions = before.sessions;
    next.client.resume(&session, now().unwrap()).unwrap();
    next.handshake().unwrap();
    assert_eq!(next.client.negotiated().session, SessionKind::Resumed);
    assert_data_flows(&mut next);
}

#[test]
fn a_ticket_after_the_handshake_is_as_good_as_one_with_it() {
    for (way, completion) in [
        (Resumption::ByTicket, Completion::Sealed),
        (Resumption::ByTicket, Completion::Drained),
        (Resumption::ById, Completion::Sealed),
    ] {
        let mut pair = connected(|common, _| (common.resumption, common.completion) = (way, completion));
        for given in 1..4 {
            assert_eq!(pair.server.new_session_ticket(), Ok(()));
            assert!(pair.server.is_ticket_queued());
            assert_eq!(pair.settle(), [None; 2]);
            assert_eq!(pair.tickets.len(), given, "{way:?} {completion:?}");
            assert!(!pair.server.is_ticket_queued());
            assert_data_flows(&mut pair);
        }
        assert_goes_on(pair);
    }
}

/// More than can be asked for at once are refused, and not forgotten.
#[test]
fn a_ticket_that_can_not_be_given_is_refused() {
    let mut pair = connected(|_, _| ());
    for _ in 0..u8::MAX {
        assert_eq!(pair.server.new_session_ticket(), Ok(()));
    }
    assert_eq!(pair.server.new_session_ticket(), Err(NewTicketError::Off));
    assert_eq!(pair.settle(), [None; 2]);
    assert_eq!(pair.tickets.len(), usize::from(u8::MAX));
    assert_eq!(pair.server.new_session_ticket(), Ok(()));
}

/// Several that were asked for at once leave one behind the other.
#[test]
fn tickets_leave_with_the_next_write() {
    let mut pair = connected(|_, _| ());
    for _ in 0..3 {
        assert_eq!(pair.server.new_session_ticket(), Ok(()));
    }
    assert_eq!(pair.server.write_app_data(b"x"), Err(WriteError::Blocked(Want::Event)));
    assert_eq!(pair.server_turn(), Ok(Turn::Waits(Want::Incoming)));
    assert_eq!(pair.server.write_app_data(b"x"), Ok(1));
    assert_eq!(pair.settle(), [None; 2]);
    assert_eq!((pair.tickets.len(), pair.read(End::Client)), (3, b"x".to_vec()));
    assert_goes_on(pair);
}

#[test]
fn a_ticket_needs_a_handshake_space_and_the_connection_keeps_it_so_long() {
    let mut pair = connected(|_, _| ());
    let space = pair.server.detach_handshake().expect("it is over");
    assert_eq!(pair.server.new_session_ticket(), Ok(()));
    assert!(matches!(pair.server.next_event(), Ok(Event::Want(Want::HandshakeSpace))));
    assert_eq!(pair.server.write_app_data(b"x"), Err(WriteError::Blocked(Want::HandshakeSpace)));
    pair.server.attach_handshake(space).unwrap();
    assert!(pair.server.detach_handshake().is_none());
    assert!(matches!(pair.server.next_event(), Ok(Event::KeepSession(_))));
    assert_eq!(pair.settle(), [None; 2]);
    assert!(pair.server.detach_handshake().is_some());
    assert_goes_on(pair);
}

#[test]
fn data_flows_while_the_application_answers_later() {
    for completion in [Completion::Sealed, Completion::Drained] {
        let mut pair = connected(|common, _| common.completion = completion);
        assert_eq!(pair.server.new_session_ticket(), Ok(()));
        let Ok(Event::KeepSession(ask)) = pair.server.next_event() else { panic!("an ask") };
        ask.defer();
        assert_data_flows(&mut pair);
        pair.server.resume_ask();
        assert_eq!(pair.settle(), [None; 2]);
        assert_eq!(pair.tickets.len(), 1, "{completion:?}");
        assert_goes_on(pair);
    }
}

#[test]
fn without_a_ticket_from_the_application_there_is_none() {
    let mut pair = connected(|_, _| ());
    for _ in 0..2 {
        assert_eq!(pair.server.new_session_ticket(), Ok(()));
    }
    let Ok(Event::KeepSession(ask)) = pair.server.next_event() else { panic!("an ask") };
    ask.done();
    assert!(matches!(pair.server.next_event(), Ok(Event::Want(Want::Incoming))));
    assert_data_flows(&mut pair);
    assert!(pair.tickets.is_empty());
    assert!(pair.server.detach_handshake().is_some());
}

/// A record of a pending write stands before it, and all of a write's records before the tickets that were asked for
/// meanwhile.
#[test]
fn a_pending_write_ends_first() {
    let mut pair = connected(|common, _| common.completion = Completion::Drained);
    let data = [7; 20_000];
    assert_eq!(pair.server.write_app_data(&data), Err(WriteError::Blocked(Want::Outgoing)));
    assert_eq!(pair.server.new_session_ticket(), Ok(()));
    assert!(!pair.server.is_ticket_queued());
    let arrived = pair.carry(End::Server, &data).unwrap();
    assert_eq!(arrived, data);
    assert_eq!(pair.settle(), [None; 2]);
    assert!(pair.tickets.is_empty(), "it leaves before the next new write");
    assert_eq!(pair.server.write_app_data(b"x"), Err(WriteError::Blocked(Want::Event)));
    assert_eq!(pair.settle(), [None; 2]);
    assert_eq!(pair.tickets.len(), 1);
    assert_data_flows(&mut pair);
}

/// Nothing comes between its pieces: no data, no KeyUpdate, no close_notify.
#[test]
fn a_ticket_of_any_length_leaves_through_the_shortest_buffer() {
    let buffers = Buffers { outgoing: MIN_OUTGOING, ..Buffers::FULL };
    let mut pair = pair_with(|_, _| (), buffers);
    pair.handshake().unwrap();
    assert_eq!(pair.server.new_session_ticket(), Ok(()));
    while pair.server_turn() == Ok(Turn::Waits(Want::Incoming)) && pair.server.is_ticket_queued() {
        assert_eq!(pair.server.write_app_data(b"x"), Err(WriteError::Blocked(Want::Outgoing)));
        let updated = pair.server.update_keys(KeyUpdateRequest::UPDATE_NOT_REQUESTED);
        assert_eq!(updated, Err(UpdateKeysError::Blocked));
        pair.exchange();
    }
    assert_eq!(pair.settle(), [None; 2]);
    assert_eq!(pair.tickets.len(), 1);
    assert_data_flows(&mut pair);
    assert_eq!(pair.server.new_session_ticket(), Ok(()));
    assert_eq!(pair.server_turn(), Ok(Turn::Waits(Want::Incoming)));
    assert!(pair.server.is_ticket_queued(), "some of it waits");
    pair.server.close();
    assert_eq!(pair.settle(), [None; 2]);
    assert_eq!((pair.tickets.len(), pair.client.is_peer_closed()), (2, true), "the rest, then close_notify");
}

#[test]
fn a_ticket_that_has_not_begun_is_given_up_where_we_close() {
    let mut pair = connected(|_, _| ());
    assert_eq!(pair.server.new_session_ticket(), Ok(()));
    pair.server.close();
    assert_eq!(pair.settle(), [None; 2]);
    assert!(pair.client.is_peer_closed() && pair.tickets.is_empty());
}

#[test]
fn a_ticket_that_can_not_be_given_is_refused_and_changes_nothing() {
    let mut fresh = pair_with(|_, _| (), Buffers::FULL);
    assert_eq!(fresh.server.new_session_ticket(), Err(NewTicketError::Handshaking));
    let mut pair = connected(|_, _| ());
    assert_eq!(pair.client.new_session_ticket(), Err(NewTicketError::Off), "a client");
    pair.server.close();
    assert_eq!(pair.server.new_session_ticket(), Err(NewTicketError::Closed));
    let mut off = connected(|common, _| common.resumption = Resumption::Off);
    assert_eq!(off.server.new_session_ticket(), Err(NewTicketError::Off));
    let other = |end| if end == End::Client { PskExchange::None } else { PskExchange::Ephemeral };
    let mut useless = connected(|common, end| common.psk_exchange = other(end));
    assert_eq!(useless.server.new_session_ticket(), Err(NewTicketError::Off), "the client has other modes");
    let mut older = connected(|common, _| common.versions = Versions::Tls12);
    assert_eq!(older.server.new_session_ticket(), Err(NewTicketError::Version));
    for mut pair in [pair, off, useless, older] {
        assert!(!pair.server.is_ticket_queued());
        assert_eq!(pair.settle(), [None; 2]);
    }
}

/// A KeyUpdate that has not left stands before it.
#[test]
fn a_key_update_that_waits_leaves_first() {
    let mut pair = connected(|common, _| common.completion = Completion::Drained);
    pair.server.update_keys(KeyUpdateRequest::UPDATE_NOT_REQUESTED).unwrap();
    assert_eq!(pair.server.new_session_ticket(), Err(NewTicketError::Blocked));
    assert_eq!(pair.settle(), [None; 2]);
    assert_eq!(pair.server.new_session_ticket(), Ok(()));
    let updated = pair.server.update_keys(KeyUpdateRequest::UPDATE_NOT_REQUESTED);
    assert_eq!(updated, Err(UpdateKeysError::Blocked));
    assert_eq!(pair.settle(), [None; 2]);
    assert_eq!(pair.tickets.len(), 1);
    assert_data_flows(&mut pair);
}
