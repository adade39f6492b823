//! A transport of tokio as one that does not block, for the time of a poll.

use std::io::{self, Read, Write};
use std::pin::Pin;
use std::task::{Context, Poll};

use ::tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Says [`io::ErrorKind::WouldBlock`] where the transport says that the task will be woken.
pub(super) struct Polled<'a, 'c, IO> {
    io: Pin<&'a mut IO>,
    context: &'a mut Context<'c>,
    waits_for: WaitsFor,
}

/// What will wake a task that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WaitsFor {
    /// The transport, which has its waker.
    Transport,
    /// Whoever takes what was received: the connection keeps no more of it.
    Taking,
}

impl<'a, 'c, IO: Unpin> Polled<'a, 'c, IO> {
    pub(super) fn new(io: &'a mut IO, context: &'a mut Context<'c>) -> Self {
        Self { io: Pin::new(io), context, waits_for: WaitsFor::Taking }
    }

    /// What whoever was told to wait waits for.
    pub(super) const fn waits_for(&self) -> WaitsFor {
        self.waits_for
    }
}

impl<IO> Polled<'_, '_, IO> {
    fn now<O>(&mut self, poll: Poll<io::Result<O>>) -> io::Result<O> {
        match poll {
            Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::WouldBlock => {
                Err(io::Error::other("the transport says that it would block, and not that it is pending"))
            }
            Poll::Ready(outcome) => outcome,
            Poll::Pending => {
                self.waits_for = WaitsFor::Transport;
                Err(io::ErrorKind::WouldBlock.into())
            }
        }
    }
}

impl<IO: AsyncRead> Read for Polled<'_, '_, IO> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut space = ReadBuf::new(out);
        let poll = self.io.as_mut().poll_read(self.context, &mut space);
        self.now(poll)?;
        Ok(space.filled().len())
    }
}

impl<IO: AsyncWrite> Write for Polled<'_, '_, IO> {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let poll = self.io.as_mut().poll_write(self.context, data);
        self.now(poll)
    }

    fn flush(&mut self) -> io::Result<()> {
        let poll = self.io.as_mut().poll_flush(self.context);
        self.now(poll)
    }
}
