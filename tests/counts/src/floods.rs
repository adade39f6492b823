//! What a peer may send to have much done for little, up to the limits. Each says how many bytes it fed.
//!
//! The provider that computes nothing opens whatever ends with its tag, so that anybody can make records here.

use std::hint::black_box;

use tidegate::crypto::TAG;
use tidegate::limits::{DEFAULT_HANDSHAKE_MESSAGE, EMPTY_RECORDS, KEY_UPDATES, PLAINTEXT};
use tidegate::{Event, ReadError, Want};

use super::ends::{Flights, OwnClient, OwnServer, Room, Settings, turn_client, turn_server};
use super::null::BYTE;
use super::records::connected;

/// Content types (RFC 8446, section 5.1).
const HANDSHAKE: u8 = 22;
const DATA: u8 = 23;
/// Bytes of a record's header.
const HEADER: usize = 5;

/// Records without content, as many as may be in a row, then one with a byte.
pub(crate) fn empty(times: usize) -> usize {
    reads(
        times,
        &[vec![sealed(DATA, &[]); EMPTY_RECORDS.into()].concat(), sealed(DATA, &[7])].concat(),
        usize::MAX,
    )
}

/// KeyUpdates that ask for ours, as many as may be without data between them, then a byte of it.
pub(crate) fn key_updates(times: usize) -> usize {
    let update = sealed(HANDSHAKE, &[24, 0, 0, 1, 1]);
    reads(times, &[vec![update; KEY_UPDATES.into()].concat(), sealed(DATA, &[7])].concat(), usize::MAX)
}

/// Records of one byte, with which the buffer is always full.
pub(crate) fn crumbs(times: usize) -> usize {
    reads(times, &sealed(DATA, &[7]).repeat(4096), usize::MAX)
}

/// A record of one byte that comes byte by byte.
pub(crate) fn drops(times: usize) -> usize {
    reads(times, &sealed(DATA, &[7]), 1)
}

/// One byte, and padding as long as may be.
pub(crate) fn padding(times: usize) -> usize {
    let content = [&[7, DATA][..], &[0; PLAINTEXT - 1]].concat();
    reads(times, &record(DATA, &[&content[..], &[BYTE; TAG]].concat()), usize::MAX)
}

/// Tickets of one byte, as many as a record has room for.
pub(crate) fn tickets(times: usize) -> usize {
    const TICKET: [u8; 18] = [4, 0, 0, 14, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 9, 0, 0];
    let record = sealed(HANDSHAKE, &TICKET.repeat(PLAINTEXT / TICKET.len()));
    connected(|client, _| {
        for _ in 0..times {
            assert_eq!(client.feed_incoming(&record), record.len());
            hears(client);
        }
    });
    times * record.len()
}

/// A hello with as many extensions as it has room for, which nobody knows.
pub(crate) fn extensions(said: &Flights, times: usize) -> usize {
    let room = room(&said.hello) / 4;
    let many = (0x4000..).take(room).flat_map(|kind: u16| [kind.to_be_bytes(), [0, 0]].concat());
    hellos(&with_extensions(&said.hello, &many.collect::<Vec<_>>()), usize::MAX, times)
}

/// A hello with names of as many keys as it has room for.
pub(crate) fn identities(said: &Flights, times: usize) -> usize {
    let count = (room(&said.hello) - 8) / 9;
    let names = vector(&[0, 1, 9, 0, 0, 0, 0].repeat(count));
    let lists = [names, vector(&[1, 9].repeat(count))].concat();
    let extension = [&[0, 41][..], &vector(&lists)].concat();
    hellos(&with_extensions(&said.hello, &extension), usize::MAX, times)
}

/// A hello in records of one byte.
pub(crate) fn hello_crumbs(said: &Flights, times: usize) -> usize {
    let records = said.hello[HEADER..].iter().flat_map(|byte| record(HANDSHAKE, &[*byte]));
    hellos(&records.collect::<Vec<_>>(), usize::MAX, times)
}

/// A hello that comes byte by byte.
pub(crate) fn hello_drops(said: &Flights, times: usize) -> usize {
    hellos(&said.hello, 1, times)
}

