//! A stream as the standard library's traits know it, and what all streams do for them.

use std::io::{self, BufRead, IoSlice, Read, Write};

use tidegate::{ReadError, Want, WriteError};

use super::drive::{Drive, Found, Turn, unless_blocked};
use super::session::{Flushed, Incoming};
use super::{End, Session, Stream};

impl<R: End, T: Read + Write> Read for Stream<R, T> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.drive().read(out)
    }
}

impl<R: End, T: Read + Write> BufRead for Stream<R, T> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match self.drive().find_data()? {
            Found::Data => self.session.data(),
            Found::End => Ok(&[]),
        }
    }

    fn consume(&mut self, count: usize) {
        self.session.consume(count);
    }
}

impl<R: End, T: Read + Write> Write for Stream<R, T> {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.drive().write(data)
    }

    /// Puts the pieces into the same records.
    fn write_vectored(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        self.drive().write_pieces(pieces)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.drive().flush()
    }
}

impl<R: End, T: Read + Write> Drive<'_, R, T> {
    pub(crate) fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        if !self.session.ahead.is_empty() {
            return Ok(self.session.ahead.take(out));
        }
        let outcome = self.read_record(out);
        self.session.rest(outcome)
    }

    /// Goes on until data can be lent ([`Session::data`]) or there is none any more.
    pub(crate) fn find_data(&mut self) -> io::Result<Found> {
        if !self.session.ahead.is_empty() {
            return Ok(Found::Data);
        }
        let outcome = self.find_record();
        self.session.rest(outcome)
    }

    pub(crate) fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let outcome = self.seal(|session| session.connection.write_app_data(data));
        self.session.rest(outcome)
    }

    pub(crate) fn write_pieces(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        let outcome = self.seal(|session| session.gather(pieces));
        self.session.rest(outcome)
    }

    pub(crate) fn flush(&mut self) -> io::Result<()> {
        // Whatever else was written to the transport goes as well.
        self.session.flushed = Flushed::No;
        let outcome = self.send_all();
        self.session.rest(outcome)
    }

    fn read_record(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            let Session { connection, shared, peer_certificates, server_name, .. } = &mut *self.session;
            let outcome = connection.read_app_data_telling(out, None, &mut |ticket| {
                R::keep_ticket(ticket, server_name.as_deref(), peer_certificates, &shared.sessions);
            });
            match outcome {
                Ok(count) => return Ok(count),
                Err(ReadError::Closed) => {
                    self.session.incoming = Incoming::Closed;
                    return Ok(0);
                }
                Err(ReadError::Blocked(want)) => self.obey(want)?,
                // Only OpenSSL's callers know what to do with nothing.
                Err(ReadError::Progress) => {}
                Err(ReadError::Failed(error)) => return Err(self.failed(error)),
            }
        }
    }

    fn find_record(&mut self) -> io::Result<Found> {
        loop {
            match self.turn()? {
                Turn::HasData => return Ok(Found::Data),
                Turn::Wants(Want::Nothing) => {
                    self.session.incoming = Incoming::Closed;
                    return Ok(Found::End);
                }
                Turn::Wants(want) => self.obey(want)?,
                Turn::Progress => {}
            }
        }
    }

    /// Seals data with this, and sends it as far as the transport takes it.
    fn seal(
        &mut self,
        mut write: impl FnMut(&mut Session<R>) -> Result<usize, WriteError>,
    ) -> io::Result<usize> {
        // A transport that failed says so before it is given more.
        unless_blocked(self.send_all())?;
        loop {
            match write(self.session) {
                Ok(count) => {
                    // What is sealed counts as written; the transport's errors come with the next call.
                    let _ = self.send_all();
                    return Ok(count);
                }
                Err(WriteError::Blocked(want)) => self.obey(want)?,
                Err(error @ WriteError::Refused(_)) => {
                    return Err(io::Error::new(io::ErrorKind::InvalidInput, error));
                }
                Err(error @ WriteError::Closed) => {
                    return Err(io::Error::new(io::ErrorKind::BrokenPipe, error));
                }
                Err(WriteError::Failed(error)) => return Err(self.failed(error)),
            }
        }
    }
}

impl<R: End> Session<R> {
    /// Seals what these pieces hold into as few records as there is room for, as if they were one.
    fn gather(&mut self, pieces: &[IoSlice<'_>]) -> Result<usize, WriteError> {
        let mut pieces = pieces.iter().map(|piece| &**piece).filter(|piece| !piece.is_empty());
        let mut piece = pieces.next().unwrap_or_default();
        let mut written = 0;
        while !piece.is_empty() {
            let mut room = match self.connection.app_data_space() {
                Ok(room) => room,
                // What is sealed counts.
                Err(WriteError::Blocked(_)) if written > 0 => break,
                Err(error) => return Err(error),
            };
            let whole = room.len();
            while !piece.is_empty() && !room.is_empty() {
                let count = piece.len().min(room.len());
                let (now, later) = piece.split_at(count);
                let (taken, left) = room.split_at_mut(count);
                taken.copy_from_slice(now);
                (piece, room) =
                    (if later.is_empty() { pieces.next().unwrap_or_default() } else { later }, left);
            }
            let filled = whole - room.len();
            written += self.connection.app_data_filled(filled)?;
        }
        Ok(written)
    }
}
