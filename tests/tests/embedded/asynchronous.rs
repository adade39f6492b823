//! Both ends in one executor, one thing at a time at each end, and futures that are dropped.

use embedded_io_async::{BufRead, Read, Write};
use tidegate::embedded::{Answer, AsyncStream, Duplex, StreamError, Tls};

use crate::ends::{BUFFERS, CAPACITIES, Shape, VERSIONS};
use crate::pipe::{Broken, Leaves, Rx, Tx};
use crate::random::{Random, piece, seeds};
use crate::tasks::{Tasks, within, yield_now};

type Wired<K, A> = AsyncStream<K, A, Duplex<Rx, Tx>>;
type Outcome<T> = Result<T, StreamError<Broken>>;

/// How many polls a future is given; most of the time as many as it needs.
#[derive(Clone)]
pub(crate) struct Drops {
    pub(crate) random: Random,
    /// One in so many is dropped; none for 0.
    pub(crate) often: usize,
}

impl Drops {
    /// The result, unless the future was dropped.
    pub(crate) async fn perhaps<F: Future>(&self, future: F) -> Option<F::Output> {
        if self.often == 0 || !self.random.once_in(self.often) {
            return Some(future.await);
        }
        let bound = self.random.one_of(&[1, 4, 40]);
        let result = within(self.random.below(bound), future).await;
        if result.is_none() {
            yield_now().await;
        }
        result
    }

    /// The result, after as many futures as it takes.
    async fn until_done<T>(&self, mut call: impl AsyncFnMut() -> Outcome<T>) -> T {
        loop {
            if let Some(result) = self.perhaps(call()).await {
                return result.unwrap();
            }
        }
    }
}

async fn write<K: Tls, A: Answer>(
    stream: &mut Wired<K, A>,
    (way, from, to): (u64, usize, usize),
    drops: &Drops,
) {
    let mut written = from;
    while written < to {
        // A write that was dropped has not happened: the next may have any length.
        let data = piece(way, written, (1 + drops.random.below(20_000)).min(to - written));
        written += drops.perhaps(stream.write(&data)).await.transpose().unwrap().unwrap_or(0);
        if drops.random.once_in(8) {
            drops.perhaps(stream.flush()).await.transpose().unwrap();
        }
    }
}

async fn read<K: Tls, A: Answer>(
    stream: &mut Wired<K, A>,
    (way, from, to): (u64, usize, usize),
    drops: &Drops,
) {
    let mut place = from;
    while place < to {
        if drops.random.once_in(2) {
            let mut out = vec![0; 1 + drops.random.below(5_000)];
            let Some(count) = drops.perhaps(stream.read(&mut out)).await else { continue };
            let count = count.unwrap();
            assert!(out[..count] == piece(way, place, count), "at {place}");
            place += count;
            continue;
        }
        let Some(found) = drops.perhaps(stream.fill_buf()).await else { continue };
        let found = found.unwrap();
        assert!(!found.is_empty() && *found == piece(way, place, found.len()), "at {place}");
        let count = drops.random.below(found.len() + 1);
        stream.consume(count);
        place += count;
    }
    assert_eq!(place, to);
}

async fn shake_hands<K: Tls, A: Answer>(stream: &mut Wired<K, A>, drops: &Drops) {
    if drops.random.once_in(2) {
        drops.until_done(async || stream.handshake().await).await;
    }
}

/// The client writes, the server writes, in turns; then both close.
fn talk(shape: Shape, often: usize) {
    let (mut client, mut server) = shape.asynchronous(&shape.pipes());
    let random = Random::new(shape.chance as u64);
    let drops = Drops { random: random.clone(), often };
    let total = if shape.capacity < 64 { 5_000 } else { 100_000 };
    let steps = [0, 1, total / 5, total / 4, total];
    let client_side = async {
        shake_hands(&mut client, &drops).await;
        for step in steps.windows(2) {
            write(&mut client, (1, step[0], step[1]), &drops).await;
            // The read sends what waits.
            read(&mut client, (2, step[0], step[1]), &drops).await;
        }
        drops.until_done(async || client.close().await).await;
        drops.until_done(async || client.flush().await).await;
        assert_eq!(drops.until_done(async || client.read(&mut [0; 9]).await).await, 0);
    };
    let server_side = async {
        shake_hands(&mut server, &drops).await;
        for step in steps.windows(2) {
            read(&mut server, (1, step[0], step[1]), &drops).await;
            write(&mut server, (2, step[0], step[1]), &drops).await;
        }
        assert_eq!(drops.until_done(async || server.read(&mut [0; 9]).await).await, 0);
        assert!(drops.until_done(async || server.fill_buf().await.map(<[u8]>::is_empty)).await);
        drops.until_done(async || server.close().await).await;
    };
    Tasks::new(random).with(client_side).with(server_side).run();
}

#[test]
fn both_ends_shake_hands_write_read_and_close() {
    let mut chance = 0;
    for versions in VERSIONS {
        for buffers in BUFFERS {
            for capacity in CAPACITIES {
                for leaves in [Leaves::AtOnce, Leaves::WhenFlushed] {
                    chance += 1;
                    talk(Shape { versions, buffers, capacity, leaves, chance }, 0);
                }
            }
        }
    }
}

#[test]
fn a_future_that_is_dropped_has_not_happened() {
    for seed in seeds(0..30) {
        let random = Random::new(seed);
        let (shape, often) = (Shape::any(&random), 1 + random.below(4));
        println!("seed {seed}: {shape:?}, dropped once in {often}");
        talk(shape, often);
    }
}
