//! A stream whose calls wait.

use core::fmt;

use embedded_io::{BufRead, ErrorType, Read, Write};

use super::session::{Received, Session, Step};
use super::{Answer, StreamError, Tls};

/// One end of a TLS connection over a transport that waits, itself [`Read`], [`BufRead`] and [`Write`].
///
/// `K` is a [`Connection`](crate::Connection), `A` answers what it asks, `T` is the transport.
///
/// A read returns `Ok(0)` only after the peer's close_notify. A transport that ends without one is an error, since what was
/// read may be cut short. Dropping a stream does not close it: [`Stream::close`] does.
///
/// # Errors
/// [`StreamError`]. An error of the connection stays; its alert is sent before it is returned.
pub struct Stream<K, A, T> {
    session: Session<K, A>,
    transport: T,
}

impl<K: Tls, A: Answer, T> Stream<K, A, T> {
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

impl<K: Tls, A: Answer, T: Read + Write> Stream<K, A, T> {
    /// Shakes hands, which reads and writes do by themselves, too; returns when our last message has left.
    ///
    /// # Errors
    /// [`StreamError`].
    pub fn handshake(&mut self) -> Result<(), StreamError<T::Error>> {
        self.drive(|session| session.shake_hands())
    }

    /// Closes our direction with a close_notify (RFC 8446, section 6.1) that follows what was written. The peer's direction
    /// stays open: read on until `Ok(0)`.
    ///
    /// # Errors
    /// [`StreamError`].
    pub fn close(&mut self) -> Result<(), StreamError<T::Error>> {
        self.drive(|session| session.close())
    }

    /// Repeats a step until it is done, and does with the transport what it asks for in between.
    fn drive<U>(
        &mut self,
        mut step: impl FnMut(&mut Session<K, A>) -> Result<Step<U>, StreamError<T::Error>>,
    ) -> Result<U, StreamError<T::Error>> {
        loop {
            match step(&mut self.session) {
                Ok(Step::Done(result)) => return Ok(result),
                Ok(Step::Send) => self.send()?,
                Ok(Step::Receive) if self.session.has_to_send() => self.send()?,
                Ok(Step::Receive) => self.receive()?,
                Err(error) => {
                    if let StreamError::Tls(_) = error {
                        // The error counts, not whether the peer could be told.
                        let _ = self.send();
                    }
                    return Err(error);
                }
            }
        }
    }

    fn send(&mut self) -> Result<(), StreamError<T::Error>> {
        let Self { session, transport } = self;
        while !session.connection.outgoing().is_empty() {
            match transport.write(session.connection.outgoing()).map_err(StreamError::Transport)? {
                0 => return Err(StreamError::TransportClosed),
                count => session.sent(count),
            }
        }
        transport.flush().map_err(StreamError::Transport)?;
        session.flushed();
        Ok(())
    }

    fn receive(&mut self) -> Result<(), StreamError<T::Error>> {
        let Self { session, transport } = self;
        loop {
            let count =
                transport.read(session.connection.incoming_space()).map_err(StreamError::Transport)?;
            if session.received(count) == Received::Enough {
                return Ok(());
            }
        }
    }
}

impl<K, A, T: ErrorType> ErrorType for Stream<K, A, T> {
    type Error = StreamError<T::Error>;
}

impl<K: Tls, A: Answer, T: Read + Write> Read for Stream<K, A, T> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, Self::Error> {
        self.drive(|session| session.read(out))
    }
}

impl<K: Tls, A: Answer, T: Read + Write> BufRead for Stream<K, A, T> {
    fn fill_buf(&mut self) -> Result<&[u8], Self::Error> {
        let head = self.drive(|session| session.find())?;
        self.session.found(head)
    }

    fn consume(&mut self, count: usize) {
        self.session.consume(count);
    }
}

impl<K: Tls, A: Answer, T: Read + Write> Write for Stream<K, A, T> {
    fn write(&mut self, data: &[u8]) -> Result<usize, Self::Error> {
        self.drive(|session| session.write(data))
    }

    fn flush(&mut self) -> Result<(), Self::Error> {
        self.drive(|session| session.flush())
    }
}

impl<K: fmt::Debug, A, T> fmt::Debug for Stream<K, A, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream").field("connection", &self.session.connection).finish_non_exhaustive()
    }
}
