//! A stream as tokio's traits know it.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use ::tokio::io::{AsyncBufRead, AsyncRead, AsyncWrite, ReadBuf};

use super::AsyncStream;
use super::waiting::Half;
use crate::stream::{End, Found};

impl<R: End, IO: AsyncRead + AsyncWrite + Unpin> AsyncRead for AsyncStream<R, IO> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if out.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        let data = ready!(self.as_mut().poll_fill_buf(context))?;
        let count = data.len().min(out.remaining());
        out.put_slice(&data[..count]);
        self.consume(count);
        Poll::Ready(Ok(()))
    }
}

impl<R: End, IO: AsyncRead + AsyncWrite + Unpin> AsyncBufRead for AsyncStream<R, IO> {
    fn poll_fill_buf(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        let this = self.get_mut();
        Poll::Ready(match ready!(this.poll(Half::Reading, context, |drive| drive.find_data()))? {
            Found::Data => this.stream.parts().0.data(),
            Found::End => Ok(&[]),
        })
    }

    fn consume(self: Pin<&mut Self>, count: usize) {
        let this = self.get_mut();
        this.stream.parts().0.consume(count);
        this.waiting.taken();
    }
}

impl<R: End, IO: AsyncRead + AsyncWrite + Unpin> AsyncWrite for AsyncStream<R, IO> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll(Half::Writing, context, |drive| drive.write(data))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll(Half::Writing, context, |drive| drive.write_pieces(pieces))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll(Half::Writing, context, |drive| drive.flush())
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll(Half::Writing, context, |drive| drive.abandon_and_close()))?;
        Pin::new(this.stream.get_mut()).poll_shutdown(context)
    }
}
