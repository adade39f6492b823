//! The tickets that a client is given.

use core::ops::Range;

use super::Origin;
use crate::config::Common;
use crate::crypto::{HashAlgorithm, MAX_DIGEST, Provider};
use crate::engine::{Engine, Loan, Negotiated, Role};
use crate::limits;
use crate::schedule::DeriveTicketKey;
use crate::secret::Secret;
use crate::session::{KeptPsk, psk_lifetime};
use crate::wire::enums::CipherSuite;
use crate::wire::new_session_ticket::NewSessionTicket;

/// Is told tickets within a call.
pub type Teller<'a> = &'a mut dyn FnMut(Ticket<'_>);

/// A ticket for later connections (RFC 8446, section 4.6.1). It comes once and is gone with the next call.
pub struct Ticket<'a> {
    ticket: NewSessionTicket<'a>,
    provider: &'a mut dyn DeriveTicketKey,
    origin: &'a mut Origin,
    cipher_suite: CipherSuite,
    /// The application protocol; empty for none.
    protocol: &'a [u8],
}

impl core::fmt::Debug for Ticket<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Ticket").field("ticket", &self.ticket).finish_non_exhaustive()
    }
}

impl<'a> Ticket<'a> {
    /// The message.
    #[must_use]
    pub const fn message(&self) -> NewSessionTicket<'a> {
        self.ticket
    }

    /// Writes the session that goes on with this ticket to `out`, which may have to take
    /// [`MAX_CLIENT_SESSION`](crate::MAX_CLIENT_SESSION) bytes; how many it took. `now` is when the ticket came. The bytes
    /// hold a secret, and are good in later connections to the same name under the same
    /// [`session_context`](crate::config::Common::session_context), after a restart too.
    ///
    /// None where sessions do not go on, the ticket is longer than [`limits::TICKET`](crate::limits::TICKET), there is no
    /// room, or its time is over: seven days after the peer proved who it is, at the latest.
    #[must_use]
    pub fn encode(&mut self, now: crate::UnixTime, out: &mut [u8]) -> Option<usize> {
        let Self { provider, origin, cipher_suite, protocol, .. } = self;
        if origin.resumption.is_empty() || self.ticket.ticket.len() > limits::TICKET {
            return None;
        }
        let issued = now.as_secs();
        let authenticated = origin.authenticated_by(issued);
        let lifetime = psk_lifetime(self.ticket.lifetime, issued.checked_sub(authenticated)?);
        let mut key = Secret::<MAX_DIGEST>::empty();
        let room = key.fill(HashAlgorithm::of(*cipher_suite).len());
        provider.derive_ticket_key(*cipher_suite, &origin.resumption, self.ticket.nonce, room).ok()?;
        origin.authenticated = authenticated;
        let session = KeptPsk {
            cipher_suite: *cipher_suite,
            key: key.as_bytes(),
            binding: &origin.binding,
            proof: origin.proof,
            peer_certificate: &[],
            protocol,
            ticket: self.ticket.ticket,
            age_add: self.ticket.age_add,
            lifetime,
            issued,
            authenticated,
            max_early_data: self.ticket.max_early_data.unwrap_or(0),
        };
        (lifetime > 0).then(|| session.encode(out)).flatten()
    }
}

impl<R: Role> Engine<R> {
    /// The ticket with this body, and what a session is made of beside it.
    pub(crate) fn ticket<'a, P: Provider>(
        &'a mut self,
        body: &'a [u8],
        provider: &'a mut P,
        common: &'a Common,
    ) -> Option<Ticket<'a>> {
        Some(Ticket {
            ticket: NewSessionTicket::parse(body).ok()?,
            provider,
            origin: self.past.origin_mut()?,
            cipher_suite: self.negotiated.cipher_suite.unwrap_or(CipherSuite(0)),
            protocol: protocol(&self.negotiated, common),
        })
    }

    /// Tells a ticket that came in a call which does not end for it.
    pub(crate) fn tell_ticket<P: Provider>(&mut self, body: Range<usize>, lent: &mut Loan<'_, R, P>) {
        let Loan { config, provider, incoming, teller, .. } = lent;
        let Some(teller) = teller else { return };
        let body = incoming.bytes.get(body).unwrap_or_default();
        if let Some(ticket) = self.ticket(body, *provider, R::common(config)) {
            teller(ticket);
        }
    }
}

/// The application protocol that was agreed on; empty for none.
pub(crate) fn protocol<'a>(negotiated: &Negotiated, common: &'a Common) -> &'a [u8] {
    let place = negotiated.protocol.map(usize::from);
    place.and_then(|place| common.protocols.iter().nth(place)).unwrap_or_default()
}
