//! Streams over the asynchronous transports of [tokio](https://tokio.rs), with the feature `tokio`.
//!
//! [`Connector::connect_async`] and [`Acceptor::accept_async`] make them over anything that is
//! [`AsyncRead`] and [`AsyncWrite`]. What comes out is both as well, and
//! [`AsyncBufRead`](::tokio::io::AsyncBufRead).
//!
//! ```
//! use tidegate_std::{Acceptor, Connector};
//! use tokio::io::{AsyncReadExt, AsyncWriteExt};
//! use tokio::net::{TcpListener, TcpStream};
//!
//! async fn greet(acceptor: Acceptor, listener: TcpListener) -> std::io::Result<()> {
//!     let mut stream = acceptor.accept_async(listener.accept().await?.0).await?;
//!     stream.write_all(b"hello\n").await?;
//!     stream.shutdown().await
//! }
//!
//! async fn listen(connector: Connector, address: &str) -> std::io::Result<String> {
//!     let mut stream = connector.connect_async("localhost", TcpStream::connect(address).await?).await?;
//!     let mut greeting = String::new();
//!     stream.read_to_string(&mut greeting).await?;
//!     Ok(greeting)
//! }
//! ```
//!
//! | tokio-rustls | here |
//! |---|---|
//! | `TlsConnector`, `TlsAcceptor` | [`Connector`], [`Acceptor`] |
//! | `client::TlsStream`, `server::TlsStream`, `TlsStream` | [`client::TlsStream`], [`server::TlsStream`], [`TlsStream`] |
//! | `get_ref().1`, `get_mut().1` | [`AsyncStream::tls`], [`AsyncStream::tls_mut`] |
//! | `into_inner().0` | [`AsyncStream::into_inner`] |

mod calls;
mod either;
mod polled;
mod traits;
mod waiting;

use std::fmt;
use std::io;
use std::task::{Context, Poll};

use ::tokio::io::{AsyncRead, AsyncWrite};
use tidegate::Negotiated;

use crate::connect::{Acceptor, Connector};
use crate::stream::{Drive, End, Stream};
pub use either::TlsStream;
use polled::Polled;
use waiting::{Half, Waiting};

/// Clients.
pub mod client {
    use tidegate::Client;

    /// A client over an asynchronous transport.
    pub type TlsStream<IO> = super::AsyncStream<Client<crate::IdentityList>, IO>;
}

/// Servers.
pub mod server {
    use tidegate::Server;

    /// A server over an asynchronous transport.
    pub type TlsStream<IO> = super::AsyncStream<Server, IO>;
}

/// One end of a TLS connection over an asynchronous transport: [`Stream`], polled.
///
/// # Reading and writing
/// As [`Stream`] says: the end of the stream is the peer's close_notify, a transport that ends without one is
/// [`io::ErrorKind::UnexpectedEof`]; a write is done once its bytes are sealed into records, and as much of them as the transport
/// takes has left by then. The rest leaves with `flush`, and whenever the stream is polled for anything else.
/// [`AsyncBufRead`](::tokio::io::AsyncBufRead) lends the decrypted record where it lies; a vectored write puts its pieces into the same records.
/// `shutdown` sends a close_notify and then shuts the transport down; the peer's direction stays open.
///
/// # Cancellation
/// Every future of this stream may be dropped at any time, and nothing is lost: a read that was dropped has taken nothing, a
/// write that was dropped has sealed nothing, and a handshake, a flush or a shutdown goes on with the next call, whichever that is.
/// (`write_all` and `read_exact` of tokio do not say how far they were.) So it is in the modes that streams begin with; without
/// `ENABLE_PARTIAL_WRITE` a write that was dropped must be repeated.
///
/// # Several tasks
/// One task may read while another one writes, through `tokio::io::split`. Either may have to wait for both
/// directions of the transport, and is woken for either.
///
/// # Buffers
/// With the mode RELEASE_BUFFERS an idle stream gives its record buffers back, as every [`Stream`] does: after each poll.
pub struct AsyncStream<R: End, IO> {
    stream: Stream<R, IO>,
    waiting: Waiting,
}

