//! Halves that read and write at the same time, while keys change and futures are dropped.

use std::cell::{Cell, RefCell};
use std::future::{pending, poll_fn};
use std::pin::pin;
use std::task::{Poll, Waker};

use embedded_io_async::{Read, Write};
use tidegate::config::Versions;
use tidegate::embedded::{Answer, AsyncStream, Duplex, Reader, Tls, Writer};
use tidegate::wire::enums::KeyUpdateRequest;
use tidegate::{RenegotiateError, UpdateKeysError};
use tidegate_tests::pair::{Buffers, OwnedClient, OwnedServer};

use crate::asynchronous::Drops;
use crate::ends::Shape;
use crate::pipe::{Leaves, Rx, Tx};
use crate::random::{Random, piece, seeds};
use crate::tasks::{Tasks, within, yield_now};

type Wired<K, A> = AsyncStream<K, A, Duplex<Rx, Tx>>;

/// What is done with a connection between its halves.
trait End: Tls {
    /// Asks for a renegotiation, or, in TLS 1.3, for new keys of both ends.
    fn new_keys(&mut self);
    /// What the last handshake came to.
    fn exported(&mut self) -> [u8; 16];
    fn is_pending(&self) -> bool;
}

macro_rules! end {
    ($($end:ty)*) => {
        $(impl End for $end {
            fn new_keys(&mut self) {
                match self.renegotiate() {
                    Ok(()) | Err(RenegotiateError::Handshaking) => {}
                    Err(RenegotiateError::Version) => match self.update_keys(KeyUpdateRequest::UPDATE_REQUESTED) {
                        Ok(()) | Err(UpdateKeysError::Blocked) => {}
                        Err(error) => panic!("{error}"),
                    },
                    Err(error) => panic!("{error}"),
                }
            }

            fn exported(&mut self) -> [u8; 16] {
                let mut out = [0; 16];
                // There is nothing new before the handshake is done.
                let _ = self.export_keying_material(b"EXPORTER-test", Some(b""), &mut out);
                out
            }

            fn is_pending(&self) -> bool {
                self.is_renegotiation_pending()
            }
        })*
    };
}

end! { OwnedClient OwnedServer }

/// The bytes of one direction.
struct Flow {
    way: u64,
    written: Cell<usize>,
    read: Cell<usize>,
}

impl Flow {
    const fn new(way: u64) -> Self {
        Self { way, written: Cell::new(0), read: Cell::new(0) }
    }
}

/// What both ends know.
struct Table {
    flows: [Flow; 2],
    waiting: RefCell<Vec<Waker>>,
    drops: Drops,
    /// An end is joined and split again after at most so many polls; never for 0.
    stretch: usize,
}

impl Table {
    fn new(random: Random, often: usize, stretch: usize) -> Self {
        Self {
            flows: [Flow::new(1), Flow::new(2)],
            waiting: RefCell::default(),
            drops: Drops { random, often },
            stretch,
        }
    }

    fn has_arrived(&self, to: usize) -> bool {
        self.flows.iter().all(|flow| flow.read.get() >= to)
    }