/// What a server says in records of one byte, from its certificate to its Finished.
pub(crate) fn flight_crumbs(said: &Flights, times: usize) -> usize {
    let flight = crumbled(&said.server);
    let (settings, mut room) = (Settings::new(0), Room::new());
    for _ in 0..times {
        let mut client = settings.client(&mut room, None);
        turn_client(&mut client, &settings.shop, &[], &mut |bytes| _ = black_box(bytes));
        turn_client(&mut client, &settings.shop, &flight, &mut |bytes| _ = black_box(bytes));
        assert!(!client.is_handshaking());
    }
    times * flight.len()
}

/// Feeds a server that is connected, in pieces.
fn reads(times: usize, bytes: &[u8], piece: usize) -> usize {
    connected(|_, server| {
        for _ in 0..times {
            bytes.chunks(piece).for_each(|piece| read_all(server, piece));
        }
    });
    times * bytes.len()
}

/// Feeds as much as there is room for before each read.
fn read_all(server: &mut OwnServer<'_>, mut bytes: &[u8]) {
    loop {
        let count = server.feed_incoming(bytes);
        bytes = &bytes[count..];
        match server.read_app_data(&mut [0; 64]) {
            Err(ReadError::Blocked(Want::Incoming)) if bytes.is_empty() => break,
            Ok(_) | Err(ReadError::Blocked(Want::Incoming | Want::Outgoing)) => (),
            other => panic!("{other:?}"),
        }
        server.outgoing_sent(server.outgoing().len());
    }
    server.outgoing_sent(server.outgoing().len());
}

/// Lets a client be told what it is told.
fn hears(client: &mut OwnClient<'_>) {
    while !matches!(client.next_event().expect("it is legal"), Event::Want(Want::Incoming)) {}
}

/// Servers that are told a hello, in pieces.
fn hellos(bytes: &[u8], piece: usize, times: usize) -> usize {
    let (settings, mut room) = (Settings::new(0), Room::new());
    for _ in 0..times {
        let mut server = settings.server(&mut room);
        let mut answered = 0;
        for piece in bytes.chunks(piece) {
            turn_server(&mut server, &settings.shop, piece, &mut |bytes| answered += bytes.len());
        }
        assert!(answered > 0);
    }
    times * bytes.len()
}

fn record(kind: u8, content: &[u8]) -> Vec<u8> {
    [&[kind, 3, 3][..], &vector(content)].concat()
}

/// A record that the provider opens.
fn sealed(kind: u8, content: &[u8]) -> Vec<u8> {
    record(DATA, &[content, &[kind], &[BYTE; TAG]].concat())
}

/// Bytes with their length in two before them.
fn vector(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).expect("it fits");
    [&length.to_be_bytes(), bytes].concat()
}

/// The contents of sealed records in records of one byte; what is in clear stays as it is.
fn crumbled(mut records: &[u8]) -> Vec<u8> {
    let mut crumbs = Vec::new();
    while let [kind, _, _, high, low, rest @ ..] = records {
        let (body, after) = rest.split_at(usize::from(u16::from_be_bytes([*high, *low])));
        if *kind == DATA {
            let content = &body[..body.len() - 1 - TAG];
            crumbs.extend(content.iter().flat_map(|byte| sealed(HANDSHAKE, &[*byte])));
        } else {
            crumbs.extend(record(*kind, body));
        }
        records = after;
    }
    crumbs
}

/// Bytes by which a hello may grow.
fn room(hello: &[u8]) -> usize {
    DEFAULT_HANDSHAKE_MESSAGE - (hello.len() - HEADER)
}

/// A hello in one record with more extensions behind those that it has.
fn with_extensions(hello: &[u8], more: &[u8]) -> Vec<u8> {
    let mut body = hello[HEADER + 4..].to_vec();
    // Version and random; session id, suites and compression.
    let mut at = 2 + 32;
    at += 1 + usize::from(body[at]);
    at += 2 + usize::from(u16::from_be_bytes([body[at], body[at + 1]]));
    at += 1 + usize::from(body[at]);
    let extensions = vector(&[&body[at + 2..], more].concat());
    body.truncate(at);
    body.extend(extensions);
    let message = [&[1, 0][..], &vector(&body)].concat();
    record(HANDSHAKE, &message)
}
