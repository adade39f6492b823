//! Non-blocking sockets under mio, both ends on one thread.

use std::io::{self, Read, Write};
use std::time::Duration;

use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};
use tidegate_std::{End, Stream};

use crate::pki::Pki;

const LENGTH: usize = 3 << 20;

/// An end that writes everything and reads everything at once.
struct Job<R: End> {
    stream: Stream<R, TcpStream>,
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

impl<R: End> Job<R> {
    fn new(stream: Stream<R, TcpStream>) -> Self {
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
