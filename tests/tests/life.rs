//! A connection after its handshake: new keys, closing, parking; and asks that wait.
#![allow(missing_docs, reason = "tests")]

use tidegate::config::{ClientConfig, ServerConfig};
use tidegate::error::{Error, PeerMisbehaved, Refused};
use tidegate::modes::Modes;
use tidegate::wire::enums::{AlertDescription, KeyUpdateRequest};
use tidegate::{AttachError, BufferPool, Event, Pool, ReadError, Side, UpdateKeysError, Want, WriteError};
use tidegate_tests::at;
use tidegate_tests::pair::{Buffers, End, Pair, Turn};
use tidegate_tests::pki::Pki;

fn fresh() -> Pair {
    let pki = Pki::new(&rcgen::PKCS_ECDSA_P256_SHA256);
    let server = ServerConfig::new(pki.identities());
    Pair::new(pki, ClientConfig::new(), server, Buffers::FULL)
}

/// Everything that is under way arrives.
fn flush(pair: &mut Pair) {
    while pair.exchange() > 0 {}
}

#[test]
fn keys_are_updated_between_data_in_both_directions() {
    let mut pair = Pair::connected();
    for round in 0..200 {
        for end in End::BOTH {
            let request = match round % 3 {
                0 => KeyUpdateRequest::UPDATE_REQUESTED,
                _ => KeyUpdateRequest::UPDATE_NOT_REQUESTED,
            };
            at!(pair, end, connection => connection.update_keys(request)).unwrap();
            let data = vec![7; 1 + round * 100];
            assert_eq!(pair.carry(end, &data).unwrap(), data);
            assert_eq!(pair.carry(end.peer(), &data).unwrap(), data);
        }
    }
}

#[test]
fn key_updates_that_are_asked_for_are_answered_at_most_once_each() {
    let mut pair = Pair::connected();
    let seen = std::rc::Rc::new(std::cell::Cell::new(0));
    let count = std::rc::Rc::clone(&seen);
    pair.middle = Some(Box::new(move |from, _| count.set(count.get() + usize::from(from == End::Server))));
    for _ in 0..10 {
        pair.client.update_keys(KeyUpdateRequest::UPDATE_REQUESTED).unwrap();
    }
    flush(&mut pair);
    assert_eq!(pair.read(End::Server), b"");
    assert_eq!(pair.server.write_app_data(b"data"), Ok(4));
    flush(&mut pair);
    assert_eq!(pair.read(End::Client), b"data");
    assert!((2..=11).contains(&seen.get()), "at most an answer each, and the data: {}", seen.get());
}

#[test]
fn keys_are_not_updated_too_early_or_too_late() {
    let mut pair = fresh();
    let update = |pair: &mut Pair| pair.client.update_keys(KeyUpdateRequest::UPDATE_NOT_REQUESTED);
    assert_eq!(update(&mut pair), Err(UpdateKeysError::Handshaking));
    pair.handshake().unwrap();
    assert_eq!(update(&mut pair), Ok(()));
    pair.client.close();
    assert_eq!(update(&mut pair), Err(UpdateKeysError::Closed));
}

#[test]
fn key_updates_and_data_flow_both_ways_at_once() {
    let mut pair = Pair::connected();
    pair.chunk = 777;
    let file: Vec<u8> = (0..100_000_u32).map(|at| (at.wrapping_mul(at) >> 5) as u8).collect();
    let (mut written, mut arrived) = ([0; 2], [Vec::new(), Vec::new()]);
    for turn in 0.. {
        for end in End::BOTH {
            let place = end as usize;
            let next = (written[place] + 3000).min(file.len());
            if written[place] < next {
                written[place] += pair.write(end, &file[written[place]..next]).unwrap();
            }
            if turn % 20 == place {
                let request = KeyUpdateRequest::UPDATE_REQUESTED;
                let updated = at!(pair, end, connection => connection.update_keys(request));
                assert!([Ok(()), Err(UpdateKeysError::Blocked)].contains(&updated));
            }
            arrived[place].extend(pair.read(end));
        }
        pair.exchange();
        if arrived.iter().all(|arrived| arrived.len() == file.len()) {
            break;
        }
        assert!(turn < 10_000, "{written:?}");
    }
    assert!(arrived[0] == file && arrived[1] == file);
}

