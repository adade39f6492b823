//! The plaintext pipes, closing, and new keys.

use core::ops::{Deref, DerefMut};

use super::Connection;
use super::event::{Event, Want};
use super::outcome::{ReadError, UpdateKeysError, WriteError};
use crate::copy::copy;
use crate::crypto::Provider;
#[cfg(feature = "psk")]
use crate::engine::Teller;
use crate::engine::{Engine, HandshakeSpace, KeyUpdateStop, Loan, ReadStop, Role, Taker, WriteStop};
use crate::modes::read::ReadKind;
use crate::storage::Storage;
use crate::wire::enums::KeyUpdateRequest;

impl<R, P, C, H, I, O> Connection<R, P, C, H, I, O>
where
    R: Role,
    P: Provider,
    C: Deref<Target = R::Config>,
    H: DerefMut<Target = HandshakeSpace<P>>,
    I: Storage<P::AeadKey>,
    O: Storage<P::AeadKey>,
{
    /// Writes application data; how much of it is complete, which is all of it unless the mode
    /// `ENABLE_PARTIAL_WRITE` is set. A connection that has not begun drives its handshake first.
    ///
    /// # Errors
    /// [`WriteError::Blocked`]: do what it wants, then repeat the call with the same data. A call that is no such
    /// retry is refused and changes nothing.
    pub fn write_app_data(&mut self, data: &[u8]) -> Result<usize, WriteError> {
        let (engine, mut lent) = self.parts();
        engine.write(data, &mut lent).map_err(into_error)
    }

    /// As [`Connection::write_app_data`], with a transport at hand that is offered the outgoing bytes within the call. In
    /// [drained](crate::modes::Completion) completion one call goes on from record to record as long as all is taken, as
    /// SSL_write(3) does over a socket.
    ///
    /// # Errors
    /// As [`Connection::write_app_data`].
    pub fn write_app_data_over(&mut self, data: &[u8], taker: Taker<'_>) -> Result<usize, WriteError> {
        let (engine, lent) = self.parts();
        let mut lent = Loan { taker: Some(taker), ..lent };
        engine.write(data, &mut lent).map_err(into_error)
    }

    /// Room for application data where it will be sealed; say with [`Connection::app_data_filled`] how many bytes
    /// were put there. At most one record. Any other call that writes, updates keys or closes gives the room up, and so does
    /// a renegotiation that begins meanwhile.
    ///
    /// # Errors
    /// As [`Connection::write_app_data`]; refused while another write is pending.
    pub fn app_data_space(&mut self) -> Result<&mut [u8], WriteError> {
        let (engine, mut lent) = self.parts();
        let range = engine.lend_room(&mut lent).map_err(into_error)?;
        let outgoing = self.outgoing.as_mut().map(|outgoing| outgoing.parts().0).unwrap_or_default();
        Ok(outgoing.get_mut(range).unwrap_or_default())
    }

    /// Seals the first `count` bytes of the room that [`Connection::app_data_space`] lent into a record; how many there
    /// were: none where the room is not lent any more. With it the write is complete, in either completion.
    ///
    /// # Errors
    /// [`WriteError::Closed`] or [`WriteError::Failed`] where data can't be written any more.
    pub fn app_data_filled(&mut self, count: usize) -> Result<usize, WriteError> {
        let (engine, mut lent) = self.parts();
        engine.seal_room(count, &mut lent).map_err(into_error)
    }

    /// Reads application data to `out`; how many bytes, at most one record's. A connection that has not begun drives
    /// its handshake first; tickets and other messages are dealt with on the way.
    ///
    /// # Errors
    /// [`ReadError::Blocked`]: do what it wants, then repeat the call.
    pub fn read_app_data(&mut self, out: &mut [u8]) -> Result<usize, ReadError> {
        let count = self.look_at_app_data(ReadKind::Read, out, None)?;
        self.engine.incoming.take_plaintext(count);
        Ok(count)
    }

    /// As [`Connection::read_app_data`], with a transport at hand for what must leave before a read can go on: see
    /// [`Connection::write_app_data_over`].
    ///
    /// # Errors
    /// As [`Connection::read_app_data`].
    pub fn read_app_data_over(&mut self, out: &mut [u8], taker: Taker<'_>) -> Result<usize, ReadError> {
        let count = self.look_at_app_data(ReadKind::Read, out, Some(taker))?;
        self.engine.incoming.take_plaintext(count);
        Ok(count)
    }

    /// As [`Connection::read_app_data`], leaving the data where it is (`SSL_peek` of SSL_read(3)).
    ///
    /// # Errors
    /// As [`Connection::read_app_data`].
    pub fn peek_app_data(&mut self, out: &mut [u8]) -> Result<usize, ReadError> {
        self.look_at_app_data(ReadKind::Peek, out, None)
    }

    /// As [`Connection::peek_app_data`], with a transport at hand: see [`Connection::read_app_data_over`].
    ///
    /// # Errors
    /// As [`Connection::read_app_data`].
    pub fn peek_app_data_over(&mut self, out: &mut [u8], taker: Taker<'_>) -> Result<usize, ReadError> {
        self.look_at_app_data(ReadKind::Peek, out, Some(taker))
    }

    /// As [`Connection::read_app_data`] or [`Connection::read_app_data_over`], and tells the tickets that are met on the way,
    /// which would be lost else: a client makes sessions of them that go on in later connections.
    ///
    /// # Errors
    /// As [`Connection::read_app_data`].
    #[cfg(feature = "psk")]
    pub fn read_app_data_telling(
        &mut self,
        out: &mut [u8],
        taker: Option<Taker<'_>>,
        teller: Teller<'_>,
    ) -> Result<usize, ReadError> {
        let count = self.look_at_app_data_telling(ReadKind::Read, out, (taker, teller))?;
        self.engine.incoming.take_plaintext(count);
        Ok(count)
    }

    /// As [`Connection::read_app_data_telling`], leaving the data where it is.
    ///
    /// # Errors
    /// As [`Connection::read_app_data`].
    #[cfg(feature = "psk")]
    pub fn peek_app_data_telling(
        &mut self,
        out: &mut [u8],
        taker: Option<Taker<'_>>,
        teller: Teller<'_>,
    ) -> Result<usize, ReadError> {
        self.look_at_app_data_telling(ReadKind::Peek, out, (taker, teller))
    }

    /// Bytes of the current record that can be read at once (`SSL_pending(3)`).
    #[must_use]
    pub fn pending_app_data(&self) -> usize {
        #[cfg(feature = "early-data")]
        if self.engine.holds_early_data() {
            return 0;
        }
        self.engine.incoming.plaintext().len()
    }

    fn look_at_app_data(
        &mut self,
        kind: ReadKind,
        out: &mut [u8],
        taker: Option<Taker<'_>>,
    ) -> Result<usize, ReadError> {
        let (engine, mut lent) = self.parts();
        if let Some(taker) = taker {
            lent.taker = Some(taker);
        }
        look_at_app_data(engine, &mut lent, kind, out)
    }

    #[cfg(feature = "psk")]
    fn look_at_app_data_telling(
        &mut self,
        kind: ReadKind,
        out: &mut [u8],
        (taker, teller): (Option<Taker<'_>>, Teller<'_>),
    ) -> Result<usize, ReadError> {
        let (engine, lent) = self.parts();
        let mut lent = Loan { teller: Some(teller), ..lent };
        if let Some(taker) = taker {
            lent.taker = Some(taker);
        }
        look_at_app_data(engine, &mut lent, kind, out)
    }

    /// Changes our sending keys, and asks the peer to change its own if `request` says so (RFC 8446, section 4.6.3).
    /// The KeyUpdate leaves before the next data.
    ///
    /// # Errors
    /// [`UpdateKeysError`], which changes nothing but for `Failed`.
    pub fn update_keys(&mut self, request: KeyUpdateRequest) -> Result<(), UpdateKeysError> {
        let (engine, mut lent) = self.parts();
        engine.update_keys(request, &mut lent).map_err(|stop| match stop {
            #[cfg(feature = "tls12")]
            KeyUpdateStop::Version => UpdateKeysError::Version,
            KeyUpdateStop::Handshaking => UpdateKeysError::Handshaking,
            KeyUpdateStop::Blocked => UpdateKeysError::Blocked,
            KeyUpdateStop::Closed => UpdateKeysError::Closed,
            KeyUpdateStop::Failed(error) => UpdateKeysError::Failed(error),
        })
    }

    /// Gives up what was not sealed of a pending write; how many of its bytes are sealed and leave all the same. None are told of
    /// where the connection has failed: some may have left.
    pub fn abandon_write(&mut self) -> usize {
        let (engine, mut lent) = self.parts();
        engine.abandon_write(&mut lent)
    }

    /// Does what can be done now, and says what comes next.
    ///
    /// # Errors
    /// The error of the connection; its alert is among the outgoing bytes.
    pub fn next_event(&mut self) -> Result<Event<'_>, crate::error::Error> {
        let happening = {
            let (engine, mut lent) = self.parts();
            engine.next_happening(&mut lent)?
        };
        Ok(self.event(happening))
    }

    /// As [`Connection::next_event`], as long as a handshake lasts and no further: what came behind it stays where it is.
    /// [`Want::Nothing`] where none is in progress.
    ///
    /// # Errors
    /// As [`Connection::next_event`].
    pub fn next_handshake_event(&mut self) -> Result<Event<'_>, crate::error::Error> {
        let happening = {
            let (engine, mut lent) = self.parts();
            engine.next_in_handshake(&mut lent)?.unwrap_or(crate::engine::Happening::Finished)
        };
        Ok(self.event(happening))
    }

    /// Offers an ask again that was deferred: its answer is there now.
    pub fn resume_ask(&mut self) {
        if self.engine.answer == crate::engine::Answer::Deferred {
            self.engine.answer = crate::engine::Answer::Waiting;
        }
    }
}

fn look_at_app_data<R: Role, P: Provider>(
    engine: &mut Engine<R>,
    lent: &mut Loan<'_, R, P>,
    kind: ReadKind,
    out: &mut [u8],
) -> Result<usize, ReadError> {
    let count = engine.read((out.len(), kind), None, lent).map_err(|stop| match stop {
        ReadStop::Blocked(step) => ReadError::Blocked(Want::of(step)),
        ReadStop::Progress => ReadError::Progress,
        ReadStop::Closed => ReadError::Closed,
        ReadStop::Failed(error) => ReadError::Failed(error),
    })?;
    let plaintext = lent.incoming.bytes.get(engine.incoming.plaintext()).unwrap_or_default();
    copy(out, plaintext.get(..count).unwrap_or_default());
    Ok(count)
}

fn into_error(stop: WriteStop) -> WriteError {
    match stop {
        WriteStop::Blocked(step) => WriteError::Blocked(Want::of(step)),
        WriteStop::Refused(wrong) => WriteError::Refused(wrong),
        WriteStop::Closed => WriteError::Closed,
        WriteStop::Failed(error) => WriteError::Failed(error),
    }
}