    /// Polls this until so many bytes have arrived at both ends.
    async fn until_arrived(&self, to: usize, tasks: Tasks<'_>) {
        let mut tasks = pin!(tasks);
        poll_fn(|context| {
            assert!(tasks.as_mut().poll(context).is_pending(), "the reader goes on for ever");
            if self.has_arrived(to) {
                self.waiting.take().into_iter().for_each(Waker::wake);
                return Poll::Ready(());
            }
            self.waiting.borrow_mut().push(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    async fn write<K: End, A: Answer>(&self, mut writer: Writer<'_, K, A, Tx>, flow: &Flow, to: usize) {
        let Drops { random, .. } = &self.drops;
        while flow.written.get() < to {
            let from = flow.written.get();
            let data = piece(flow.way, from, (1 + random.below(9_000)).min(to - from));
            if let Some(count) = self.drops.perhaps(writer.write(&data)).await {
                flow.written.set(from + count.unwrap());
            }
            if random.once_in(8) {
                self.drops.perhaps(writer.flush()).await.transpose().unwrap();
            }
        }
        while self.drops.perhaps(writer.flush()).await.transpose().unwrap().is_none() {}
    }

    async fn read<K: End, A: Answer>(&self, mut reader: Reader<'_, K, A, Rx, Tx>, flow: &Flow) {
        let Drops { random, .. } = &self.drops;
        loop {
            let mut out = vec![0; 1 + random.below(5_000)];
            let Some(count) = self.drops.perhaps(reader.read(&mut out)).await else { continue };
            let (count, place) = (count.unwrap(), flow.read.get());
            assert!(out[..count] == piece(flow.way, place, count), "{count} at {place}");
            if count == 0 {
                assert!(self.has_arrived(place), "the other end has all and closes");
                return pending().await;
            }
            flow.read.set(place + count);
            if random.once_in(8) {
                yield_now().await;
            }
        }
    }

    /// One end, until so many bytes have arrived at both.
    async fn talk<K: End, A: Answer>(&self, mut stream: Wired<K, A>, own: usize, to: usize) -> Wired<K, A> {
        let Drops { random, .. } = &self.drops;
        let (own_flow, peers) = (&self.flows[own], &self.flows[1 - own]);
        while !self.has_arrived(to) {
            let mut split = stream.into_split();
            let (reader, writer) = split.halves();
            let tasks = Tasks::new(random.clone())
                .with(self.write(writer, own_flow, to))
                .with(self.read(reader, peers));
            let polls = if self.stretch == 0 { usize::MAX } else { random.below(self.stretch) };
            if within(polls, self.until_arrived(to, tasks)).await.is_none() {
                yield_now().await;
            }
            stream = split.join();
        }
        stream
    }

    /// One end, with new keys now and then; what its first handshake came to, and its last. Where no keys change, even the
    /// first happens in halves.
    async fn live<K: End, A: Answer>(
        &self,
        mut stream: Wired<K, A>,
        own: usize,
        rounds: Rounds,
    ) -> [[u8; 16]; 2] {
        if rounds.asks.contains(&true) {
            stream.handshake().await.unwrap();
        }
        let (mut to, first) = (0, stream.connection_mut().exported());
        for _ in 0..rounds.count {
            to += rounds.length;
            stream = self.talk(stream, own, to).await;
            if rounds.asks[own] {
                stream.connection_mut().new_keys();
            }
        }
        for _ in 0..10 {
            to += 100;
            stream = self.talk(stream, own, to).await;
        }
        assert!(!stream.connection().is_pending(), "it is over by now");
        let last = stream.connection_mut().exported();
        close(stream, &self.drops.random).await;
        [first, last]
    }
}

#[derive(Clone, Copy)]
struct Rounds {
    count: usize,
    /// Bytes each way.
    length: usize,
    /// Whether the client and the server want new keys after each.
    asks: [bool; 2],
}

/// Both directions; while ours closes, the other is read to its end.
async fn close<K: End, A: Answer>(stream: Wired<K, A>, random: &Random) {
    let mut split = stream.into_split();
    let (mut reader, mut writer) = split.halves();
    Tasks::new(random.clone())
        .with(async { writer.close().await.unwrap() })
        .with(async { assert_eq!(reader.read(&mut [0; 9]).await, Ok(0)) })
        .await;
    drop(split);
}

fn live(shape: Shape, table: &Table, rounds: Rounds) {
    let (client, server) = shape.asynchronous(&shape.pipes());
    let came_to = [Cell::default(), Cell::default()];
    Tasks::new(table.drops.random.clone())
        .with(async { came_to[0].set(table.live(client, 0, rounds).await) })
        .with(async { came_to[1].set(table.live(server, 1, rounds).await) })
        .run();
    let [client, server] = came_to.map(Cell::into_inner);
    assert_eq!(client, server, "both speak of the same handshakes");
    let renews = shape.versions == Versions::Tls12 && rounds.asks.contains(&true);
    assert!(!renews || client[0] != client[1], "there was another handshake");
}

fn length(shape: Shape) -> usize {
    if shape.capacity < 64 { 2_000 } else { 25_000 }
}

#[test]
fn both_directions_flow_at_once() {
    for seed in seeds(0..16) {
        let random = Random::new(seed);
        let shape = Shape::any(&random);
        println!("seed {seed}: {shape:?}");
        let rounds = Rounds { count: 1, length: 4 * length(shape), asks: [false; 2] };
        live(shape, &Table::new(random, 0, 0), rounds);
    }
}

#[test]
fn keys_change_in_the_middle_of_traffic() {
    for seed in seeds(1_000..1_020) {
        let random = Random::new(seed);
        let shape = Shape::any(&random);
        let asks = random.one_of(&[[true, false], [false, true], [true; 2]]);
        println!("seed {seed}: {shape:?}, {asks:?}");
        let rounds = Rounds { count: 4, length: length(shape), asks };
        live(shape, &Table::new(random, 0, 0), rounds);
    }
}

#[test]
fn futures_and_halves_are_dropped_in_the_middle_of_traffic() {
    for seed in seeds(2_000..2_030) {
        let random = Random::new(seed);
        let (shape, asks) =
            (Shape::any(&random), random.one_of(&[[false; 2], [true, false], [false, true], [true; 2]]));
        let (often, stretch) = (1 + random.below(4), random.one_of(&[0, 2, 20, 300]));
        println!("seed {seed}: {shape:?}, {asks:?}, dropped once in {often}, joined after {stretch}");
        let rounds = Rounds { count: 4, length: length(shape), asks };
        live(shape, &Table::new(random, often, stretch), rounds);
    }
}

/// Both readers have something to send, and pipes are full: who sends must listen.
#[test]
fn who_sends_listens() {
    let shape = Shape { capacity: 7, buffers: Buffers::FULL, leaves: Leaves::AtOnce, ..Shape::PLAIN };
    for versions in crate::ends::VERSIONS {
        let random = Random::new(1);
        let rounds = Rounds { count: 1, length: 100_000, asks: [false; 2] };
        live(Shape { versions, ..shape }, &Table::new(random, 0, 0), rounds);
    }
}
