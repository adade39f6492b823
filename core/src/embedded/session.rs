//! A connection with who answers it: all of a stream but its transport, and nothing that waits.

use super::{Answer, StreamError, Tls};
use crate::connection::{Event, ReadError, Want, WriteError};
use crate::driver::decline;
use crate::error::{Error, Refused};
use crate::modes::Modes;

/// How far a call came without waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step<T> {
    Done(T),
    /// The outgoing bytes are to leave; then it goes on.
    Send,
    /// Bytes are to come from the transport; then it goes on. The peer may wait for what we [have to send](Session::has_to_send).
    Receive,
}

/// What stands at the head of what the peer sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Head {
    Data,
    End,
}

/// What came from the transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Received {
    /// Part of a record.
    Part,
    /// All that it lacked, or the end.
    Enough,
}

/// Whether the transport has passed on all that it took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Taken {
    Flushed,
    Unflushed,
}

/// What came of an event.
enum Turn {
    Wants(Want),
    HasData,
    Progress,
}

/// The connection and who answers it.
#[derive(Debug)]
pub(super) struct Session<K, A> {
    pub(super) connection: K,
    answers: A,
    taken: Taken,
}

impl<K: Tls, A: Answer> Session<K, A> {
    /// What a write seals is written: another call may have other bytes.
    pub(super) fn new(mut connection: K, answers: A) -> Self {
        connection.set_mode(Modes::ENABLE_PARTIAL_WRITE);
        Self { connection, answers, taken: Taken::Flushed }
    }

    /// Goes on with the handshake, until it is done and all of it has left.
    pub(super) fn shake_hands<E>(&mut self) -> Result<Step<()>, StreamError<E>> {
        while self.connection.is_handshaking() {
            match self.turn()? {
                Turn::Wants(want) => {
                    if let Some(step) = self.obey(want)? {
                        return Ok(step);
                    }
                }
                Turn::HasData => return Err(StreamError::Waits(Want::Event)),
                Turn::Progress => {}
            }
        }
        self.flush()
    }

    /// Lets all that is sealed leave.
    pub(super) fn flush<E>(&self) -> Result<Step<()>, StreamError<E>> {
        self.connection.error().map_or(Ok(()), Err)?;
        Ok(self.sends_all())
    }

    /// Closes our direction.
    pub(super) fn close<E>(&mut self) -> Result<Step<()>, StreamError<E>> {
        match self.connection.error() {
            // What a close in a handshake comes to.
            None | Some(Error::Refused(Refused::Closed)) => {}
            Some(error) => return Err(error.into()),
        }
        self.connection.close();
        Ok(self.sends_all())
    }

    fn sends_all(&self) -> Step<()> {
        if self.has_to_send() { Step::Send } else { Step::Done(()) }
    }

    /// Whether there is anything that has not left, or that the transport may have kept.
    pub(super) fn has_to_send(&self) -> bool {
        self.taken == Taken::Unflushed || !self.connection.outgoing().is_empty()
    }

    /// The transport took `count` of the outgoing bytes.
    pub(super) fn sent(&mut self, count: usize) {
        self.taken = Taken::Unflushed;
        self.connection.outgoing_sent(count);
    }

    /// The transport has passed on all that it took.
    pub(super) const fn flushed(&mut self) {
        self.taken = Taken::Flushed;
    }

    pub(super) fn read<E>(&mut self, out: &mut [u8]) -> Result<Step<usize>, StreamError<E>> {
        if out.is_empty() {
            return Ok(Step::Done(0));
        }
        loop {
            match self.read_app_data(out) {
                Ok(count) => return Ok(Step::Done(count)),
                Err(ReadError::Closed) => return Ok(Step::Done(0)),
                Err(ReadError::Progress) => {}
                Err(ReadError::Blocked(want)) => {
                    if let Some(step) = self.obey(want)? {
                        return Ok(step);
                    }
                }
                Err(ReadError::Failed(error)) => return Err(error.into()),
            }
        }
    }

