//! The ask to keep a new session of a server.

#[cfg(feature = "psk")]
use core::cell::Cell;
use core::fmt;

use heapless::Vec;
use pki_types::UnixTime;

use super::asked::Asked;
use super::event::Event;
use crate::engine::Answer;
#[cfg(feature = "psk")]
use crate::engine::{NewTicket, Origin, PskSpace};
use crate::limits;
use crate::secret::wipe_bytes;
#[cfg(feature = "psk")]
use crate::session::{KeptPsk, psk_lifetime};
#[cfg(feature = "tls12")]
use crate::session::{KeptSession, life};
#[cfg(all(feature = "tls12", feature = "psk"))]
use crate::wire::enums::ProtocolVersion;

/// Asks a server to keep a new session, or to seal it into a ticket. The client has proven that it has the keys, but for a
/// session of TLS 1.2 that goes on and gets a new ticket. In TLS 1.3 the ask comes once for each ticket.
#[must_use = "an ask that is dropped is offered again"]
pub struct KeepSession<'a> {
    kept: Kept<'a>,
    server_name: &'a str,
    ticket: Ticket<'a>,
    answer: &'a mut Answer,
}

/// Where the ticket goes that the client gets, and for how many seconds it is good.
struct Ticket<'a> {
    bytes: &'a mut Vec<u8, { limits::TICKET }>,
    lifetime: &'a mut u32,
}

/// The session of either version.
enum Kept<'a> {
    #[cfg(feature = "tls12")]
    Tls12(KeptSession<'a>),
    #[cfg(feature = "psk")]
    Tls13(NewPsk<'a>),
}

/// A session of TLS 1.3, and as what it was kept.
#[cfg(feature = "psk")]
struct NewPsk<'a> {
    session: KeptPsk<'a>,
    /// Under which it may be kept: the ticket then.
    id: &'a [u8],
    origin: &'a mut u64,
    /// Seconds that it is good for, and when the client proved who it is; zeros before it was written.
    made: Cell<(u32, u64)>,
}

/// The ticket is longer than [`limits::TICKET`](crate::limits::TICKET); the ask was answered with none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TicketTooLong;

impl fmt::Debug for KeepSession<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeepSession").field("server_name", &self.server_name).finish_non_exhaustive()
    }
}

