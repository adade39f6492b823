//! Asks about the sessions of a server of TLS 1.2 (RFC 5246, section 7.3; RFC 5077).

use core::fmt;

use pki_types::UnixTime;

use super::asked::Asked;
use super::event::{Event, Want};
use super::resume::SessionRefused;
use crate::config::Resumption;
use crate::engine::{Answer, Renewal, SessionSlots};
use crate::session::KeptSession;
use crate::wire::client_hello::ClientHello;
use crate::wire::lists::U16List;

/// Asks a server for the session that the client wants to go on with.
#[must_use = "an ask that is dropped is offered again"]
pub struct FindSession<'a> {
    ticket: Option<&'a [u8]>,
    session_id: &'a [u8],
    cipher_suites: U16List<'a>,
    server_name: &'a str,
    context: &'a [u8],
    renewal: Renewal,
    slots: &'a mut SessionSlots,
    answer: &'a mut Answer,
}

impl fmt::Debug for FindSession<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FindSession").field("server_name", &self.server_name).finish_non_exhaustive()
    }
}

impl<'a> FindSession<'a> {
    /// The event of the ask about this ClientHello, which was parsed before.
    pub(super) fn offer(hello: &'a [u8], answer: &'a mut Answer, asked: Asked<'a>) -> Event<'a> {
        let Ok(hello) = ClientHello::parse(hello) else { return Event::Want(Want::Nothing) };
        let takes_tickets = asked.common.is_some_and(|common| common.resumption == Resumption::ByTicket);
        Event::FindSession(Self {
            ticket: hello.extensions.session_ticket.filter(|_| takes_tickets),
            session_id: hello.session_id,
            cipher_suites: hello.cipher_suites,
            server_name: asked.server_name,
            context: asked.context(),
            renewal: Renewal::None,
            slots: asked.session,
            answer,
        })
    }

    /// The ticket that the client shows (RFC 5077).
    #[must_use]
    pub fn ticket(&self) -> Option<&'a [u8]> {
        self.ticket.filter(|ticket| !ticket.is_empty())
    }

    /// The id under which the session was kept, at most 32 bytes. It says nothing beside a ticket, and may be made up.
    #[must_use]
    pub fn id(&self) -> Option<&'a [u8]> {
        Some(self.session_id).filter(|id| !id.is_empty() && self.ticket().is_none())
    }

    /// Goes on with this session, as [`KeepSession::encode`](super::KeepSession::encode) wrote it.
    ///
    /// # Errors
    /// [`SessionRefused`]: the ask was answered with none.
    pub fn resume(self, session: &[u8], now: UnixTime) -> Result<(), SessionRefused> {
        let outcome = self.check(session, now);
        match outcome {
            Ok(kept) if self.slots.keep(&kept, self.renewal).is_some() => *self.answer = Answer::Accepted,
            Ok(_) => {
                self.none();
                return Err(SessionRefused::Malformed);
            }
            Err(_) => self.none(),
        }
        outcome.map(|_| ())
    }

    /// As [`FindSession::resume`], and has the client given a new ticket in place of the one that it shows, whose key is to go,
    /// for example. The session ends a day after it began, at the latest.
    ///
    /// # Errors
    /// As [`FindSession::resume`].
    pub fn resume_with_new_ticket(mut self, session: &[u8], now: UnixTime) -> Result<(), SessionRefused> {
        self.renewal = Renewal::Due;
        self.resume(session, now)
    }

    fn check<'s>(&self, session: &'s [u8], now: UnixTime) -> Result<KeptSession<'s>, SessionRefused> {
        let kept = KeptSession::parse(session).map_err(|_| SessionRefused::Malformed)?;
        if kept.server_name != self.server_name || kept.context != self.context {
            return Err(SessionRefused::OtherPeer);
        }
        if !self.cipher_suites.contains(kept.cipher_suite.0) {
            return Err(SessionRefused::CipherSuite);
        }
        if !kept.is_fresh(now) {
            return Err(SessionRefused::Expired);
        }
        Ok(kept)
    }

    /// There is none: a full handshake.
    pub fn none(self) {
        self.slots.forget();
        *self.answer = Answer::Accepted;
    }

    /// Later: the ask comes again after [`resume_ask`](super::Connection::resume_ask).
    pub fn defer(self) {
        *self.answer = Answer::Deferred;
    }
}
