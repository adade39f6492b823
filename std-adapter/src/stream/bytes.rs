//! A stream as the standard library's traits know it.

use std::io::{self, BufRead, Read, Write};

use tidegate::{Event, ReadError, Want, WriteError};

use super::transport::{Turn, unless_blocked};
use super::{End, Incoming, Stream};
use crate::error::stream_error;

impl<R: End, T: Read + Write> Read for Stream<R, T> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        if !self.ahead.is_empty() {
            return Ok(self.ahead.take(out));
        }
        let outcome = self.read_record(out);
        self.rest(outcome)
    }
}

impl<R: End, T: Read + Write> BufRead for Stream<R, T> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if !self.ahead.is_empty() {
            return Ok(self.ahead.first());
        }
        let outcome = self.find_record();
        if self.rest(outcome)? == Found::End {
            return Ok(&[]);
        }
        match self.connection.next_event() {
            Ok(Event::AppData(data)) => Ok(data.into_bytes()),
            Ok(_) => Err(io::Error::other("data was offered only once")),
            Err(error) => Err(stream_error(error)),
        }
    }

    fn consume(&mut self, count: usize) {
        if count == 0 {
            return;
        }
        if !self.ahead.is_empty() {
            return self.ahead.consume(count);
        }
        if let Ok(Event::AppData(data)) = self.connection.next_event() {
            data.consume(count);
        }
        self.rest(());
    }
}

impl<R: End, T: Read + Write> Write for Stream<R, T> {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let outcome = self.write_some(data);
        self.rest(outcome)
    }

    fn flush(&mut self) -> io::Result<()> {
        let outcome = self.send_all().and_then(|()| self.transport.flush());
        self.rest(outcome)
    }
}

/// What stands at the head of what the peer sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    Data,
    End,
}

impl<R: End, T: Read + Write> Stream<R, T> {
    fn read_record(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            let Self { connection, sessions, peer_certificates, server_name, .. } = self;
            let outcome = connection.read_app_data_telling(out, None, &mut |ticket| {
                R::keep_ticket(ticket, server_name.as_deref(), peer_certificates, sessions);
            });
            match outcome {
                Ok(count) => return Ok(count),
                Err(ReadError::Closed) => {
                    self.incoming = Incoming::Closed;
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
                    self.incoming = Incoming::Closed;
                    return Ok(Found::End);
                }
                Turn::Wants(want) => self.obey(want)?,
                Turn::Progress => {}
            }
        }
    }

    fn write_some(&mut self, data: &[u8]) -> io::Result<usize> {
        // A transport that failed says so before it is given more.
        unless_blocked(self.send_all())?;
        loop {
            match self.connection.write_app_data(data) {
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
