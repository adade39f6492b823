//! A stream that is a client or a server.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use ::tokio::io::{AsyncBufRead, AsyncRead, AsyncWrite, ReadBuf};
use pki_types::CertificateDer;
use tidegate::{ExportError, Negotiated};

use super::{client, server};

/// Either end, where one type is to stand for both.
#[derive(Debug)]
pub enum TlsStream<IO> {
    /// A client.
    Client(client::TlsStream<IO>),
    /// A server.
    Server(server::TlsStream<IO>),
}

/// The same of whichever it is.
macro_rules! either {
    ($either:expr, $stream:ident => $same:expr) => {
        match $either {
            TlsStream::Client($stream) => $same,
            TlsStream::Server($stream) => $same,
        }
    };
}

impl<IO> From<client::TlsStream<IO>> for TlsStream<IO> {
    fn from(stream: client::TlsStream<IO>) -> Self {
        Self::Client(stream)
    }
}

impl<IO> From<server::TlsStream<IO>> for TlsStream<IO> {
    fn from(stream: server::TlsStream<IO>) -> Self {
        Self::Server(stream)
    }
}

impl<IO> TlsStream<IO> {
    /// The transport.
    #[must_use]
    pub const fn get_ref(&self) -> &IO {
        either!(self, stream => stream.get_ref())
    }

    /// As [`AsyncStream::get_mut`](super::AsyncStream::get_mut).
    pub const fn get_mut(&mut self) -> &mut IO {
        either!(self, stream => stream.get_mut())
    }

    /// As [`AsyncStream::into_inner`](super::AsyncStream::into_inner).
    #[must_use]
    pub fn into_inner(self) -> IO {
        either!(self, stream => stream.into_inner())
    }

    /// What both ends agreed on.
    #[must_use]
    pub const fn negotiated(&self) -> &Negotiated {
        either!(self, stream => stream.negotiated())
    }

    /// The application protocol agreed on (RFC 7301).
    #[must_use]
    pub fn protocol(&self) -> Option<&[u8]> {
        either!(self, stream => stream.tls().protocol())
    }

    /// As [`Stream::peer_certificates`](crate::Stream::peer_certificates).
    #[must_use]
    pub fn peer_certificates(&self) -> &[CertificateDer<'static>] {
        either!(self, stream => stream.tls().peer_certificates())
    }

    /// As [`Stream::export_keying_material`](crate::Stream::export_keying_material).
    ///
    /// # Errors
    /// [`ExportError`]; nothing of `out` may be used then.
    pub fn export_keying_material(
        &mut self,
        label: &[u8],
        context: Option<&[u8]>,
        out: &mut [u8],
    ) -> Result<(), ExportError> {
        either!(self, stream => stream.tls_mut().export_keying_material(label, context, out))
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> AsyncRead for TlsStream<IO> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        either!(self.get_mut(), stream => Pin::new(stream).poll_read(context, out))
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> AsyncBufRead for TlsStream<IO> {
    fn poll_fill_buf(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        either!(self.get_mut(), stream => Pin::new(stream).poll_fill_buf(context))
    }

    fn consume(self: Pin<&mut Self>, count: usize) {
        either!(self.get_mut(), stream => Pin::new(stream).consume(count));
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> AsyncWrite for TlsStream<IO> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        either!(self.get_mut(), stream => Pin::new(stream).poll_write(context, data))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        either!(self.get_mut(), stream => Pin::new(stream).poll_write_vectored(context, pieces))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self.get_mut(), stream => Pin::new(stream).poll_flush(context))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self.get_mut(), stream => Pin::new(stream).poll_shutdown(context))
    }
}
