//! A pipe of limited width that can be cut, fail, and keep bytes back until it is flushed.

use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use embedded_io::{Error, ErrorKind, ErrorType};

/// Somebody waits for ever.
const STALLED: Duration = Duration::from_secs(20);

/// The pipe failed, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("broken")
    }
}

impl std::error::Error for Broken {}

impl Error for Broken {
    fn kind(&self) -> ErrorKind {
        ErrorKind::ConnectionReset
    }
}

/// When bytes that were written are on their way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leaves {
    AtOnce,
    WhenFlushed,
}

#[derive(Debug)]
struct State {
    bytes: VecDeque<u8>,
    /// Written, and not on their way.
    kept: VecDeque<u8>,
    capacity: usize,
    leaves: Leaves,
    cut: bool,
    /// So many calls that are still to fail.
    read_fails: usize,
    write_fails: usize,
    chance: u64,
    wakers: Vec<Waker>,
}

impl State {
    fn below(&mut self, bound: usize) -> usize {
        self.chance =
            self.chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.chance >> 33) as usize % bound
    }

    fn some(&mut self, most: usize) -> usize {
        let most = if self.below(2) == 0 { most } else { most.min(40) };
        1 + self.below(most)
    }

    /// Lets what was kept go as far as there is room; whether all of it has gone.
    fn push(&mut self) -> bool {
        let count = self.kept.len().min(self.capacity - self.bytes.len());
        self.bytes.extend(self.kept.drain(..count));
        self.kept.is_empty()
    }

    fn try_read(&mut self, out: &mut [u8]) -> Option<Result<usize, Broken>> {
        if self.read_fails > 0 {
            self.read_fails -= 1;
            return Some(Err(Broken));
        }
        if self.bytes.is_empty() {
            return self.cut.then_some(Ok(0));
        }
        assert!(!out.is_empty(), "whoever reads has room");
        let most = out.len().min(self.bytes.len());
        let count = self.some(most);
        out.iter_mut().zip(self.bytes.drain(..count)).for_each(|(to, byte)| *to = byte);
        Some(Ok(count))
    }

    fn try_write(&mut self, data: &[u8]) -> Option<Result<usize, Broken>> {
        if self.write_fails > 0 {
            self.write_fails -= 1;
            return Some(Err(Broken));
        }
        assert!(!data.is_empty(), "whoever writes has something");
        if self.cut {
            return Some(Ok(data.len()));
        }
        if self.kept.len() == self.capacity {
            self.push();
        }
        let room = match self.leaves {
            Leaves::AtOnce => self.capacity - self.bytes.len(),
            Leaves::WhenFlushed => self.capacity - self.kept.len(),
        };
        let count = if room == 0 { return None } else { self.some(room.min(data.len())) };
        match self.leaves {
            Leaves::AtOnce => self.bytes.extend(&data[..count]),
            Leaves::WhenFlushed => self.kept.extend(&data[..count]),
        }
        Some(Ok(count))
    }

    fn try_flush(&mut self) -> Option<Result<(), Broken>> {
        (self.cut || self.push()).then_some(Ok(()))
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Pipe(Arc<(Mutex<State>, Condvar)>);

impl Pipe {
    pub(crate) fn new(capacity: usize, leaves: Leaves, chance: usize) -> Self {
        let state = State {
            bytes: VecDeque::new(),
            kept: VecDeque::new(),
            capacity,
            leaves,
            cut: false,
            read_fails: 0,
            write_fails: 0,
            chance: chance as u64,
            wakers: Vec::new(),
        };
        Self(Arc::new((Mutex::new(state), Condvar::new())))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.0.lock().unwrap()
    }

    /// Both ends look again.
    fn changed(&self, mut state: MutexGuard<'_, State>) {
        let wakers = std::mem::take(&mut state.wakers);
        drop(state);
        self.0.1.notify_all();
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Nothing more comes; what is on its way arrives.
    pub(crate) fn cut(&self) {
        let mut state = self.state();
        state.cut = true;
        self.changed(state);
    }

    pub(crate) fn fail_next_read(&self) {
        self.state().read_fails = 1;
    }

    pub(crate) fn fail_next_write(&self) {
        self.state().write_fails = 1;
    }

    pub(crate) fn put(&self, bytes: &[u8]) {
        let mut state = self.state();
        state.bytes.extend(bytes);
        self.changed(state);
    }

    pub(crate) fn take(&self) -> Vec<u8> {
        let mut state = self.state();
        let bytes = state.bytes.drain(..).collect();
        self.changed(state);
        bytes
    }

    fn block<T>(&self, mut attempt: impl FnMut(&mut State) -> Option<T>) -> T {
        let mut state = self.state();
        loop {
            if let Some(result) = attempt(&mut state) {
                self.changed(state);
                return result;
            }
            let timeout;
            (state, timeout) = self.0.1.wait_timeout(state, STALLED).unwrap();
            assert!(!timeout.timed_out(), "nothing moves");
        }
    }

    fn poll<T>(&self, context: &Context<'_>, attempt: impl FnOnce(&mut State) -> Option<T>) -> Poll<T> {
        let mut state = self.state();
        // Not ready, though it could be: a place to be dropped at.
        if state.below(4) == 0 {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if let Some(result) = attempt(&mut state) {
            self.changed(state);
            return Poll::Ready(result);
        }
        state.wakers.push(context.waker().clone());
        Poll::Pending
    }
}

/// The end that reads.
#[derive(Debug)]
pub(crate) struct Rx(pub(crate) Pipe);

/// The end that writes.
#[derive(Debug)]
pub(crate) struct Tx(pub(crate) Pipe);

impl ErrorType for Rx {
    type Error = Broken;
}

impl ErrorType for Tx {
    type Error = Broken;
}

impl embedded_io::Read for Rx {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, Broken> {
        self.0.block(|state| state.try_read(out))
    }
}

impl embedded_io::Write for Tx {
    fn write(&mut self, data: &[u8]) -> Result<usize, Broken> {
        self.0.block(|state| state.try_write(data))
    }

    fn flush(&mut self) -> Result<(), Broken> {
        self.0.block(State::try_flush)
    }
}

impl embedded_io_async::Read for Rx {
    async fn read(&mut self, out: &mut [u8]) -> Result<usize, Broken> {
        poll_fn(|context| self.0.poll(context, |state| state.try_read(out))).await
    }
}

impl embedded_io_async::Write for Tx {
    async fn write(&mut self, data: &[u8]) -> Result<usize, Broken> {
        poll_fn(|context| self.0.poll(context, |state| state.try_write(data))).await
    }

    async fn flush(&mut self) -> Result<(), Broken> {
        poll_fn(|context| self.0.poll(context, State::try_flush)).await
    }
}

/// Both, for who waits in calls.
#[derive(Debug)]
pub(crate) struct Wire {
    pub(crate) rx: Rx,
    pub(crate) tx: Tx,
}

impl ErrorType for Wire {
    type Error = Broken;
}

impl embedded_io::Read for Wire {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, Broken> {
        self.rx.read(out)
    }
}

impl embedded_io::Write for Wire {
    fn write(&mut self, data: &[u8]) -> Result<usize, Broken> {
        self.tx.write(data)
    }

    fn flush(&mut self) -> Result<(), Broken> {
        self.tx.flush()
    }
}