impl<'a> KeepSession<'a> {
    /// The event of the ask.
    pub(super) fn offer(answer: &'a mut Answer, asked: Asked<'a>) -> Event<'a> {
        #[cfg(all(feature = "tls12", feature = "psk"))]
        if asked.version != Some(ProtocolVersion::TLS_1_2) {
            return Self::offer_tls13(answer, asked);
        }
        #[cfg(feature = "tls12")]
        return Self::offer_tls12(answer, asked);
        #[cfg(not(feature = "tls12"))]
        Self::offer_tls13(answer, asked)
    }

    #[cfg(feature = "tls12")]
    fn offer_tls12(answer: &'a mut Answer, asked: Asked<'a>) -> Event<'a> {
        let context = asked.context();
        let Asked { server_name, session: slots, .. } = asked;
        // One that goes on gets a new ticket; the id is the client's word for the one that it showed.
        let session_id = if slots.old.is_some() { &[] } else { asked.session_id };
        let kept = KeptSession {
            cipher_suite: asked.cipher_suite,
            group: asked.group,
            master_secret: slots.master.as_bytes(),
            server_name,
            context,
            peer_certificate: asked.peer_certificate,
            session_id,
            ticket: &[],
            issued: slots.old.map_or(0, |old| old.issued),
            lifetime: 0,
        };
        let ticket = Ticket { bytes: &mut slots.ticket, lifetime: &mut slots.ticket_lifetime };
        Event::KeepSession(Self { kept: Kept::Tls12(kept), server_name, ticket, answer })
    }

    #[cfg(feature = "psk")]
    fn offer_tls13(answer: &'a mut Answer, asked: Asked<'a>) -> Event<'a> {
        let Asked { server_name, psk, origin, .. } = asked;
        let PskSpace { new_ticket, identities, peer_certificate, .. } = psk;
        let NewTicket { key, age_add, id, lifetime, .. } = new_ticket;
        let Some(Origin { binding, authenticated, proof, .. }) = origin else {
            return Event::Want(super::event::Want::Nothing);
        };
        let session = KeptPsk {
            cipher_suite: asked.cipher_suite,
            key: key.as_bytes(),
            binding,
            proof: *proof,
            peer_certificate: peer_certificate.as_bytes(),
            protocol: asked.protocol,
            ticket: &[],
            age_add: *age_add,
            lifetime: 0,
            issued: 0,
            authenticated: 0,
            #[cfg(feature = "early-data")]
            max_early_data: asked.common.map_or(0, |common| common.max_early_data),
            #[cfg(not(feature = "early-data"))]
            max_early_data: 0,
        };
        let kept = NewPsk { session, id, origin: authenticated, made: Cell::new((0, 0)) };
        let ticket = Ticket { bytes: identities, lifetime };
        Event::KeepSession(Self { kept: Kept::Tls13(kept), server_name, ticket, answer })
    }

    /// The id under which the session is to be kept; none where the client takes a sealed one instead.
    #[must_use]
    pub fn id(&self) -> Option<&'a [u8]> {
        let id = match &self.kept {
            #[cfg(feature = "tls12")]
            Kept::Tls12(session) => session.session_id,
            #[cfg(feature = "psk")]
            Kept::Tls13(kept) => kept.id,
        };
        Some(id).filter(|id| !id.is_empty())
    }

    /// Writes the session to `out`, which may have to take [`MAX_SERVER_SESSION`](crate::MAX_SERVER_SESSION) bytes; how
    /// many it took, if it fits. It holds a secret. A day is the default for `seconds` (0), and the most in TLS 1.2; in TLS 1.3
    /// that is seven days from the handshake that the session goes back to, and nothing is written after them. A connection that
    /// gives its first ticket [later](super::Connection::new_session_ticket) counts from then on: it was told no time before.
    #[must_use]
    pub fn encode(&self, now: UnixTime, seconds: u32, out: &mut [u8]) -> Option<usize> {
        match &self.kept {
            #[cfg(feature = "tls12")]
            Kept::Tls12(session) => {
                let (issued, lifetime) = life(session.issued, now.as_secs(), seconds);
                KeptSession { issued, lifetime, ..*session }.encode(out)
            }
            #[cfg(feature = "psk")]
            Kept::Tls13(kept) => kept.encode(now.as_secs(), seconds, out),
        }
    }

    /// Gives the client this ticket, good for so many seconds; 0 where that is not to be said, or is as the session says.
    ///
    /// # Errors
    /// [`TicketTooLong`].
    pub fn give_ticket(self, ticket: &[u8], seconds: u32) -> Result<(), TicketTooLong> {
        forget(self.ticket.bytes);
        let taken = self.ticket.bytes.extend_from_slice(ticket);
        *self.ticket.lifetime = match self.kept {
            #[cfg(feature = "tls12")]
            Kept::Tls12(_) => seconds,
            #[cfg(feature = "psk")]
            Kept::Tls13(kept) => kept.settle(seconds),
        };
        *self.answer = Answer::Accepted;
        taken.map_err(|_| TicketTooLong)
    }

    /// Goes on without a ticket: the session is kept under its id, or not at all.
    pub fn done(self) {
        match self.kept {
            #[cfg(feature = "tls12")]
            Kept::Tls12(_) => forget(self.ticket.bytes),
            #[cfg(feature = "psk")]
            Kept::Tls13(kept) if kept.made.get() == (0, 0) => forget(self.ticket.bytes),
            #[cfg(feature = "psk")]
            Kept::Tls13(kept) => *self.ticket.lifetime = kept.settle(0),
        }
        *self.answer = Answer::Accepted;
    }

    /// Later: the ask comes again after [`resume_ask`](super::Connection::resume_ask).
    pub fn defer(self) {
        *self.answer = Answer::Deferred;
    }
}

#[cfg(feature = "psk")]
impl NewPsk<'_> {
    fn encode(&self, now: u64, seconds: u32, out: &mut [u8]) -> Option<usize> {
        let authenticated = if *self.origin == 0 { now } else { *self.origin };
        let wanted = if seconds == 0 { limits::SESSION_LIFETIME } else { seconds };
        let lifetime = psk_lifetime(wanted, now.saturating_sub(authenticated));
        if lifetime == 0 {
            return None;
        }
        self.made.set((lifetime, authenticated));
        KeptPsk { issued: now, authenticated, lifetime, ..self.session }.encode(out)
    }

    /// It was kept: how many seconds the client is told.
    fn settle(self, seconds: u32) -> u32 {
        let (lifetime, authenticated) = self.made.get();
        *self.origin = authenticated;
        if seconds == 0 { lifetime } else { lifetime.min(seconds) }
    }
}

/// Clearing alone would leave the bytes.
fn forget(ticket: &mut Vec<u8, { limits::TICKET }>) {
    wipe_bytes(ticket);
    ticket.clear();
}
