//! What tokio's traits have no call for.

use std::future::poll_fn;
use std::io;

use ::tokio::io::{AsyncRead, AsyncWrite};

use super::waiting::Half;
use super::{AsyncStream, client, server};
use crate::stream::End;

impl<R: End, IO: AsyncRead + AsyncWrite + Unpin> AsyncStream<R, IO> {
    /// As [`Stream::handshake`](crate::Stream::handshake). A future that was dropped is gone on with.
    ///
    /// # Errors
    /// The connection's and the transport's.
    pub async fn handshake(&mut self) -> io::Result<()> {
        poll_fn(|context| self.poll(Half::Writing, context, |drive| drive.handshake())).await
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> client::TlsStream<IO> {
    /// As [`ClientStream::write_early_data`](crate::ClientStream::write_early_data): **replayable** data, before the handshake.
    ///
    /// # Errors
    /// The connection's and the transport's.
    pub async fn write_early_data(&mut self, data: &[u8]) -> io::Result<usize> {
        poll_fn(|context| self.poll(Half::Writing, context, |drive| drive.write_early(data))).await
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> server::TlsStream<IO> {
    /// As [`ServerStream::read_early_data`](crate::ServerStream::read_early_data): data that **can be replayed**, for a stream
    /// whose handshake has not begun.
    ///
    /// # Errors
    /// The connection's and the transport's.
    pub async fn read_early_data(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count =
            poll_fn(|context| self.poll(Half::Reading, context, |drive| drive.read_early(out))).await?;
        self.waiting.taken();
        Ok(count)
    }

    /// As [`ServerStream::write_half_rtt_data`](crate::ServerStream::write_half_rtt_data): before the client has shown that it
    /// does not replay.
    ///
    /// # Errors
    /// The connection's and the transport's.
    pub async fn write_half_rtt_data(&mut self, data: &[u8]) -> io::Result<usize> {
        poll_fn(|context| self.poll(Half::Writing, context, |drive| drive.write_early(data))).await
    }
}
