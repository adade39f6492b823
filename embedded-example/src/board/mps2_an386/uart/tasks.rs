//! The UART's halves for tasks. A read that is dropped has taken nothing. A write waits in place, not in its future: the
//! emulated UART takes bytes at once. On a slow line, write from the interrupt that says that there is room.

use core::future::poll_fn;
use core::task::Poll;

use embedded_io_async::{Read, Write};

use super::{LineError, RECEIVED, UartRx, UartTx, take, time};

impl Read for UartRx {
    async fn read(&mut self, out: &mut [u8]) -> Result<usize, LineError> {
        let begun = time::beats();
        poll_fn(|context| match take(out) {
            Ok(0) if out.is_empty() => Poll::Ready(Ok(0)),
            Ok(0) if time::beats().wrapping_sub(begun) > self.silence => Poll::Ready(Err(LineError::Silent)),
            Ok(0) => {
                // The beat wakes it if nothing else does.
                let waker = context.waker().clone();
                critical_section::with(|section| RECEIVED.borrow(section).waker.set(Some(waker)));
                Poll::Pending
            }
            result => Poll::Ready(result),
        })
        .await
    }
}

impl Write for UartTx {
    async fn write(&mut self, data: &[u8]) -> Result<usize, LineError> {
        embedded_io::Write::write(self, data)
    }

    async fn flush(&mut self) -> Result<(), LineError> {
        Ok(())
    }
}
