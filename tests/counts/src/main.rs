//! Does one piece of work so many times, over a provider that computes nothing, for an instruction counter to look on.
//!
//! It says how much was done: times, or, of what a peer floods us with, bytes. The instructions of one are the difference of two
//! counts by the difference of that: what goes before the first is in both. `tests/run counts` runs it.

mod accepting;
mod ends;
mod floods;
mod null;
mod records;
mod shop;

use std::hint::black_box;
use std::process::ExitCode;

use tidegate::SessionKind;

use ends::{Flights, Room, Settings, turn_client, turn_server};

/// A piece of work: its name, and what does it so many times.
type Work = (&'static str, fn(usize));

/// What a peer does so many times to have much done: its name, and what says how many bytes that was.
type Flood = (&'static str, fn(usize) -> usize);

/// All of them.
const FLOODS: [Flood; 11] = [
    ("flood-empty", floods::empty),
    ("flood-updates", floods::key_updates),
    ("flood-crumbs", floods::crumbs),
    ("flood-drops", floods::drops),
    ("flood-padding", floods::padding),
    ("flood-tickets", floods::tickets),
    ("flood-extensions", |times| floods::extensions(&agree(None), times)),
    ("flood-identities", |times| floods::identities(&agree(None), times)),
    ("flood-hello-crumbs", |times| floods::hello_crumbs(&agree(None), times)),
    ("flood-hello-drops", |times| floods::hello_drops(&agree(None), times)),
    ("flood-flight-crumbs", |times| floods::flight_crumbs(&agree(None), times)),
];

/// All of them.
const WORKS: [Work; 16] = [
    ("full-client", |times| client(&agree(None), None, times)),
    ("full-server", |times| server(&agree(None), times)),
    ("resumed-client", |times| with_session(|session| client(&agree(Some(session)), Some(session), times))),
    ("resumed-server", |times| with_session(|session| server(&agree(Some(session)), times))),
    ("write-16384", |times| records::write(16384, times)),
    ("write-1024", |times| records::write(1024, times)),
    ("write-64", |times| records::write(64, times)),
    ("fill-16384", |times| records::fill(16384, times)),
    ("fill-1024", |times| records::fill(1024, times)),
    ("fill-64", |times| records::fill(64, times)),
    ("read-16384", |times| records::read(16384, times)),
    ("read-1024", |times| records::read(1024, times)),
    ("read-64", |times| records::read(64, times)),
    ("lend-16384", |times| records::lend(16384, times)),
    ("lend-1024", |times| records::lend(1024, times)),
    ("lend-64", |times| records::lend(64, times)),
];

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
    let times = arguments.next().and_then(|times| times.parse().ok());
    let done = times.and_then(|times| done(&name, times));
    let Some(done) = done else {
        let works = WORKS.iter().map(|(name, _)| name);
        works.chain(FLOODS.iter().map(|(name, _)| name)).for_each(|name| println!("{name}"));
        return ExitCode::FAILURE;
    };
    println!("{done}");
    ExitCode::SUCCESS
}

/// Does the work of this name; how many of what one is counted of were done: bytes of a flood, else times.
fn done(name: &str, times: usize) -> Option<usize> {
    if let Some((_, work)) = WORKS.iter().find(|(known, _)| *known == name) {
        counted(&mut || work(times));
        return Some(times);
    }
    let (_, flood) = FLOODS.iter().find(|(known, _)| *known == name)?;
    let mut bytes = 0;
    counted(&mut || bytes = flood(times));
    Some(bytes)
}

/// A page of memory.
#[repr(align(4096))]
struct Page {
    _bytes: [u8; 4096],
}

/// What callgrind looks at: by this name it knows where to begin and to end. The stack begins at a page, wherever the
/// environment lets it begin, since copies take their time by where things lie.
#[inline(never)]
fn counted(work: &mut dyn FnMut()) {
    let page = Page { _bytes: [0; 4096] };
    work();
    black_box(&page);
}

/// A session that a server gave.
fn with_session(work: impl FnOnce(&[u8])) {
    let settings = Settings::new(1);
    let (mut rooms, mut session) = ([Room::new(), Room::new()], None);
    let [own, peers] = &mut rooms;
    let (mut client, mut server) = (settings.client(own, None), settings.server(peers));
    let (mut sent, mut came) = (Vec::new(), Vec::new());
    loop {
        turn_server(&mut server, &settings.shop, &sent, &mut |bytes| came.extend_from_slice(bytes));
        sent.clear();
        session = turn_client(&mut client, &settings.shop, &came, &mut |bytes| sent.extend_from_slice(bytes))
            .or(session);
        came.clear();
        if sent.is_empty() {
            return work(&session.expect("a ticket"));
        }
    }
}

/// What both ends say.
fn agree(session: Option<&[u8]>) -> Flights {
    let settings = Settings::new(0);
    let (mut rooms, mut said) = ([Room::new(), Room::new()], Flights::default());
    let [own, peers] = &mut rooms;
    let mut server = settings.server(peers);
    let mut client = settings.client(own, session);
    turn_client(&mut client, &settings.shop, &[], &mut |bytes| said.hello.extend_from_slice(bytes));
    turn_server(&mut server, &settings.shop, &said.hello, &mut |bytes| said.server.extend_from_slice(bytes));
    turn_client(&mut client, &settings.shop, &said.server, &mut |bytes| {
        said.finished.extend_from_slice(bytes);
    });
    turn_server(&mut server, &settings.shop, &said.finished, &mut |_| ());
    assert!(!client.is_handshaking() && !server.is_handshaking());
    assert_eq!(client.negotiated().session == SessionKind::New, session.is_none());
    said
}

/// Handshakes of a client with a server that says always the same.
fn client(said: &Flights, session: Option<&[u8]>, times: usize) {
    let (settings, mut room) = (Settings::new(0), Room::new());
    for _ in 0..times {
        let mut client = settings.client(&mut room, session);
        turn_client(&mut client, &settings.shop, &[], &mut |bytes| _ = black_box(bytes));
        turn_client(&mut client, &settings.shop, &said.server, &mut |bytes| _ = black_box(bytes));
        assert!(!client.is_handshaking());
    }
}

/// Handshakes of a server with a client that says always the same.
fn server(said: &Flights, times: usize) {
    let (settings, mut room) = (Settings::new(0), Room::new());
    for _ in 0..times {
        let mut server = settings.server(&mut room);
        turn_server(&mut server, &settings.shop, &said.hello, &mut |bytes| _ = black_box(bytes));
        turn_server(&mut server, &settings.shop, &said.finished, &mut |bytes| _ = black_box(bytes));
        assert!(!server.is_handshaking());
    }
}
