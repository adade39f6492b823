//! A connection with all that it needs but a transport.

use std::io;
use std::sync::Arc;

use tidegate::error::PeerMisbehaved;
use tidegate::{Client, Error, Event, ExternalPsk, PskRefused};

use super::{End, OwnedConnection};
use crate::ahead::Ahead;
use crate::buffer::FreeList;
use crate::certificates::PeerCertificates;
use crate::error::stream_error;
use crate::identity::IdentityList;
use crate::sessions::{KeptSession, Replays, SessionId, Time};

/// What every kind of stream has beside its transport, and what it does without one.
pub(crate) struct Session<R: End> {
    pub(super) connection: OwnedConnection<R, R::Config>,
    pub(super) shared: Arc<Shared<R>>,
    pub(super) session_id: SessionId,
    pub(super) peer_certificates: PeerCertificates,
    pub(super) server_name: Option<Box<str>>,
    pub(super) incoming: Incoming,
    pub(super) flushed: Flushed,
    pub(super) ahead: Ahead,
    /// Early data that was not read yet.
    pub(super) early: Ahead,
}

/// What all streams of a maker have in common.
pub(crate) struct Shared<R: End> {
    pub(crate) answers: R::Answers,
    pub(crate) sessions: Arc<R::Sessions>,
    /// Where record buffers come from and go to.
    pub(crate) free: FreeList,
    /// What becomes of early data that clients send.
    pub(crate) replays: Replays,
}

impl<R: End> Clone for Shared<R> {
    fn clone(&self) -> Self {
        Self {
            answers: self.answers.clone(),
            sessions: Arc::clone(&self.sessions),
            free: self.free.clone(),
            replays: self.replays,
        }
    }
}

/// How the peer's direction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Incoming {
    Open,
    /// Its close_notify was read.
    Closed,
}

/// Whether the transport was told to keep nothing of what it took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flushed {
    Yes,
    No,
}

impl<R: End> Session<R> {
    pub(crate) fn new(connection: OwnedConnection<R, R::Config>, shared: &Arc<Shared<R>>) -> Self {
        let server_name = connection.server_name().map(Box::from);
        Self {
            connection,
            shared: Arc::clone(shared),
            session_id: SessionId::default(),
            peer_certificates: PeerCertificates::default(),
            server_name,
            incoming: Incoming::Open,
            flushed: Flushed::Yes,
            ahead: Ahead::default(),
            early: Ahead::default(),
        }
    }

    /// Offers to go on with this session, before the handshake begins.
    pub(crate) fn resume(&mut self, session: KeptSession) {
        R::resume(&mut self.connection, &session.bytes, &Time::default());
        self.peer_certificates.found = session.certificates;
    }

    pub(crate) fn server_name(&self) -> Option<&str> {
        self.server_name.as_deref().or_else(|| self.connection.server_name())
    }

    pub(super) fn is_open(&self) -> bool {
        self.incoming == Incoming::Open
    }

    /// The data that was found, as much as lies together.
    pub(crate) fn data(&mut self) -> io::Result<&[u8]> {
        if !self.ahead.is_empty() {
            return Ok(self.ahead.first());
        }
        match self.connection.next_event() {
            Ok(Event::AppData(data)) => Ok(data.into_bytes()),
            Ok(_) => Err(io::Error::other("data was offered only once")),
            Err(error) => Err(stream_error(error)),
        }
    }

    /// Lets `count` bytes of that data go.
    pub(crate) fn consume(&mut self, count: usize) {
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

    /// The end of every call: what is not needed goes back, record buffers with the mode RELEASE_BUFFERS.
    pub(super) fn rest<O>(&mut self, outcome: O) -> O {
        self.hand_space_back();
        self.connection.release_into(&mut &self.shared.free);
        outcome
    }

    /// A connection that has failed does not go on.
    pub(super) fn forget(&self, error: Error) {
        // One of a connection that was only cut may (RFC 5246, section 7.2.1).
        if error != Error::PeerMisbehaved(PeerMisbehaved::Truncated) {
            R::forget_session(self.server_name.as_deref(), self.session_id.get(), &self.shared.sessions);
        }
    }

    /// A connection whose handshake is done needs its space no more, but for the name. Whatever drove the handshake
    /// calls this: events, reads and writes.
    pub(super) fn hand_space_back(&mut self) {
        if self.connection.is_handshaking() {
            return;
        }
        if self.server_name.is_none() {
            self.server_name = self.connection.server_name().map(Box::from);
        }
        self.peer_certificates.settle(&self.connection);
        if let (Some(name), Some(session)) =
            (&self.server_name, R::session(&self.connection, &Time::default()))
        {
            let certificates = self.peer_certificates.get().clone();
            R::keep_session(name, session, certificates, &self.shared.sessions);
        }
        drop(self.connection.detach_handshake());
    }
}

impl Session<Client<IdentityList>> {
    /// Offers an external key, before the handshake begins.
    pub(crate) fn offer_psk(&mut self, psk: ExternalPsk<'_>) -> Result<(), PskRefused> {
        self.connection.offer_psk(psk)
    }
}
