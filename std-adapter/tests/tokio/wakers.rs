//! Nobody is left asleep: a reader and a writer of each end, in a task each, over a transport that takes a byte at a time.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use tidegate::wire::enums::{KeyUpdateRequest, ProtocolVersion};
use tidegate_std::tokio::AsyncStream;
use tidegate_std::{Acceptor, Connector, End};
use tokio::io::{AsyncBufRead, AsyncWrite};

use crate::narrow::{Random, byte};
use crate::pki::Pki;
use crate::tasks::{Spurious, Tasks};
use crate::wire::{Width, Wire};

/// Bytes in each direction.
const LENGTH: usize = 3000;

type Shared<R> = RefCell<AsyncStream<R, Wire>>;

/// Where writers wait until both readers have everything: an end that has closed takes part in no renegotiation.
#[derive(Default)]
struct Meeting {
    readers: Cell<usize>,
    writers: RefCell<Vec<Waker>>,
}

impl Meeting {
    fn arrive(&self) {
        self.readers.set(self.readers.get() + 1);
        self.writers.take().into_iter().for_each(Waker::wake);
    }

    fn poll(&self, context: &Context<'_>) -> Poll<()> {
        if self.readers.get() == 2 {
            return Poll::Ready(());
        }
        self.writers.borrow_mut().push(context.waker().clone());
        Poll::Pending
    }
}

async fn write<R: End>(stream: &Shared<R>, random: Random, meeting: &Meeting) {
    let mut written = 0;
    while written < LENGTH {
        // Whatever was not taken may be followed by something else.
        let count = poll_fn(|context| {
            let end = LENGTH.min(written + 1 + random.below(200));
            let data: Vec<u8> = (written..end).map(byte).collect();
            Pin::new(&mut *stream.borrow_mut()).poll_write(context, &data)
        });
        written += count.await.unwrap();
        change_keys(stream, &random);
    }
    poll_fn(|context| Pin::new(&mut *stream.borrow_mut()).poll_flush(context)).await.unwrap();
    poll_fn(|context| meeting.poll(context)).await;
    poll_fn(|context| Pin::new(&mut *stream.borrow_mut()).poll_shutdown(context)).await.unwrap();
}

fn change_keys<R: End>(stream: &Shared<R>, random: &Random) {
    let mut stream = stream.borrow_mut();
    if random.below(8) == 0 && stream.negotiated().version() == Some(ProtocolVersion::TLS_1_3) {
        let _ = stream.tls_mut().update_keys(KeyUpdateRequest::UPDATE_REQUESTED);
    } else if random.below(30) == 0 {
        let _ = stream.tls_mut().renegotiate();
    }
}

async fn read<R: End>(stream: &Shared<R>, random: Random, meeting: &Meeting) {
    let mut read = 0;
    loop {
        let count = poll_fn(|context| {
            let mut stream = stream.borrow_mut();
            let mut stream = Pin::new(&mut *stream);
            let Poll::Ready(data) = stream.as_mut().poll_fill_buf(context) else { return Poll::Pending };
            let data = data.unwrap();
            let count = data.len().min(1 + random.below(50));
            assert!(data[..count].iter().enumerate().all(|(at, got)| *got == byte(read + at)), "at {read}");
            stream.consume(count);
            Poll::Ready(count)
        })
        .await;
        read += count;
        if count > 0 && read == LENGTH {
            meeting.arrive();
        }
        if count == 0 {
            return assert_eq!(read, LENGTH);
        }
    }
}

fn flood(connector: &Connector, acceptor: &Acceptor, spurious: Spurious) {
    for seed in 0..30 {
        let [here, there] = Wire::pair(seed, Width { whims: seed as usize % 3 * 4, ..Width::NARROW });
        let client = RefCell::new(AsyncStream::from(connector.start("localhost", here).unwrap()));
        let server = RefCell::new(AsyncStream::from(acceptor.start(there).unwrap()));
        let meeting = Meeting::default();
        let (tasks, random) = (Tasks::new(seed), Random::new(seed));
        tasks.spawn("the client reads", read(&client, random.clone(), &meeting));
        tasks.spawn("the client writes", write(&client, random.clone(), &meeting));
        tasks.spawn("the server reads", read(&server, random.clone(), &meeting));
        tasks.spawn("the server writes", write(&server, random.clone(), &meeting));
        tasks.run(spurious);
    }
}

#[test]
fn two_tasks_at_each_end_all_come_to_their_end() {
    let pki = Pki::new();
    flood(&pki.connector(), &pki.acceptor(), Spurious::Never);
}

#[test]
fn tasks_that_are_polled_for_no_reason_change_nothing() {
    let pki = Pki::new();
    flood(&pki.connector(), &pki.acceptor(), Spurious::Sometimes);
}

#[test]
fn two_tasks_at_each_end_come_through_renegotiations() {
    let (connector, acceptor) = Pki::new().renegotiating();
    flood(&connector, &acceptor, Spurious::Never);
}
