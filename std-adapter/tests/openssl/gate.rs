//! Handshakes in mid-connection over a transport that takes what a test says: SSL_do_handshake(3), SSL_renegotiate(3).

use std::cell::Cell;
use std::io::{self, ErrorKind, Read, Write};
use std::rc::Rc;

use tidegate_std::openssl::{BioPair, ErrorCode, Options, Ssl, SslWant};

use crate::renegotiation::renegotiating;

/// What the transport takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Takes {
    All,
    /// So many calls' bytes, and nothing more for now.
    Records(usize),
    /// Nothing for ever; and nothing comes any more.
    Failed,
}

#[derive(Clone, Debug)]
struct Gate(Rc<Cell<Takes>>);

#[derive(Debug)]
struct Gated {
    pair: BioPair,
    gate: Gate,
}

impl Read for Gated {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        if self.gate.0.get() == Takes::Failed { Ok(0) } else { self.pair.read(room) }
    }
}

impl Write for Gated {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.gate.0.get() {
            Takes::All => return self.pair.write(bytes),
            Takes::Records(0) => return Err(ErrorKind::WouldBlock.into()),
            Takes::Records(left) => self.gate.0.set(Takes::Records(left - 1)),
            Takes::Failed => return Err(ErrorKind::BrokenPipe.into()),
        }
        self.pair.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

type End = Ssl<Gated>;

/// Two connected ends of TLS 1.2, and the gates of what they send.
struct Ends {
    client: End,
    server: End,
    client_gate: Gate,
    server_gate: Gate,
}

impl Ends {
    fn new(options: Options) -> Self {
        let context = renegotiating(options);
        let (here, there) = BioPair::new(0, 0);
        let end = |pair| {
            let gate = Gate(Rc::new(Cell::new(Takes::All)));
            (Ssl::new(&context, Gated { pair, gate: gate.clone() }), gate)
        };
        let ((mut client, client_gate), (mut server, server_gate)) = (end(here), end(there));
        client.set_host_name("localhost");
        assert!((0..9).any(|_| (client.connect(), server.accept()) == (1, 1)));
        Self { client, server, client_gate, server_gate }
    }

    /// Bytes that wait for the client.
    fn for_client(&self) -> usize {
        self.client.get_ref().pair.pending()
    }

    /// Bytes that wait for the server.
    fn for_server(&self) -> usize {
        self.server.get_ref().pair.pending()
    }

