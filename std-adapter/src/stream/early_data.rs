//! Early data of streams (RFC 8446, section 2.3), which **can be replayed**: it has calls of its own.

use std::io::{self, Read, Write};

use tidegate::{AppData, EarlyDataError, Server};

use super::drive::{Drive, Turn, unless_blocked};
use super::{ClientStream, End, ServerStream};
use crate::ahead::Ahead;

impl<T: Read + Write> ClientStream<T> {
    /// Writes replayable early data, which leaves with the first message, under the key of the session that goes on; how many
    /// bytes, one record's at most. 0 where there is no session that takes any, or it takes no more: the rest goes on with
    /// [`Write::write`], which does the handshake first.
    ///
    /// **Whoever sees early data can send it again**, and who learns the key of the ticket later can read it. It is for what may
    /// happen twice. The server may refuse it; it saw nothing of it then, and it is not sent again by itself:
    /// [`Negotiated::early_data`](tidegate::Negotiated) says so after the handshake. The application protocol that it is written
    /// for is that of [`Connection::early_data_offer`](tidegate::Connection::early_data_offer).
    ///
    /// For a client whose handshake has not begun: [`Connector::start`](crate::Connector::start).
    ///
    /// # Errors
    /// The connection's and the transport's.
    pub fn write_early_data(&mut self, data: &[u8]) -> io::Result<usize> {
        self.drive().write_early(data)
    }
}

impl<T: Read + Write> ServerStream<T> {
    /// Reads early data of a client; how many bytes. 0 where there is no more or none: the handshake is done then. It is
    /// let in if [`Acceptor::with_replayable_early_data`](crate::Acceptor::with_replayable_early_data) says so.
    ///
    /// **Early data can be replayed**: by whoever saw it, to a server that does not know that the ticket was used. It is never
    /// among what [`Read::read`] returns.
    ///
    /// # Errors
    /// The connection's and the transport's.
    pub fn read_early_data(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.drive().read_early(out)
    }

    /// Writes what answers early data before the handshake is done (0.5-RTT data); how many bytes, one record's at most. 0 once
    /// it is done, and where no early data was taken: [`Write::write`] is for the rest.
    ///
    /// **The client may be one who replays what another one sent**: it is not to be told more than whoever saw the early data
    /// may know.
    ///
    /// # Errors
    /// The connection's and the transport's.
    pub fn write_half_rtt_data(&mut self, data: &[u8]) -> io::Result<usize> {
        self.drive().write_early(data)
    }
}

impl<T: Read + Write> Drive<'_, Server, T> {
    pub(crate) fn read_early(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let outcome = self.find_early();
        self.session.rest(outcome)?;
        Ok(self.session.early.take(out))
    }

    fn find_early(&mut self) -> io::Result<()> {
        while self.session.early.is_empty() && self.session.connection.is_handshaking() {
            match self.turn()? {
                Turn::Wants(want) => self.obey(want)?,
                // It stands before the rest of a renegotiation.
                Turn::HasData => self.set_data_aside()?,
                Turn::Progress => {}
            }
        }
        Ok(())
    }
}

impl<R: End, T: Read + Write> Drive<'_, R, T> {
    pub(crate) fn write_early(&mut self, data: &[u8]) -> io::Result<usize> {
        let outcome = self.seal_early(data);
        self.session.rest(outcome)
    }

    fn seal_early(&mut self, data: &[u8]) -> io::Result<usize> {
        // A transport that failed says so before it is given more.
        unless_blocked(self.send_all())?;
        loop {
            match R::write_early(&mut self.session.connection, data) {
                Ok(count) => {
                    // What is sealed counts as written; the transport's errors come with the next call.
                    let _ = self.send_all();
                    return Ok(count);
                }
                Err(EarlyDataError::NotOffered | EarlyDataError::Over) => return Ok(0),
                Err(EarlyDataError::Blocked(want)) => self.obey(want)?,
                Err(EarlyDataError::Failed(error)) => return Err(self.failed(error)),
            }
        }
    }
}

/// Keeps early data until it is read; a server says how much of it its tickets are good for.
pub(super) fn keep_early_data(early: &mut Ahead, mut data: AppData<'_>) -> io::Result<()> {
    if !early.keep(data.bytes()) {
        let why = "more early data was received than is kept: read it before the handshake goes on";
        return Err(io::Error::new(io::ErrorKind::WouldBlock, why));
    }
    data.consume(usize::MAX);
    Ok(())
}
