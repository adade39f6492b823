//! Non-blocking transports, both ends on one thread: sockets under mio, and memory.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::rc::Rc;
use std::time::Duration;

use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};
use tidegate::modes::Modes;
use tidegate_std::{End, KeyLog, Stream};

use crate::pki::Pki;

const LENGTH: usize = 3 << 20;

/// An end that writes everything and reads everything at once.
struct Job<R: End, T> {
    stream: Stream<R, T>,
    written: usize,
    received: Vec<u8>,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Writing,
    Closed,
    Done,
}

impl<R: End, T: Read + Write> Job<R, T> {
    fn new(stream: Stream<R, T>) -> Self {
        Self { stream, written: 0, received: Vec::new(), state: State::Writing }
    }

    /// Does what can be done; whether all of it is.
    fn turn(&mut self, content: &[u8]) -> bool {
        while self.state == State::Writing {
            // Each attempt offers another length: a blocked one may be followed by a different one.
            let end = content.len().min(self.written + 5000 + self.received.len() % 7000);
            match self.stream.write(&content[self.written..end]) {
                Ok(count) => self.written += count,
                Err(error) => {
                    assert_eq!(error.kind(), io::ErrorKind::WouldBlock, "{error}");
                    break;
                }
            }
            if self.written == content.len() {
                self.state = State::Closed;
                let _ = self.stream.close();
            }
        }
        if self.stream.wants_write() {
            let _ = self.stream.flush();
        }
        self.read();
        self.state == State::Done && !self.stream.wants_write()
    }

    fn read(&mut self) {
        let mut chunk = [0; 9000];
        loop {
            match self.stream.read(&mut chunk) {
                Ok(0) if self.state == State::Closed => return self.state = State::Done,
                Ok(0) => return,
                Ok(count) => self.received.extend_from_slice(&chunk[..count]),
                Err(error) => return assert_eq!(error.kind(), io::ErrorKind::WouldBlock, "{error}"),
            }
        }
    }
}

#[test]
fn both_ends_flood_each_other_on_one_thread() {
    let pki = Pki::new();
    let mut poll = Poll::new().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let accepted = loop {
        match listener.accept() {
            Ok((accepted, _)) => break accepted,
            Err(error) => assert_eq!(error.kind(), io::ErrorKind::WouldBlock),
        }
    };
    let mut client = Job::new(pki.connector().start("localhost", client).unwrap());
    let mut server = Job::new(pki.acceptor().start(accepted).unwrap());
    let both = Interest::READABLE | Interest::WRITABLE;
    poll.registry().register(client.stream.get_mut(), Token(0), both).unwrap();
    poll.registry().register(server.stream.get_mut(), Token(1), both).unwrap();
    let content: Vec<u8> = (0..LENGTH).map(|at| (at * 17 % 253) as u8).collect();
    let mut events = Events::with_capacity(8);
    loop {
        let done = client.turn(&content) & server.turn(&content);
        if done {
            break;
        }
        poll.poll(&mut events, Some(Duration::from_secs(10))).unwrap();
        assert!(!events.is_empty(), "nobody is woken any more");
    }
    assert!(client.received == content && server.received == content);
}

/// One direction in memory.
type Direction = Rc<RefCell<VecDeque<u8>>>;

/// A transport in memory that holds few bytes and never waits.
struct Memory {
    incoming: Direction,
    outgoing: Direction,
}

const CAPACITY: usize = 700;

impl Read for Memory {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self.incoming.borrow_mut().read(out)? {
            0 => Err(io::ErrorKind::WouldBlock.into()),
            count => Ok(count),
        }
    }
}

impl Write for Memory {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let mut outgoing = self.outgoing.borrow_mut();
        match CAPACITY.saturating_sub(outgoing.len()).min(data.len()) {
            0 => Err(io::ErrorKind::WouldBlock.into()),
            count => outgoing.write(&data[..count]),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_narrow_transport_in_memory_loses_nothing() {
    let path = std::env::temp_dir().join(format!("tidegate-keylog-{}", std::process::id()));
    let log = KeyLog::append_to(&path).unwrap();
    let pki = Pki::new();
    let (up, down) = (Direction::default(), Direction::default());
    let client = Memory { incoming: Rc::clone(&down), outgoing: Rc::clone(&up) };
    let server = Memory { incoming: up, outgoing: down };
    // Buffers come and go with each wait.
    let connector = pki.connector().with_key_log(log);
    let connector =
        connector.configured(|config| config.common.modes = Modes::default().set(Modes::RELEASE_BUFFERS));
    let mut client = Job::new(connector.start("localhost", client).unwrap());
    let mut server = Job::new(pki.acceptor().start(server).unwrap());
    let content: Vec<u8> = (0..100_000).map(|at| (at * 13 % 241) as u8).collect();
    let done = (0..10_000).any(|_| client.turn(&content) & server.turn(&content));
    assert!(done && client.received == content && server.received == content);
    let lines = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert_eq!(lines.lines().filter(|line| line.split(' ').count() == 3).count(), 5, "{lines}");
    assert!(lines.contains("SERVER_TRAFFIC_SECRET_0 "));
}

#[test]
fn a_pending_write_goes_before_the_end() {
    let pki = Pki::new();
    let (up, down) = (Direction::default(), Direction::default());
    let client = Memory { incoming: Rc::clone(&down), outgoing: Rc::clone(&up) };
    let server = Memory { incoming: up, outgoing: down };
    let mut client = pki.connector().start("localhost", client).unwrap();
    let mut server = pki.acceptor().start(server).unwrap();
    while client.handshake().is_err() | server.handshake().is_err() {}
    client.clear_mode(Modes::ENABLE_PARTIAL_WRITE);
    let content = vec![7; 100_000];
    assert_eq!(client.write(&content).unwrap_err().kind(), io::ErrorKind::WouldBlock);
    let (mut received, mut chunk, mut written) = (Vec::new(), [0; 9000], false);
    // Everything that was sealed leaves; what was not still stands before the close_notify.
    while client.flush().is_err() {
        if let Ok(count) = server.read(&mut chunk) {
            received.extend_from_slice(&chunk[..count]);
        }
    }
    assert_eq!(client.close().unwrap_err().kind(), io::ErrorKind::WouldBlock);
    loop {
        match server.read(&mut chunk) {
            Ok(0) => break,
            Ok(count) => received.extend_from_slice(&chunk[..count]),
            Err(error) => assert_eq!(error.kind(), io::ErrorKind::WouldBlock, "{error}"),
        }
        written = written || client.write(&content).is_ok();
        let _ = client.flush();
    }
    assert!(written && received == content);
    client.close().unwrap();
}