#[test]
fn either_end_may_close_its_direction_and_go_on_reading() {
    for end in End::BOTH {
        let mut pair = Pair::connected();
        assert_eq!(at!(pair, end, connection => connection.write_app_data(b"last words")), Ok(10));
        at!(pair, end, connection => connection.close());
        let late = at!(pair, end, connection => connection.write_app_data(b"x"));
        assert_eq!(late, Err(WriteError::Closed));
        flush(&mut pair);
        let mut data = [0; 20];
        assert_eq!(at!(pair, end.peer(), peer => peer.read_app_data(&mut data)), Ok(10));
        let closed = at!(pair, end.peer(), peer => peer.read_app_data(&mut data));
        assert_eq!(closed, Err(ReadError::Closed));
        at!(pair, end.peer(), peer => {
            assert!(matches!(peer.next_event(), Ok(Event::PeerClosed)));
            assert!(matches!(peer.next_event(), Ok(Event::Want(Want::Nothing))));
            peer.incoming_ended();
            assert!(matches!(peer.next_event(), Ok(Event::Want(Want::Nothing))));
        });
        // The other direction is open until it is closed too.
        assert_eq!(pair.carry(end.peer(), &[9; 40_000]).unwrap(), [9; 40_000]);
        at!(pair, end.peer(), peer => peer.close());
        flush(&mut pair);
        let closed = at!(pair, end, connection => connection.read_app_data(&mut data));
        assert_eq!(closed, Err(ReadError::Closed));
        at!(pair, end, connection => connection.close());
        assert_eq!(pair.exchange(), 0, "one close_notify each");
    }
}

#[test]
fn an_end_that_is_cut_off_knows_it() {
    for end in End::BOTH {
        let mut pair = Pair::connected();
        assert_eq!(at!(pair, end.peer(), peer => peer.write_app_data(b"all")), Ok(3));
        pair.chunk = 10;
        pair.exchange();
        at!(pair, end, connection => connection.incoming_ended());
        let error = Error::PeerMisbehaved(PeerMisbehaved::Truncated);
        let read = at!(pair, end, connection => connection.read_app_data(&mut [0; 8]));
        assert_eq!(read, Err(ReadError::Failed(error)));
        assert_eq!(at!(pair, end, connection => connection.error()), Some(error));
    }
}

#[test]
fn closing_in_the_handshake_ends_it_for_both() {
    for (closer, exchanges) in [(End::Client, 1), (End::Server, 1), (End::Client, 2)] {
        let mut pair = fresh();
        for _ in 0..exchanges {
            pair.client_turn().unwrap();
            pair.exchange();
        }
        if exchanges == 2 {
            pair.server_turn().unwrap();
        }
        at!(pair, closer, connection => connection.close());
        let mut expected = [Some(Error::AlertReceived(AlertDescription::CLOSE_NOTIFY)); 2];
        expected[closer as usize] = Some(Refused::Closed.into());
        assert_eq!(pair.settle(), expected, "{closer:?} after {exchanges}");
    }
}

/// Takes everything from an idle end that it can spare.
fn park(pair: &mut Pair, end: End) -> (Box<[u8]>, Box<[u8]>) {
    at!(pair, end, connection => {
        assert!(connection.detach_handshake().is_some() && connection.detach_handshake().is_none());
        (connection.detach_incoming().unwrap(), connection.detach_outgoing().unwrap())
    })
}

#[test]
fn what_a_parked_connection_gave_back_is_wiped() {
    for end in End::BOTH {
        let mut pair = Pair::connected();
        for from in End::BOTH {
            pair.carry(from, &[0xa5; 50_000]).unwrap();
        }
        at!(pair, end, connection => {
            connection.app_data_space().unwrap().fill(0xa5);
            assert!(connection.detach_outgoing().is_none(), "room of it is lent");
            assert_eq!(connection.app_data_filled(0), Ok(0));
        });
        let (incoming, outgoing) = park(&mut pair, end);
        assert!(incoming.iter().all(|byte| *byte == 0), "incoming");
        assert!(outgoing.iter().all(|byte| *byte == 0), "outgoing");
    }
}

