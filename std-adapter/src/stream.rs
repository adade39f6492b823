//! A TLS connection as a stream of bytes.

mod bytes;
mod drive;
mod early_data;
mod end;
mod keys;
mod session;
#[cfg(test)]
mod unanswered;

use std::fmt;
use std::io::{self, Read, Write};
use std::sync::Arc;

use pki_types::CertificateDer;
use tidegate::modes::Modes;
use tidegate::{Client, Connection, HandshakeSpace, Negotiated, RenegotiateError, Server};

use crate::buffer::RecordBuffer;
use crate::identity::IdentityList;
use crate::provider::Software;
pub(crate) use drive::Drive;
#[cfg(feature = "tokio")]
pub(crate) use drive::Found;
pub use end::{ClientVerifier, End, Verifier};
pub(crate) use session::{Session, Shared};

/// A connection that owns what it works with.
pub type OwnedConnection<R, C> = Connection<R, Software, Arc<C>, Box<HandshakeSpace<Software>>, RecordBuffer>;

/// A client over a transport.
pub type ClientStream<T> = Stream<Client<IdentityList>, T>;

/// A server over a transport.
pub type ServerStream<T> = Stream<Server, T>;

/// One end of a TLS connection over a transport, itself [`Read`], [`io::BufRead`] and [`Write`].
///
/// # Reading
/// `Ok(0)` comes only after the peer's close_notify: the end of the stream, authenticated. A transport that ends
/// without one is [`io::ErrorKind::UnexpectedEof`], since what was read may be cut short. [`io::BufRead`] lends the
/// decrypted record where it lies, without a copy.
///
/// # Writing
/// A write returns how many bytes are sealed into records; it sends them as far as the transport takes them.
/// [`Write::flush`] returns when all of them have left.
///
/// # Non-blocking transports
/// The same type serves them. Calls return [`io::ErrorKind::WouldBlock`] where they would wait, and can be repeated
/// when the transport is ready; nothing is lost, and a repeated write may differ. [`Stream::wants_read`] and
/// [`Stream::wants_write`] tell what to be woken for. As with other edge-triggered sources, read until `WouldBlock`:
/// decrypted bytes may lie in the stream while the socket has none.
///
/// # Renegotiation
/// On a connection of TLS 1.2 whose configuration allows it, either end may begin another handshake. It happens within reads and
/// writes, while data flows in both directions; a write that meets data on its way keeps up to a megabyte of it for the
/// next read. A peer that only writes may send more than that before it answers: then a write or a handshake returns
/// [`io::ErrorKind::WouldBlock`], over a blocking transport, too. Read, and repeat it.
///
/// # Closing
/// [`Stream::close`] sends a close_notify. Dropping a stream does not: the peer sees its end as cut.
///
/// # Errors
/// [`tls_error`](crate::tls_error) tells the connection's errors from the transport's. They stay: every later call
/// returns the same one. The alert for the peer is sent before the error is returned, if the transport takes it.
pub struct Stream<R: End, T> {
    session: Session<R>,
    transport: T,
}

impl<R: End, T> Stream<R, T> {
    pub(crate) const fn new(session: Session<R>, transport: T) -> Self {
        Self { session, transport }
    }

    /// What is driven, and what it is driven over.
    #[cfg(feature = "tokio")]
    pub(crate) const fn parts(&mut self) -> (&mut Session<R>, &mut T) {
        (&mut self.session, &mut self.transport)
    }

    /// The connection: what was negotiated, its protocol, its modes, its error.
    #[must_use]
    pub const fn connection(&self) -> &OwnedConnection<R, R::Config> {
        &self.session.connection
    }

    /// What both ends agreed on, as far as the handshake went.
    #[must_use]
    pub const fn negotiated(&self) -> &Negotiated {
        self.session.connection.negotiated()
    }

    /// The application protocol agreed on (RFC 7301).
    #[must_use]
    pub fn protocol(&self) -> Option<&[u8]> {
        self.session.connection.protocol()
    }

