//! Futures that are dropped after some polls: nothing is lost, nothing comes twice, and the stream goes on.

use std::io::IoSlice;

use proptest::prelude::*;
use tidegate::config::Versions;
use tidegate::modes::Modes;
use tidegate::wire::enums::KeyUpdateRequest;
use tidegate_std::tokio::AsyncStream;
use tidegate_std::{Acceptor, Connector, End};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt};

use crate::narrow::byte;
use crate::pki::Pki;
use crate::tasks::within;
use crate::wire::{Width, Wire};

/// A call that is dropped after so many polls.
#[derive(Clone, Copy, Debug)]
struct Call {
    kind: Kind,
    length: usize,
    polls: usize,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Handshake,
    Read,
    Lend,
    Write,
    Pieces,
    Flush,
    NewKeys,
}

const KINDS: &[Kind] = &[
    Kind::Handshake,
    Kind::Read,
    Kind::Read,
    Kind::Lend,
    Kind::Lend,
    Kind::Write,
    Kind::Write,
    Kind::Pieces,
    Kind::Flush,
    Kind::NewKeys,
];

fn call() -> impl Strategy<Value = Call> {
    let call = (proptest::sample::select(KINDS), 1..700_usize, 0..40_usize);
    call.prop_map(|(kind, length, polls)| Call { kind, length, polls })
}

/// One end, and how far it is.
struct Side<R: End> {
    stream: AsyncStream<R, Wire>,
    written: usize,
    read: usize,
}

impl<R: End> Side<R> {
    fn new(stream: AsyncStream<R, Wire>) -> Self {
        Self { stream, written: 0, read: 0 }
    }

    fn make(&mut self, Call { kind, length, polls }: Call) {
        match kind {
            Kind::Handshake => drop(within(polls, self.stream.handshake()).map(Result::unwrap)),
            Kind::Flush => drop(within(polls, self.stream.flush()).map(Result::unwrap)),
            Kind::Read => self.read(length, polls),
            Kind::Lend => self.lend(length, polls),
            Kind::Write => {
                let data: Vec<u8> = (self.written..self.written + length).map(byte).collect();
                self.written += within(polls, self.stream.write(&data)).map_or(0, Result::unwrap);
            }
            Kind::Pieces => {
                let data: Vec<u8> = (self.written..self.written + length).map(byte).collect();
                let pieces: Vec<_> = data.chunks(100).map(IoSlice::new).collect();
                self.written += within(polls, self.stream.write_vectored(&pieces)).map_or(0, Result::unwrap);
            }
            Kind::NewKeys => {
                let _ = self.stream.tls_mut().update_keys(KeyUpdateRequest::UPDATE_REQUESTED);
            }
        }
    }

    fn read(&mut self, length: usize, polls: usize) {
        let mut out = vec![0; length];
        let count = within(polls, self.stream.read(&mut out)).map_or(0, Result::unwrap);
        self.check(&out[..count]);
    }

    fn lend(&mut self, length: usize, polls: usize) {
        let data = within(polls, self.stream.fill_buf()).map_or(Vec::new(), |data| data.unwrap().to_vec());
        let count = data.len().min(length);
        self.check(&data[..count]);
        self.stream.consume(count);
    }

    fn check(&mut self, data: &[u8]) {
        let right = data.iter().enumerate().all(|(at, got)| *got == byte(self.read + at));
        assert!(right, "at {}", self.read);
        self.read += data.len();
    }
}

fn play(connector: &Connector, acceptor: &Acceptor, seed: u64, calls: &[(Call, Call)]) {
    let [here, there] = Wire::pair(seed, Width::NARROW);
    let mut client = Side::new(connector.start("localhost", here).unwrap().into());
    let mut server = Side::new(acceptor.start(there).unwrap().into());
    for (at, ours) in calls {
        client.make(*at);
        server.make(*ours);
    }
    // What is still under way arrives.
    client.stream.get_ref().set_width(Width::WIDE);
    let [flush, read] = [Kind::Flush, Kind::Read].map(|kind| Call { kind, length: 9999, polls: 9 });
    for _ in 0..200 {
        for call in [flush, read] {
            client.make(call);
            server.make(call);
        }
    }
    assert_eq!([client.read, server.read], [server.written, client.written], "seed {seed}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn nothing_is_lost_whenever_a_future_is_dropped(
        seed: u64,
        version in proptest::sample::select(&[Versions::Tls12, Versions::Tls13][..]),
        release: bool,
        calls in proptest::collection::vec((call(), call()), 1..250),
    ) {
        let pki = Pki::new();
        let released = if release { Modes::RELEASE_BUFFERS } else { Modes::empty() };
        let connector = pki.connector().configured(|config| {
            config.common.versions = version;
            config.common.modes = released;
        });
        play(&connector, &pki.acceptor(), seed, &calls);
    }
}