#[test]
fn a_parked_connection_says_what_it_lacks_and_goes_on_with_it() {
    for end in End::BOTH {
        let mut pair = Pair::connected();
        let (incoming, outgoing) = park(&mut pair, end);
        let write = at!(pair, end, connection => connection.write_app_data(b"data"));
        assert_eq!(write, Err(WriteError::Blocked(Want::OutgoingBuffer)));
        let read = at!(pair, end, connection => connection.read_app_data(&mut [0; 4]));
        assert_eq!(read, Err(ReadError::Blocked(Want::IncomingBuffer)));
        assert_eq!(pair.turn(end), Ok(Turn::Waits(Want::IncomingBuffer)));
        at!(pair, end, connection => {
            assert_eq!(connection.feed_incoming(b"x"), 0);
            let short = connection.attach_incoming(vec![0; 100].into()).unwrap_err();
            let AttachError::TooShort { needed, .. } = short else { panic!("{short:?}") };
            assert_eq!(needed, incoming.len());
            connection.attach_incoming(incoming).unwrap();
            connection.attach_outgoing(outgoing).unwrap();
            assert!(matches!(connection.attach_outgoing(Box::default()), Err(AttachError::Occupied(_))));
        });
        assert_eq!(at!(pair, end, connection => connection.write_app_data(b"data")), Ok(4));
        flush(&mut pair);
        assert_eq!(pair.read(end.peer()), b"data");
        assert_eq!(pair.carry(end.peer(), b"back").unwrap(), b"back");
    }
}

#[test]
fn small_buffers_can_be_attached_again_whatever_the_peer_said_of_sizes() {
    for end in End::BOTH {
        for buffers in [Buffers::SMALLEST, Buffers { incoming: 6144, outgoing: 1024 }, Buffers::FULL] {
            let pki = Pki::new(&rcgen::PKCS_ECDSA_P256_SHA256);
            let server = ServerConfig::new(pki.identities());
            let mut each = [Buffers::FULL; 2];
            each[end as usize] = buffers;
            let mut pair = Pair::with_buffers(pki, ClientConfig::new(), server, each);
            pair.handshake().unwrap();
            let (incoming, _) = park(&mut pair, end);
            assert!(at!(pair, end, connection => connection.attach_incoming(incoming)).is_ok());
        }
    }
}

#[test]
fn a_connection_without_buffers_still_answers() {
    for end in End::BOTH {
        // It closes.
        let mut pair = Pair::connected();
        drop(park(&mut pair, end));
        at!(pair, end, connection => connection.close());
        flush(&mut pair);
        let read = at!(pair, end.peer(), peer => peer.read_app_data(&mut [0; 4]));
        assert_eq!(read, Err(ReadError::Closed));
        // It fails: the transport has ended without a close_notify.
        let mut pair = Pair::connected();
        drop(park(&mut pair, end));
        at!(pair, end, connection => connection.incoming_ended());
        let truncated = Error::PeerMisbehaved(PeerMisbehaved::Truncated);
        assert_eq!(pair.turn(end), Err(truncated));
        flush(&mut pair);
        assert_eq!(pair.turn(end.peer()), Err(Error::AlertReceived(truncated.alert().unwrap())));
        // It answers a KeyUpdate with an incoming buffer alone.
        let mut pair = Pair::connected();
        let (incoming, _) = park(&mut pair, end);
        at!(pair, end, connection => connection.attach_incoming(incoming)).unwrap();
        let request = KeyUpdateRequest::UPDATE_REQUESTED;
        at!(pair, end.peer(), peer => peer.update_keys(request)).unwrap();
        flush(&mut pair);
        assert_eq!(pair.read(end), b"");
        assert_eq!(pair.turn(end), Ok(Turn::Waits(Want::Incoming)));
        assert!(pair.exchange() > 0, "the answer of the {end:?}");
    }
}

