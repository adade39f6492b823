//! Between the connection and its transport.

use std::io::{self, Read, Write};

use tidegate::driver::decline;
use tidegate::error::PeerMisbehaved;
use tidegate::{Client, Error, Event, ExternalPsk, PskRefused, Side, Want};

use super::early_data::keep_early_data;
use super::{End, Stream};
use crate::error::stream_error;
use crate::identity::IdentityList;
use crate::sessions::{KeptSession, Time};

/// What came of an event.
pub(super) enum Turn {
    /// The connection can't go on without this.
    Wants(Want),
    /// Application data is there.
    HasData,
    /// Something was dealt with.
    Progress,
}

impl<R: End, T> Stream<R, T> {
    /// Offers to go on with this session, before the handshake begins.
    pub(crate) fn resume(&mut self, session: KeptSession) {
        R::resume(&mut self.connection, &session.bytes, &Time::default());
        self.peer_certificates.found = Some(session.certificates);
    }
}

impl<T> Stream<Client<IdentityList>, T> {
    /// Offers an external key, before the handshake begins.
    pub(crate) fn offer_psk(&mut self, psk: ExternalPsk<'_>) -> Result<(), PskRefused> {
        self.connection.offer_psk(psk)
    }
}

impl<R: End, T: Read + Write> Stream<R, T> {
    /// Deals with the next event.
    pub(super) fn turn(&mut self) -> io::Result<Turn> {
        let Self { connection, answers, sessions, session_id, peer_certificates, server_name, .. } = self;
        let replays = self.replays;
        peer_certificates.follow(connection);
        let event = match connection.next_event() {
            Ok(event) => R::answer(event, answers, &mut peer_certificates.shown)
                .and_then(|event| R::answer_session(event, sessions, session_id, peer_certificates, replays))
                .and_then(decline),
            Err(error) => return Err(self.failed(error)),
        };
        let turn = match event {
            Some(Event::Want(want)) => Turn::Wants(want),
            Some(Event::AppData(_)) => Turn::HasData,
            Some(Event::EarlyData(data)) => {
                keep_early_data(&mut self.early, data)?;
                Turn::Progress
            }
            Some(Event::Ticket(ticket)) => {
                R::keep_ticket(ticket, server_name.as_deref(), peer_certificates, sessions);
                Turn::Progress
            }
            _ => Turn::Progress,
        };
        self.hand_space_back();
        Ok(turn)
    }

    /// Does what the connection wants.
    pub(super) fn obey(&mut self, want: Want) -> io::Result<()> {
        self.hand_space_back();
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
                R::lend_space(&mut self.connection, self.server_name.as_deref());
                Ok(())
            }
            Want::Answer | Want::Nothing => {
                Err(io::Error::other("the connection waits for nothing that could come"))
            }
        }
    }

    /// Takes the data that stands before the rest of a renegotiation, for the next read.
    pub(super) fn set_data_aside(&mut self) -> io::Result<()> {
        if let Ok(Event::AppData(mut data)) = self.connection.next_event() {
            if !self.ahead.keep(data.bytes()) {
                let why = "more was received than is kept: read before the renegotiation goes on";
                return Err(io::Error::new(io::ErrorKind::WouldBlock, why));
            }
            data.consume(usize::MAX);
        }
        Ok(())
    }

    fn acquire(&mut self, side: Side) -> io::Result<()> {
        match self.connection.acquire_one(side, &mut self.free) {
            true => Ok(()),
            false => Err(io::Error::other("the record buffers are too short for this connection")),
        }
    }

    /// Reads from the transport once.
    fn fill(&mut self) -> io::Result<()> {
        let space = self.connection.incoming_space();
        if space.is_empty() {
            return Err(io::Error::other("no room for what is waited for"));
        }
        match self.transport.read(space) {
            Ok(0) => self.connection.incoming_ended(),
            Ok(count) => self.connection.incoming_filled(count),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Writes to the transport once.
    fn send_some(&mut self) -> io::Result<()> {
        match self.transport.write(self.connection.outgoing()) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => self.connection.outgoing_sent(count),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Writes to the transport until nothing is left.
    pub(super) fn send_all(&mut self) -> io::Result<()> {
        if self.connection.outgoing().is_empty() {
            return Ok(());
        }
        while !self.connection.outgoing().is_empty() {
            self.send_some()?;
        }
        self.transport.flush()
    }

    /// The end of every call: what is not needed goes back, record buffers with the mode RELEASE_BUFFERS.
    pub(super) fn rest<O>(&mut self, outcome: O) -> O {
        self.hand_space_back();
        self.connection.release_into(&mut self.free);
        outcome
    }

    /// The connection's error for the caller, after its alert for the peer.
    pub(super) fn failed(&mut self, error: Error) -> io::Error {
        // The error counts, not whether the peer could be told.
        let _ = self.send_all();
        // One of a connection that was only cut may go on (RFC 5246, section 7.2.1).
        if error != Error::PeerMisbehaved(PeerMisbehaved::Truncated) {
            R::forget_session(self.server_name.as_deref(), &self.session_id, &self.sessions);
        }
        stream_error(error)
    }

    /// A connection whose handshake is done needs its space no more, but for the name. Whatever drove the handshake
    /// calls this: events, reads and writes.
    pub(super) fn hand_space_back(&mut self) {
        if self.connection.is_handshaking() {
            return;
        }
        if self.server_name.is_none() {
            self.server_name = self.connection.server_name().map(str::to_owned);
        }
        self.peer_certificates.settle(&self.connection);
        if let (Some(name), Some(session)) =
            (&self.server_name, R::session(&self.connection, &Time::default()))
        {
            let certificates = self.peer_certificates.get().to_vec();
            R::keep_session(name, session, certificates, &self.sessions);
        }
        drop(self.connection.detach_handshake());
    }
}

/// A transport that is not ready is no error where nothing is waited for.
pub(super) fn unless_blocked(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
        result => result,
    }
}
