//! A stream whose futures wait.

use core::fmt;

use embedded_io::ErrorType;
use embedded_io_async::{BufRead, Read, Write};

use super::session::{Received, Session, Step};
use super::{Answer, StreamError, Tls};

/// One end of a TLS connection over an asynchronous transport, itself [`Read`], [`BufRead`] and [`Write`].
///
/// As [`Stream`](super::Stream), and cancel-safe as far as the transport is: a read or write whose future is dropped has not
/// happened, and no byte is lost. Over a [`Duplex`](super::Duplex) it can be [split](AsyncStream::into_split).
///
/// # Errors
/// [`StreamError`]. An error of the connection stays; its alert is sent before it is returned.
pub struct AsyncStream<K, A, T> {
    pub(super) session: Session<K, A>,
    pub(super) transport: T,
}

impl<K: Tls, A: Answer, T> AsyncStream<K, A, T> {
    /// A stream that has not said anything yet. The connection's writes are
    /// [partial](crate::modes::Modes::ENABLE_PARTIAL_WRITE) from here on. Its configuration is to have the default
    /// [completion](crate::modes::Completion): with the other, an interrupted write has happened in part.
    pub fn new(connection: K, answers: A, transport: T) -> Self {
        Self { session: Session::new(connection, answers), transport }
    }

    /// The connection: what was negotiated, its modes, its error.
    pub const fn connection(&self) -> &K {
        &self.session.connection
    }

    /// The connection, for its settings, and for what it gives back between calls: its handshake space, and, with
    /// [`detach_incoming`](crate::Connection::detach_incoming) and its siblings, its buffers.
    pub const fn connection_mut(&mut self) -> &mut K {
        &mut self.session.connection
    }

    /// The transport.
    pub const fn transport_mut(&mut self) -> &mut T {
        &mut self.transport
    }

    /// The connection and the transport.
    pub fn into_parts(self) -> (K, T) {
        (self.session.connection, self.transport)
    }
}

impl<K: Tls, A: Answer, T: Read + Write> AsyncStream<K, A, T> {
    /// Shakes hands, which reads and writes do by themselves, too; returns when our last message has left.
    ///
    /// # Errors
    /// [`StreamError`].
    pub async fn handshake(&mut self) -> Result<(), StreamError<T::Error>> {
        self.drive(|session| session.shake_hands()).await
    }

    /// Closes our direction with a close_notify (RFC 8446, section 6.1) that follows what was written. The peer's direction
    /// stays open: read on until `Ok(0)`.
    ///
    /// # Errors
    /// [`StreamError`].
    pub async fn close(&mut self) -> Result<(), StreamError<T::Error>> {
        self.drive(|session| session.close()).await
    }

    /// Repeats a step until it is done, and does with the transport what it asks for in between.
    async fn drive<U>(
        &mut self,
        mut step: impl FnMut(&mut Session<K, A>) -> Result<Step<U>, StreamError<T::Error>>,
    ) -> Result<U, StreamError<T::Error>> {
        loop {
            match step(&mut self.session) {
                Ok(Step::Done(result)) => return Ok(result),
                Ok(Step::Send) => self.send().await?,
                Ok(Step::Receive) if self.session.has_to_send() => self.send().await?,
                Ok(Step::Receive) => self.receive().await?,
                Err(error) => {
                    if let StreamError::Tls(_) = error {
                        // The error counts, not whether the peer could be told.
                        let _ = self.send().await;
                    }
                    return Err(error);
                }
            }
        }
    }

    async fn send(&mut self) -> Result<(), StreamError<T::Error>> {
        let Self { session, transport } = self;
        while !session.connection.outgoing().is_empty() {
            let written = transport.write(session.connection.outgoing()).await;
            match written.map_err(StreamError::Transport)? {
                0 => return Err(StreamError::TransportClosed),
                count => session.sent(count),
            }
        }
        transport.flush().await.map_err(StreamError::Transport)?;
        session.flushed();
        Ok(())
    }

    async fn receive(&mut self) -> Result<(), StreamError<T::Error>> {
        let Self { session, transport } = self;
        loop {
            let read = transport.read(session.connection.incoming_space()).await;
            if session.received(read.map_err(StreamError::Transport)?) == Received::Enough {
                return Ok(());
            }
        }
    }
}

impl<K, A, T: ErrorType> ErrorType for AsyncStream<K, A, T> {
    type Error = StreamError<T::Error>;
}

impl<K: Tls, A: Answer, T: Read + Write> Read for AsyncStream<K, A, T> {
    async fn read(&mut self, out: &mut [u8]) -> Result<usize, Self::Error> {
        self.drive(|session| session.read(out)).await
    }
}

impl<K: Tls, A: Answer, T: Read + Write> BufRead for AsyncStream<K, A, T> {
    async fn fill_buf(&mut self) -> Result<&[u8], Self::Error> {
        let head = self.drive(|session| session.find()).await?;
        self.session.found(head)
    }

    fn consume(&mut self, count: usize) {
        self.session.consume(count);
    }
}

impl<K: Tls, A: Answer, T: Read + Write> Write for AsyncStream<K, A, T> {
    async fn write(&mut self, data: &[u8]) -> Result<usize, Self::Error> {
        self.drive(|session| session.write(data)).await
    }

    async fn flush(&mut self) -> Result<(), Self::Error> {
        self.drive(|session| session.flush()).await
    }
}

impl<K: fmt::Debug, A, T> fmt::Debug for AsyncStream<K, A, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncStream").field("connection", &self.session.connection).finish_non_exhaustive()
    }
}