#[test]
fn a_pool_tells_buffers_of_two_lengths_apart() {
    let mut pool = BufferPool::<&'static str, 2>::new();
    for (side, buffer) in [(Side::Incoming, "long"), (Side::Outgoing, "short"), (Side::Incoming, "long too")]
    {
        assert_eq!(pool.put(side, buffer), None);
    }
    assert_eq!(pool.put(Side::Incoming, "no room"), Some("no room"));
    assert_eq!((pool.take(Side::Outgoing), pool.take(Side::Outgoing)), (Some("short"), None));
    assert_eq!((pool.take(Side::Incoming), pool.has_room(Side::Incoming)), (Some("long too"), true));
    assert_eq!((pool.len(), pool.is_empty()), (1, false));
}

#[test]
fn buffers_go_to_the_pool_and_come_back() {
    let mut pool = BufferPool::<Box<[u8]>, 1>::new();
    let mut pair = Pair::connected();
    pair.client.release_into(&mut pool);
    assert!(pool.is_empty(), "only with the mode");
    pair.client.set_mode(Modes::RELEASE_BUFFERS);
    pair.server.set_mode(Modes::RELEASE_BUFFERS);
    assert_eq!(pair.client.write_app_data(b"pending"), Ok(7));
    pair.client.release_into(&mut pool);
    assert_eq!(pool.len(), 1, "the outgoing buffer holds a record");
    flush(&mut pair);
    pair.client.release_into(&mut pool);
    assert_eq!(pool.len(), 2);
    assert_eq!(pair.read(End::Server), b"pending");
    pair.server.release_into(&mut pool);
    assert_eq!(pool.len(), 2, "the server keeps those that find no room");
    assert!(pair.server.acquire_from(&mut pool) && pool.len() == 2, "and needs none");
    assert!(pair.client.acquire_from(&mut pool) && pool.is_empty());
    for from in End::BOTH {
        assert_eq!(pair.carry(from, &[3; 20_000]).unwrap(), [3; 20_000]);
    }
}

#[test]
fn an_ask_is_offered_until_it_is_answered() {
    let mut pair = fresh();
    pair.client_turn().unwrap();
    pair.exchange();
    for _ in 0..3 {
        assert!(matches!(pair.server.next_event(), Ok(Event::ChooseIdentity(_))));
        assert_eq!(pair.server.read_app_data(&mut [0]), Err(ReadError::Blocked(Want::Event)));
        assert_eq!(pair.server.write_app_data(b"x"), Err(WriteError::Blocked(Want::Event)));
    }
    let Ok(Event::ChooseIdentity(ask)) = pair.server.next_event() else { panic!("an ask") };
    ask.defer();
    for _ in 0..3 {
        assert!(matches!(pair.server.next_event(), Ok(Event::Want(Want::Answer))));
        assert_eq!(pair.server.read_app_data(&mut [0]), Err(ReadError::Blocked(Want::Answer)));
    }
    pair.server.resume_ask();
    pair.server_turn().unwrap();
    pair.exchange();
    for _ in 0..3 {
        assert!(matches!(pair.client.next_event(), Ok(Event::VerifyPeer(_))));
    }
    let Ok(Event::VerifyPeer(ask)) = pair.client.next_event() else { panic!("an ask") };
    assert_eq!(ask.server_name(), "localhost");
    assert!(ask.chain().iter().eq(pair.pki.chain.iter().map(AsRef::as_ref)));
    ask.defer();
    assert!(matches!(pair.client.next_event(), Ok(Event::Want(Want::Answer))));
    pair.client.resume_ask();
    pair.handshake().unwrap();
    assert_eq!(pair.carry(End::Client, b"data").unwrap(), b"data");
}

#[test]
fn a_key_too_long_is_refused() {
    let asked = || {
        let mut pair = fresh();
        pair.client_turn().unwrap();
        pair.exchange();
        pair.server_turn().unwrap();
        pair.exchange();
        pair
    };
    let mut pair = asked();
    let Ok(Event::VerifyPeer(ask)) = pair.client.next_event() else { panic!("an ask") };
    assert!(ask.accept(&[0; 550]).is_ok());
    let mut pair = asked();
    let Ok(Event::VerifyPeer(ask)) = pair.client.next_event() else { panic!("an ask") };
    assert!(ask.accept(&[0; 551]).is_err());
    assert!(matches!(pair.client.next_event(), Err(Error::Refused(Refused::Certificate(_)))));
}