    /// Tickets go to who answers.
    #[cfg(feature = "psk")]
    fn read_app_data(&mut self, out: &mut [u8]) -> Result<usize, ReadError> {
        let Self { connection, answers, .. } = self;
        connection.read_app_data_telling(out, &mut |ticket| {
            let _ = answers.answer(Event::Ticket(ticket));
        })
    }

    #[cfg(not(feature = "psk"))]
    fn read_app_data(&mut self, out: &mut [u8]) -> Result<usize, ReadError> {
        self.connection.read_app_data(out)
    }

    /// Finds what stands at the head of what the peer sent, and leaves it there.
    pub(super) fn find<E>(&mut self) -> Result<Step<Head>, StreamError<E>> {
        loop {
            match self.turn()? {
                Turn::HasData => return Ok(Step::Done(Head::Data)),
                Turn::Wants(Want::Nothing) => return Ok(Step::Done(Head::End)),
                Turn::Wants(want) => {
                    if let Some(step) = self.obey(want)? {
                        return Ok(step);
                    }
                }
                Turn::Progress => {}
            }
        }
    }

    /// The data that [`Session::find`] found.
    pub(super) fn found<E>(&mut self, head: Head) -> Result<&[u8], StreamError<E>> {
        match (head, self.connection.next_event()?) {
            (Head::Data, Event::AppData(data)) => Ok(data.into_bytes()),
            // It can't be gone; if it is, that is not the end of the stream.
            (Head::Data, _) => Err(StreamError::Waits(Want::Event)),
            (Head::End, _) => Ok(&[]),
        }
    }

    /// Lets `count` bytes of what was found go.
    pub(super) fn consume(&mut self, count: usize) {
        if count == 0 {
            return;
        }
        if let Ok(Event::AppData(data)) = self.connection.next_event() {
            data.consume(count);
        }
    }

    pub(super) fn write<E>(&mut self, data: &[u8]) -> Result<Step<usize>, StreamError<E>> {
        loop {
            match self.connection.write_app_data(data) {
                Ok(count) => return Ok(Step::Done(count)),
                Err(WriteError::Blocked(want)) => {
                    if let Some(step) = self.obey(want)? {
                        return Ok(step);
                    }
                }
                Err(WriteError::Refused(wrong)) => return Err(StreamError::WrongRetry(wrong)),
                Err(WriteError::Closed) => return Err(StreamError::Closed),
                Err(WriteError::Failed(error)) => return Err(error.into()),
            }
        }
    }

    /// Bytes came from the transport, or, if none, its end. Whether it is worth looking at: no record is complete before its
    /// last byte, and a UART gives one byte at a time.
    pub(super) fn received(&mut self, count: usize) -> Received {
        let missing = self.connection.incoming_missing().bytes();
        match count {
            0 => self.connection.incoming_ended(),
            count => self.connection.incoming_filled(count),
        }
        let goes_on = count > 0 && count < missing && !self.connection.incoming_space().is_empty();
        if goes_on { Received::Part } else { Received::Enough }
    }

    /// What is to be done with the transport for this want; nothing if it is dealt with here.
    fn obey<T, E>(&mut self, want: Want) -> Result<Option<Step<T>>, StreamError<E>> {
        match want {
            Want::Incoming => Ok(Some(Step::Receive)),
            Want::Outgoing => Ok(Some(Step::Send)),
            Want::Event => match self.turn()? {
                Turn::Wants(Want::Event) | Turn::HasData => Err(StreamError::Waits(Want::Event)),
                Turn::Wants(_) | Turn::Progress => Ok(None),
            },
            Want::Answer | Want::IncomingBuffer | Want::OutgoingBuffer | Want::Nothing => {
                Err(StreamError::Waits(want))
            }
            #[cfg(any(feature = "tls12", feature = "post-handshake-auth", feature = "psk"))]
            Want::HandshakeSpace => Err(StreamError::Waits(want)),
        }
    }

    /// Deals with the next event.
    fn turn(&mut self) -> Result<Turn, Error> {
        Ok(match self.answers.answer(self.connection.next_event()?).and_then(decline) {
            Some(Event::Want(want)) => Turn::Wants(want),
            Some(Event::AppData(_)) => Turn::HasData,
            _ => Turn::Progress,
        })
    }
}