    /// Reads at both ends, as often as a handshake takes.
    fn shake(&mut self) {
        for _ in 0..9 {
            assert_eq!((self.server.read(&mut [0]), self.client.read(&mut [0])), (-1, -1));
        }
        assert!(self.client.is_init_finished() && self.server.is_init_finished());
    }
}

fn waits(end: &End) -> (ErrorCode, SslWant) {
    (end.get_error(-1), end.want())
}

const FOR_ROOM: (ErrorCode, SslWant) = (ErrorCode::WantWrite, SslWant::Writing);
const FOR_BYTES: (ErrorCode, SslWant) = (ErrorCode::WantRead, SslWant::Reading);

/// Bytes that protection adds to a record.
const AROUND: usize = 5 + 8 + 16;

#[test]
fn the_handshake_of_a_pending_write_goes_on_without_the_write() {
    let mut ends = Ends::new(Options::ALLOW_CLIENT_RENEGOTIATION);
    assert_eq!((ends.client.renegotiate(), ends.client.do_handshake()), (1, -1));
    ends.server_gate.0.set(Takes::Records(0));
    assert_eq!((ends.server.write(b"pending"), ends.server.read(&mut [0])), (-1, -1));
    assert_eq!((ends.server.do_handshake(), waits(&ends.server)), (-1, FOR_ROOM));
    ends.server_gate.0.set(Takes::All);
    assert_eq!((ends.server.do_handshake(), waits(&ends.server)), (-1, FOR_BYTES));
    assert!(ends.for_client() > AROUND + 7 + AROUND, "the record, and a flight behind it");
    let mut out = [0; 9];
    assert_eq!((ends.client.read(&mut out), &out[..7]), (7, &b"pending"[..]));
    ends.shake();
    assert_eq!(ends.server.write(b"pending"), 7);
    assert_eq!(ends.client.read(&mut out), -1, "it was all there once");
}

#[test]
fn the_handshake_begins_with_a_look_at_nothing() {
    let mut ends = Ends::new(Options::empty());
    assert_eq!((ends.client.write(b"data"), ends.server.renegotiate()), (4, 1));
    let there = ends.for_server();
    assert_eq!((ends.server.do_handshake(), ends.for_server(), ends.server.pending()), (1, there, 0));
    assert_eq!(ends.for_client(), AROUND + 4, "a HelloRequest");
    assert_eq!((ends.server.do_handshake(), ends.for_client()), (1, AROUND + 4), "and no other");
    let mut out = [0; 9];
    assert_eq!((ends.server.read(&mut out), &out[..4]), (4, &b"data"[..]));
}

/// It stands behind the record of a pending write, which is what brings it on.
#[test]
fn a_refusal_that_waits_is_no_part_of_a_handshake() {
    let mut ends = Ends::new(Options::empty());
    assert_eq!((ends.client.renegotiate(), ends.client.do_handshake()), (1, -1));
    ends.server_gate.0.set(Takes::Records(0));
    assert_eq!(ends.server.read(&mut [0]), -1);
    ends.server_gate.0.set(Takes::All);
    assert_eq!((ends.server.do_handshake(), ends.for_client()), (1, 0));
    assert_eq!((ends.server.write(b"more"), ends.for_client()), (4, AROUND + 2 + AROUND + 4));
}

/// The change_cipher_spec leaves, and the Finished waits.
#[test]
fn the_handshake_ends_when_its_last_record_has_left() {
    for begin in [End::do_handshake, |end: &mut End| end.read(&mut [0])] {
        let mut ends = Ends::new(Options::ALLOW_CLIENT_RENEGOTIATION);
        assert_eq!((ends.client.renegotiate(), ends.client.do_handshake()), (1, -1));
        assert_eq!((ends.server.read(&mut [0]), ends.client.read(&mut [0])), (-1, -1));
        ends.server_gate.0.set(Takes::Records(0));
        for _ in 0..3 {
            assert_eq!((begin(&mut ends.server), waits(&ends.server)), (-1, FOR_ROOM));
            assert_eq!((ends.server.do_handshake(), waits(&ends.server)), (-1, FOR_ROOM));
            assert_eq!((ends.server.read(&mut [0]), waits(&ends.server)), (-1, FOR_ROOM));
            assert_eq!(ends.server.renegotiate_pending(), 1);
        }
        ends.server_gate.0.set(Takes::All);
        assert_eq!((ends.server.do_handshake(), ends.server.renegotiate_pending()), (1, 0));
        ends.shake();
    }
}

/// With read-ahead the peer's next words are there already.
#[test]
fn a_flight_leaves_before_what_was_read_ahead_is_looked_at() {
    let mut ends = Ends::new(Options::ALLOW_CLIENT_RENEGOTIATION);
    ends.server.set_read_ahead(true);
    assert_eq!((ends.client.renegotiate(), ends.client.do_handshake(), ends.client.shutdown()), (1, -1, -1));
    let (before, _) = (ends.for_server(), ends.client.get_mut().pair.write(b"\x15\x03\x03\0\x02zz").unwrap());
    ends.server_gate.0.set(Takes::Records(0));
    assert_eq!((ends.server.read(&mut [0]), waits(&ends.server)), (-1, FOR_ROOM));
    assert_eq!((before > 0, ends.for_server()), (true, 0));
    assert_eq!((ends.server.do_handshake(), waits(&ends.server)), (-1, FOR_ROOM));
    assert!(ends.server.error().is_none());
    ends.server_gate.0.set(Takes::All);
    assert_eq!((ends.server.do_handshake(), ends.server.get_error(-1)), (-1, ErrorCode::Ssl));
    assert!(ends.for_client() > AROUND, "it was told all");
}

#[test]
fn our_hello_leaves_before_what_is_unread_is_delivered() {
    let mut ends = Ends::new(Options::ALLOW_CLIENT_RENEGOTIATION);
    assert_eq!((ends.server.write(b"some words"), ends.client.read(&mut [0; 4])), (10, 4));
    assert_eq!(ends.client.renegotiate(), 1);
    let mut out = [0; 9];
    ends.client_gate.0.set(Takes::Records(0));
    assert_eq!((ends.client.read(&mut out), waits(&ends.client)), (-1, FOR_ROOM));
    assert_eq!((ends.client.do_handshake(), waits(&ends.client), ends.client.pending()), (-1, FOR_ROOM, 6));
    ends.client_gate.0.set(Takes::All);
    assert_eq!((ends.client.read(&mut out[..2]), ends.for_server() > AROUND), (2, true));
    assert_eq!((ends.client.read(&mut out[2..]), &out[..6]), (4, &b" words"[..]));
    ends.shake();
}

/// A server's wish is as a client's: it begins with a call that reads or writes, and where nothing was read ahead.
#[test]
fn a_hello_request_leaves_with_a_read_or_write_and_where_nothing_was_read_ahead() {
    let mut ends = Ends::new(Options::empty());
    assert_eq!((ends.server.renegotiate(), ends.server.renegotiate(), ends.server.shutdown()), (1, 1, 0));
    assert_eq!(ends.for_client(), AROUND + 2, "close_notify alone");
    assert_eq!((ends.client.read(&mut [0]), ends.client.get_error(0)), (0, ErrorCode::ZeroReturn));

    let mut ends = Ends::new(Options::empty());
    ends.server.set_read_ahead(true);
    assert_eq!(
        (ends.client.write(b"one"), ends.client.write(b"two"), ends.server.read(&mut [0; 3])),
        (3, 3, 3)
    );
    assert_eq!((ends.server.renegotiate(), ends.server.write(b"w")), (1, 1));
    assert_eq!((ends.server.do_handshake(), ends.for_client()), (1, AROUND + 1));
    assert_eq!((ends.server.read(&mut [0; 3]), ends.for_client()), (3, AROUND + 1));
    assert_eq!((ends.server.read(&mut [0]), ends.for_client()), (-1, AROUND + 1 + AROUND + 4));
}

/// As far as OpenSSL's buffer goes.
#[test]
fn one_record_of_the_largest_size_is_read_ahead() {
    let mut ends = Ends::new(Options::empty());
    ends.server.set_read_ahead(true);
    assert_eq!((ends.client.write(&[7; 10_000]), ends.client.write(&[7; 7_300])), (10_000, 7_300));
    let there = ends.for_server();
    assert_eq!((ends.server.read(&mut [0]), there - ends.for_server()), (1, 16384 + 320 + 5));
}

#[test]
fn a_handshake_over_a_transport_that_fails_says_so_whatever_ends_besides() {
    let mut ends = Ends::new(Options::ALLOW_CLIENT_RENEGOTIATION);
    assert_eq!(ends.client.renegotiate(), 1);
    ends.client_gate.0.set(Takes::Failed);
    for _ in 0..2 {
        assert_eq!((ends.client.do_handshake(), ends.client.get_error(-1)), (-1, ErrorCode::Syscall));
        assert_eq!((ends.client.want(), ends.client.error()), (SslWant::Writing, None));
    }
}

/// With read-ahead the peer asks for another one before this one was looked at.
#[test]
fn the_handshake_leaves_what_comes_behind_it_where_it_is() {
    let mut ends = Ends::new(Options::empty());
    ends.client.set_read_ahead(true);
    assert_eq!((ends.server.renegotiate(), ends.server.do_handshake()), (1, 1));
    for _ in 0..2 {
        assert_eq!((ends.client.read(&mut [0]), ends.server.read(&mut [0])), (-1, -1));
    }
    assert!(ends.server.is_init_finished() && !ends.client.is_init_finished());
    assert_eq!((ends.server.renegotiate(), ends.server.do_handshake()), (1, 1));
    assert_eq!((ends.client.do_handshake(), ends.for_client()), (1, 0));
    assert!(ends.client.has_pending() && ends.client.renegotiate_pending() == 0, "the HelloRequest");
    ends.shake();
}

#[test]
fn a_record_behind_a_refusal_is_a_whole_one() {
    let mut ends = Ends::new(Options::empty());
    assert_eq!((ends.client.renegotiate(), ends.client.do_handshake()), (1, -1));
    ends.server_gate.0.set(Takes::Records(0));
    assert_eq!(ends.server.read(&mut [0]), -1);
    ends.server_gate.0.set(Takes::All);
    assert_eq!(ends.server.write(&[7; 16384]), 16384);
    assert_eq!(ends.for_client(), AROUND + 2 + AROUND + 16384);
}

#[test]
fn a_write_that_meets_the_peers_close_in_a_renegotiation_answers_at_once() {
    let mut ends = Ends::new(Options::ALLOW_CLIENT_RENEGOTIATION);
    assert_eq!((ends.server.shutdown(), ends.client.renegotiate()), (0, 1));
    assert_eq!((ends.client.write(b"more"), ends.client.get_error(-1)), (-1, ErrorCode::ZeroReturn));
    let there = ends.for_server();
    ends.client_gate.0.set(Takes::Records(0));
    assert_eq!((ends.client.write(b"more"), waits(&ends.client)), (-1, FOR_BYTES));
    assert_eq!(ends.for_server(), there);
}
