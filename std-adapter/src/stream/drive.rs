//! Between the connection and its transport.

use std::io::{self, Read, Write};

use tidegate::driver::decline;
use tidegate::{Error, Event, Side, Want};

use super::early_data::keep_early_data;
use super::session::{Flushed, Shared};
use super::{End, Session};
use crate::error::stream_error;

/// What came of an event.
pub(super) enum Turn {
    /// The connection can't go on without this.
    Wants(Want),
    /// Application data is there.
    HasData,
    /// Something was dealt with.
    Progress,
}

/// What stands at the head of what the peer sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    Data,
    End,
}

/// A connection and its transport for one call. All streams drive it through this, whatever they wait with: a transport
/// that is not ready says [`io::ErrorKind::WouldBlock`], and so does the call, which can be repeated.
pub(crate) struct Drive<'a, R: End, T> {
    pub(crate) session: &'a mut Session<R>,
    pub(crate) transport: T,
}

impl<R: End, T: Read + Write> Drive<'_, R, T> {
    /// Goes on until the handshake is done and our last message has left.
    pub(crate) fn handshake(&mut self) -> io::Result<()> {
        let outcome = self.shake_hands();
        self.session.rest(outcome)
    }

    fn shake_hands(&mut self) -> io::Result<()> {
        let connection = &self.session.connection;
        if connection.is_renegotiation_pending() && !connection.is_handshaking() {
            // It begins, or a server asks for it. Data that is met stays where it is.
            self.turn()?;
        }
        while self.session.connection.is_handshaking() {
            match self.turn()? {
                // What is wanted behind the end of a renegotiation is not wanted for it.
                _ if !self.session.connection.is_handshaking() => {}
                Turn::Wants(want) => self.obey(want)?,
                Turn::HasData => self.set_data_aside()?,
                Turn::Progress => {}
            }
        }
        if let Some(error) = self.session.connection.error() {
            return Err(self.failed(error));
        }
        self.flush()
    }

    /// Closes our direction, behind a write that is pending.
    pub(crate) fn close(&mut self) -> io::Result<()> {
        loop {
            self.session.connection.close();
            let is_closing = self.session.connection.is_closing();
            let stands_before = is_closing && !self.session.connection.outgoing().is_empty();
            self.flush()?;
            // What has left may have stood before the close_notify.
            if !stands_before {
                return if is_closing { Err(io::ErrorKind::WouldBlock.into()) } else { Ok(()) };
            }
        }
    }

    /// As [`Drive::close`], and gives up what was not sealed of a write that is pending: nobody may come to repeat it.
    #[cfg(feature = "tokio")]
    pub(crate) fn abandon_and_close(&mut self) -> io::Result<()> {
        self.session.connection.abandon_write();
        self.close()
    }

    /// Deals with the next event.
    pub(super) fn turn(&mut self) -> io::Result<Turn> {
        let Session { connection, shared, session_id, peer_certificates, server_name, early, .. } =
            &mut *self.session;
        let Shared { answers, sessions, replays, .. } = &**shared;
        peer_certificates.follow(connection);
        let event = match connection.next_event() {
            Ok(event) => R::answer(event, answers, &mut peer_certificates.shown)
                .and_then(|event| R::answer_session(event, sessions, session_id, peer_certificates, *replays))
                .and_then(decline),
            Err(error) => return Err(self.failed(error)),
        };
        let turn = match event {
            Some(Event::Want(want)) => Turn::Wants(want),
            Some(Event::AppData(_)) => Turn::HasData,
            Some(Event::EarlyData(data)) => {
                keep_early_data(early, data)?;
                Turn::Progress
            }
            Some(Event::Ticket(ticket)) => {
                R::keep_ticket(ticket, server_name.as_deref(), peer_certificates, sessions);
                Turn::Progress
            }
            _ => Turn::Progress,
        };
        self.session.hand_space_back();
        Ok(turn)
    }

    /// Does what the connection wants.
    pub(super) fn obey(&mut self, want: Want) -> io::Result<()> {
        self.session.hand_space_back();
        match want {
            Want::Incoming => {
                // A transport that takes nothing may still have something, perhaps the alert that says why.
                let _ = self.send_all();
                self.fill()
            }
            Want::Outgoing => self.send_some(),
            Want::Event => match self.turn()? {
                Turn::HasData => self.set_data_aside(),
                Turn::Wants(_) | Turn::Progress => Ok(()),
            },
            Want::IncomingBuffer => self.acquire(Side::Incoming),
            Want::OutgoingBuffer => self.acquire(Side::Outgoing),
            Want::HandshakeSpace => {
                R::lend_space(&mut self.session.connection, self.session.server_name.as_deref());
                Ok(())
            }
            Want::Answer | Want::Nothing => {
                Err(io::Error::other("the connection waits for nothing that could come"))
            }
        }
    }

    /// Takes the data that stands before the rest of a renegotiation, for the next read.
    pub(super) fn set_data_aside(&mut self) -> io::Result<()> {
        if let Ok(Event::AppData(mut data)) = self.session.connection.next_event() {
            if !self.session.ahead.keep(data.bytes()) {
                let why = "more was received than is kept: read before the renegotiation goes on";
                return Err(io::Error::new(io::ErrorKind::WouldBlock, why));
            }
            data.consume(usize::MAX);
        }
        Ok(())
    }

    fn acquire(&mut self, side: Side) -> io::Result<()> {
        match self.session.connection.acquire_one(side, &mut &self.session.shared.free) {
            true => Ok(()),
            false => Err(io::Error::other("the record buffers are too short for this connection")),
        }
    }

    /// Reads from the transport once.
    fn fill(&mut self) -> io::Result<()> {
        let space = self.session.connection.incoming_space();
        if space.is_empty() {
            return Err(io::Error::other("no room for what is waited for"));
        }
        match self.transport.read(space) {
            Ok(0) => self.session.connection.incoming_ended(),
            Ok(count) => self.session.connection.incoming_filled(count),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Writes to the transport once.
    fn send_some(&mut self) -> io::Result<()> {
        match self.transport.write(self.session.connection.outgoing()) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => {
                self.session.connection.outgoing_sent(count);
                self.session.flushed = Flushed::No;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Writes to the transport until nothing is left, here or in what it keeps itself.
    pub(super) fn send_all(&mut self) -> io::Result<()> {
        while !self.session.connection.outgoing().is_empty() {
            self.send_some()?;
        }
        if self.session.flushed == Flushed::No {
            self.transport.flush()?;
            self.session.flushed = Flushed::Yes;
        }
        Ok(())
    }

    /// The connection's error for the caller, after its alert for the peer.
    pub(super) fn failed(&mut self, error: Error) -> io::Error {
        // The error counts, not whether the peer could be told.
        let _ = self.send_all();
        self.session.forget(error);
        stream_error(error)
    }
}

/// A transport that is not ready is no error where nothing is waited for.
pub(super) fn unless_blocked(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
        result => result,
    }
}