    /// The certificates that the peer showed in the last handshake, leaf first. They were accepted if it is done; a
    /// renegotiation that is not changes nothing yet. Where a session goes on nobody shows any: once that handshake is done
    /// they are those of the handshake in which the session began.
    #[must_use]
    pub fn peer_certificates(&self) -> &[CertificateDer<'static>] {
        self.session.peer_certificates.get()
    }

    /// The server name: what a client asked for, what a server was asked for.
    #[must_use]
    pub fn server_name(&self) -> Option<&str> {
        self.session.server_name()
    }

    /// Whether the handshake is not done yet.
    #[must_use]
    pub fn is_handshaking(&self) -> bool {
        self.session.connection.is_handshaking()
    }

    /// Whether bytes from the peer are of any use: the event to wait for after a call would have blocked on them.
    #[must_use]
    pub fn wants_read(&self) -> bool {
        self.session.is_open() && self.session.connection.error().is_none()
    }

    /// Whether bytes wait for the transport to take them: call [`Write::flush`] when it does.
    #[must_use]
    pub fn wants_write(&self) -> bool {
        !self.session.connection.outgoing().is_empty()
    }

    /// Adds modes and returns the new set; see [`tidegate::modes`].
    pub fn set_mode(&mut self, modes: Modes) -> Modes {
        self.session.connection.set_mode(modes)
    }

    /// Removes modes and returns the new set. Without `ENABLE_PARTIAL_WRITE`, a write over a non-blocking transport
    /// that would have blocked must be repeated with the same bytes; another one is refused with
    /// [`io::ErrorKind::InvalidInput`].
    pub fn clear_mode(&mut self, modes: Modes) -> Modes {
        self.session.connection.clear_mode(modes)
    }

    /// Wants another handshake on a connection of TLS 1.2, which [`Connector::configured`](crate::Connector::configured) must
    /// have allowed. It happens within the reads and writes that follow, and nothing else is to be done for it.
    ///
    /// # Errors
    /// [`RenegotiateError`], which changes nothing but for `Failed`.
    pub fn renegotiate(&mut self) -> Result<(), RenegotiateError> {
        self.session.connection.renegotiate()
    }

    /// The transport.
    #[must_use]
    pub const fn get_ref(&self) -> &T {
        &self.transport
    }

    /// The transport, for its settings and for registering it; bytes read from it or written to it are lost to the
    /// connection.
    pub const fn get_mut(&mut self) -> &mut T {
        &mut self.transport
    }

    /// The same connection over another form of the transport: a socket as mio knows it, or one with a deadline.
    #[must_use]
    pub fn map_transport<U>(self, change: impl FnOnce(T) -> U) -> Stream<R, U> {
        Stream { session: self.session, transport: change(self.transport) }
    }

    /// The transport alone. What was read from it and not from the stream is gone, and so are sealed bytes that have not
    /// left: [`Write::flush`] first.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.transport
    }
}

impl<R: End, T: Read + Write> Stream<R, T> {
    /// Goes on with the handshake until it is done and our last message has left, and begins the one that
    /// [`Stream::renegotiate`] wanted: a client's then ends within this call, a server's request leaves. Reading and
    /// writing do so by themselves, too.
    ///
    /// # Errors
    /// The connection's and the transport's; [`io::ErrorKind::WouldBlock`] where a non-blocking transport is not
    /// ready.
    pub fn handshake(&mut self) -> io::Result<()> {
        self.drive().handshake()
    }

    fn drive(&mut self) -> Drive<'_, R, &mut T> {
        Drive { session: &mut self.session, transport: &mut self.transport }
    }

    /// Closes our direction with a close_notify. The peer's direction stays open: read on until `Ok(0)`.
    ///
    /// Without `ENABLE_PARTIAL_WRITE`, a write that would have blocked comes first: close_notify waits until that write
    /// was repeated with the same bytes, or given up with the stream. Other modes and blocking transports know no such
    /// write.
    ///
    /// # Errors
    /// The transport's. After [`io::ErrorKind::WouldBlock`], repeat the write that is pending, if there is one;
    /// [`Write::flush`] sends the rest.
    pub fn close(&mut self) -> io::Result<()> {
        self.drive().close()
    }
}

impl<R: End, T> fmt::Debug for Stream<R, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream").field("connection", &self.session.connection).finish_non_exhaustive()
    }
}
