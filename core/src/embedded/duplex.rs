//! Two halves of a transport as one.

use embedded_io::ErrorType;
use embedded_io_async::{Read, Write};

/// A transport of two halves, as drivers of UARTs give them, as one.
#[derive(Debug)]
pub struct Duplex<Rx, Tx> {
    /// What comes from the peer.
    pub rx: Rx,
    /// What goes to the peer.
    pub tx: Tx,
}

impl<Rx: ErrorType, Tx> ErrorType for Duplex<Rx, Tx> {
    type Error = Rx::Error;
}

impl<Rx: Read, Tx> Read for Duplex<Rx, Tx> {
    async fn read(&mut self, out: &mut [u8]) -> Result<usize, Rx::Error> {
        self.rx.read(out).await
    }
}

impl<Rx: ErrorType, Tx: Write<Error = Rx::Error>> Write for Duplex<Rx, Tx> {
    async fn write(&mut self, data: &[u8]) -> Result<usize, Rx::Error> {
        self.tx.write(data).await
    }

    async fn flush(&mut self) -> Result<(), Rx::Error> {
        self.tx.flush().await
    }
}
