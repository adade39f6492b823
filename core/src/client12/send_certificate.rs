//! Answers a CertificateRequest: with the certificates of the identity chosen, or with none, and the server decides what that
//! means (RFC 5246, section 7.4.6).

use super::ticket::Ticket;
use super::{SendClientKeyExchange, State};
use crate::config::Identities;
use crate::crypto::Provider;
use crate::engine::{Context, Peer, Sent};
use crate::error::Error;
use crate::negotiation::certificate12;

#[derive(Debug)]
pub struct SendCertificate {
    cursor: usize,
    ticket: Ticket,
}

impl SendCertificate {
    pub(super) const fn new(ticket: Ticket) -> Self {
        Self { cursor: 0, ticket }
    }

    pub(super) fn send_certificate<P: Provider>(
        mut self,
        identities: &dyn Identities,
        context: &mut Context<'_, P>,
    ) -> Result<(State, Sent), Error> {
        let sent = certificate12::send(&mut self.cursor, Peer::Client, identities, context)?;
        Ok(match sent {
            Sent::All => (State::SendClientKeyExchange(SendClientKeyExchange::new(self.ticket)), Sent::All),
            Sent::Part => (State::SendCertificate(self), Sent::Part),
        })
    }
}
