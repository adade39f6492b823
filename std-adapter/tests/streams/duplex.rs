//! Two streams that write and read at once through a transport that takes 0 to 3 bytes at a time and holds few: nothing
//! is lost, nothing comes twice, nobody waits for ever, however many key updates cross.

use std::io::{self, Read, Write};

use tidegate::wire::enums::{KeyUpdateRequest, ProtocolVersion};
use tidegate_std::{Acceptor, Connector, End, Stream};

use crate::narrow::{Narrow, Random, byte};
use crate::pki::Pki;

/// Calls for each seed.
const STEPS: usize = 20_000;
/// Calls after which everything must have arrived, once nothing new begins.
const PATIENCE: usize = 200_000;

struct Side<R: End> {
    stream: Stream<R, Narrow>,
    random: Random,
    written: usize,
    read: usize,
    updates: usize,
}

impl<R: End> Side<R> {
    fn new(stream: Stream<R, Narrow>, random: &Random) -> Self {
        Self { stream, random: random.clone(), written: 0, read: 0, updates: 0 }
    }

    fn step(&mut self) {
        match self.random.below(20) {
            0 if self.stream.negotiated().version() == Some(ProtocolVersion::TLS_1_2) => self.renegotiate(),
            0 => self.update_keys(),
            1..=9 => self.write(),
            10 => drop(self.stream.flush()),
            _ => self.read(),
        }
    }

    fn update_keys(&mut self) {
        let request = [KeyUpdateRequest::UPDATE_NOT_REQUESTED, KeyUpdateRequest::UPDATE_REQUESTED];
        self.updates += usize::from(self.stream.update_keys(request[self.random.below(2)]).is_ok());
    }

    fn renegotiate(&mut self) {
        if self.random.below(5) == 0 {
            self.updates += usize::from(self.stream.renegotiate().is_ok());
        }
    }

    fn write(&mut self) {
        // A write that would have blocked may be followed by another one.
        let end = self.written + 1 + self.random.below(60);
        let data: Vec<u8> = (self.written..end).map(byte).collect();
        self.written += unless_blocked(self.stream.write(&data));
    }

    fn read(&mut self) {
        let mut out = [0; 50];
        let length = 1 + self.random.below(50);
        let count = unless_blocked(self.stream.read(&mut out[..length]));
        for &got in &out[..count] {
            assert_eq!(got, byte(self.read), "at {}", self.read);
            self.read += 1;
        }
    }
}

fn unless_blocked(result: io::Result<usize>) -> usize {
    match result {
        Ok(count) => count,
        Err(error) => {
            assert_eq!(error.kind(), io::ErrorKind::WouldBlock, "{error}");
            0
        }
    }
}

#[test]
fn full_duplex_for_ever() {
    let pki = Pki::new();
    flood(&pki.connector(), &pki.acceptor());
}

#[test]
fn full_duplex_through_renegotiations_of_both_ends() {
    let (connector, acceptor) = Pki::new().renegotiating();
    flood(&connector, &acceptor);
}

fn flood(connector: &Connector, acceptor: &Acceptor) {
    for seed in 0..8 {
        let random = Random::new(seed);
        let ([here, there], width) = Narrow::pair(&random);
        let mut client = Side::new(connector.start("localhost", here).unwrap(), &random);
        let mut server = Side::new(acceptor.start(there).unwrap(), &random);
        assert!((0..9).any(|_| client.stream.handshake().is_ok() & server.stream.handshake().is_ok()));
        width.set(Some((3, 40)));
        for _ in 0..STEPS / 2 {
            client.step();
            server.step();
        }
        let complete = (0..PATIENCE).any(|_| {
            drop((client.stream.flush(), server.stream.flush()));
            client.read();
            server.read();
            client.read == server.written && server.read == client.written
        });
        assert!(complete, "seed {seed}: {:?}", [client.written, server.read, server.written, client.read]);
        let updates = client.updates + server.updates;
        assert!(
            client.read > 100 && server.read > 100 && updates > 3,
            "{updates} {} {}",
            client.read,
            server.read
        );
    }
}
