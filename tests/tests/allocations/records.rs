//! A record costs no allocation, whatever kind of stream it goes through.

use std::future::Future;
use std::io::{self, BufRead, IoSlice, Read, Write};
use std::os::unix::net::UnixStream;
use std::task::{Context, Poll, Waker};

use tidegate_std::tidegate::modes::Modes;
use tidegate_std::tokio::AsyncStream;
use tidegate_std::{Buffers, End, Stream};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt};

use crate::ends::{Memory, connected, makers};

/// Rounds before anything is counted, and those that count.
const ROUNDS: (usize, usize) = (3, 100);

/// Lengths of a write.
const LENGTHS: [usize; 3] = [1, 1000, 40_000];

const MODES: [Modes; 2] = [Modes::empty(), Modes::RELEASE_BUFFERS];

/// How often rounds of this allocate.
fn allocations(mut round: impl FnMut()) -> u64 {
    (0..ROUNDS.0).for_each(|_| round());
    crate::allocations(|| (0..ROUNDS.1).for_each(|_| round()))
}

/// Writes, and reads all of it at the other end, half of the records where they lie.
fn carry<A: End, B: End, T: Read + Write>(
    from: &mut Stream<A, T>,
    to: &mut Stream<B, T>,
    (data, out): (&[u8], &mut [u8]),
) {
    let (mut written, mut read) = (0, 0);
    while read < data.len() {
        let (one, other) = data[written..].split_at((data.len() - written) / 2);
        match from.write_vectored(&[IoSlice::new(one), IoSlice::new(other)]) {
            Ok(count) => written += count,
            Err(error) => assert_eq!(error.kind(), io::ErrorKind::WouldBlock),
        }
        if let Ok(lent) = to.fill_buf() {
            let count = lent.len();
            to.consume(count);
            read += count;
        }
        read += to.read(out).unwrap_or(0);
    }
}

#[test]
fn blocking_and_non_blocking_streams_allocate_nothing_for_a_record() {
    for modes in MODES {
        let (here, there) = UnixStream::pair().unwrap();
        for socket in [&here, &there] {
            socket.set_nonblocking(true).unwrap();
        }
        let (mut client, mut server) = connected(&makers(modes, Buffers::default()), [here, there]);
        for length in LENGTHS {
            let (data, mut out) = (vec![7; length], vec![0; 16_384]);
            let count = allocations(|| {
                carry(&mut client, &mut server, (&data, &mut out));
                carry(&mut server, &mut client, (&data, &mut out));
            });
            assert_eq!(count, 0, "{length} bytes, not blocking, {modes:?}");
        }
        for socket in [client.get_ref(), server.get_ref()] {
            socket.set_nonblocking(false).unwrap();
        }
        for length in LENGTHS {
            let (data, mut out) = (vec![7; length], vec![0; length]);
            let count = allocations(|| {
                client.write_all(&data).unwrap();
                server.read_exact(&mut out).unwrap();
                server.write_all(&data).unwrap();
                client.read_exact(&mut out).unwrap();
            });
            assert_eq!(count, 0, "{length} bytes, blocking, {modes:?}");
        }
    }
}

/// What a future comes to that is ready at once.
fn now<F: Future>(future: F) -> F::Output {
    match std::pin::pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => outcome,
        Poll::Pending => panic!("it waits"),
    }
}

#[test]
fn asynchronous_streams_allocate_nothing_for_a_record() {
    for modes in MODES {
        let transport = Memory::pair(1 << 20);
        let (client, server) = connected(&makers(modes, Buffers::default()), transport);
        let (mut client, mut server) = (AsyncStream::from(client), AsyncStream::from(server));
        for length in LENGTHS {
            let (data, mut out) = (vec![7; length], vec![0; length]);
            let count = allocations(|| {
                now(client.write_all(&data)).unwrap();
                now(server.read_exact(&mut out[..1])).unwrap();
                let mut rest = length - 1;
                while rest > 0 {
                    let lent = now(server.fill_buf()).unwrap().len();
                    server.consume(lent);
                    rest -= lent;
                }
                now(server.write_all(&data)).unwrap();
                now(client.read_exact(&mut out)).unwrap();
            });
            assert_eq!(count, 0, "{length} bytes, {modes:?}");
        }
    }
}
