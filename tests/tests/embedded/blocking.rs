//! Two threads, each with a stream that waits in its calls.

use std::thread;

use embedded_io::{BufRead, Read, Write};
use tidegate::embedded::{Answer, Stream, Tls};

use crate::ends::{BUFFERS, CAPACITIES, Shape, VERSIONS};
use crate::pipe::{Leaves, Wire};
use crate::random::{Random, piece};

/// Bytes in one direction; less where each goes alone.
const fn total(shape: Shape) -> usize {
    if shape.capacity < 64 { 5_000 } else { 100_000 }
}

fn write<K: Tls, A: Answer>(stream: &mut Stream<K, A, Wire>, way: u64, total: usize, random: &Random) {
    let mut written = 0;
    while written < total {
        let data = piece(way, written, (1 + random.below(20_000)).min(total - written));
        written += stream.write(&data).unwrap();
        if random.once_in(8) {
            stream.flush().unwrap();
        }
    }
    stream.flush().unwrap();
}

fn read<K: Tls, A: Answer>(stream: &mut Stream<K, A, Wire>, way: u64, total: usize, random: &Random) {
    let mut place = 0;
    while place < total {
        let count = if random.once_in(2) {
            let mut out = vec![0; 1 + random.below(5_000)];
            let count = stream.read(&mut out).unwrap();
            assert!(out[..count] == piece(way, place, count), "at {place}");
            count
        } else {
            let found = stream.fill_buf().unwrap();
            assert!(*found == piece(way, place, found.len()), "at {place}");
            let count = random.below(found.len() + 1);
            stream.consume(count);
            count
        };
        place += count;
    }
    assert_eq!(place, total);
}

fn end<K: Tls, A: Answer>(stream: &mut Stream<K, A, Wire>) {
    assert_eq!(stream.read(&mut [0; 8]), Ok(0));
    assert_eq!(stream.fill_buf(), Ok(&[][..]));
    assert_eq!(stream.read(&mut [0; 8]), Ok(0));
}

fn talk(shape: Shape) {
    let (mut client, mut server) = shape.blocking(&shape.pipes());
    let (random, other) = (shape.chance as u64, shape.chance as u64 + 1);
    thread::scope(|scope| {
        scope.spawn(move || {
            let random = Random::new(random);
            write(&mut client, 1, total(shape), &random);
            read(&mut client, 2, total(shape), &random);
            client.close().unwrap();
            end(&mut client);
        });
        scope.spawn(move || {
            let random = Random::new(other);
            read(&mut server, 1, total(shape), &random);
            write(&mut server, 2, total(shape), &random);
            end(&mut server);
            server.close().unwrap();
        });
    });
}

#[test]
fn both_ends_shake_hands_write_read_and_close() {
    let mut chance = 0;
    for versions in VERSIONS {
        for buffers in BUFFERS {
            for capacity in CAPACITIES {
                for leaves in [Leaves::AtOnce, Leaves::WhenFlushed] {
                    chance += 1;
                    talk(Shape { versions, buffers, capacity, leaves, chance });
                }
            }
        }
    }
}