/// Nothing in it is pinned.
impl<R: End, IO: Unpin> Unpin for AsyncStream<R, IO> {}

/// A stream that was made with [`Connector::start`] or [`Acceptor::start`], whose handshake happens within reads and writes
/// unless [`AsyncStream::handshake`] does it.
impl<R: End, IO> From<Stream<R, IO>> for AsyncStream<R, IO> {
    fn from(stream: Stream<R, IO>) -> Self {
        Self { stream, waiting: Waiting::default() }
    }
}

impl<R: End, IO> AsyncStream<R, IO> {
    /// The connection: what was negotiated, whom with, its modes.
    #[must_use]
    pub const fn tls(&self) -> &Stream<R, IO> {
        &self.stream
    }

    /// The connection, to change its keys or modes and to export keying material.
    pub const fn tls_mut(&mut self) -> &mut Stream<R, IO> {
        &mut self.stream
    }

    /// What both ends agreed on.
    #[must_use]
    pub const fn negotiated(&self) -> &Negotiated {
        self.stream.negotiated()
    }

    /// The transport.
    #[must_use]
    pub const fn get_ref(&self) -> &IO {
        self.stream.get_ref()
    }

    /// The transport; bytes read from it or written to it are lost to the connection.
    pub const fn get_mut(&mut self) -> &mut IO {
        self.stream.get_mut()
    }

    /// The transport alone. What was read from it and not from the stream is gone, and so are sealed bytes that have not left:
    /// `flush` first.
    #[must_use]
    pub fn into_inner(self) -> IO {
        self.stream.into_inner()
    }
}

impl<R: End, IO: AsyncRead + AsyncWrite + Unpin> AsyncStream<R, IO> {
    /// Does this for the task that polls, and notes that it waits where the transport is not ready.
    fn poll<O>(
        &mut self,
        half: Half,
        context: &mut Context<'_>,
        work: impl FnOnce(&mut Drive<'_, R, Polled<'_, '_, IO>>) -> io::Result<O>,
    ) -> Poll<io::Result<O>> {
        let waker = self.waiting.waker(half, context.waker());
        let (session, io) = self.stream.parts();
        let mut inner = Context::from_waker(&waker);
        let mut drive = Drive { session, transport: Polled::new(io, &mut inner) };
        let outcome = work(&mut drive);
        let waits_for = drive.transport.waits_for();
        match outcome {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.waiting.wait(half, context.waker(), waits_for);
                Poll::Pending
            }
            outcome => {
                self.waiting.end(half);
                Poll::Ready(outcome)
            }
        }
    }
}

impl Connector {
    /// As [`Connector::connect`], over an asynchronous transport. Dropping the future drops the transport.
    ///
    /// # Errors
    /// As [`Connector::connect`].
    pub async fn connect_async<IO: AsyncRead + AsyncWrite + Unpin>(
        &self,
        server_name: &str,
        transport: IO,
    ) -> io::Result<client::TlsStream<IO>> {
        let mut stream = AsyncStream::from(self.start(server_name, transport)?);
        stream.handshake().await?;
        Ok(stream)
    }
}

impl Acceptor {
    /// As [`Acceptor::accept`], over an asynchronous transport. Dropping the future drops the transport.
    ///
    /// # Errors
    /// As [`Acceptor::accept`].
    pub async fn accept_async<IO: AsyncRead + AsyncWrite + Unpin>(
        &self,
        transport: IO,
    ) -> io::Result<server::TlsStream<IO>> {
        let mut stream = AsyncStream::from(self.start(transport)?);
        stream.handshake().await?;
        Ok(stream)
    }
}

impl<R: End, IO> fmt::Debug for AsyncStream<R, IO> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.stream.fmt(f)
    }
}
