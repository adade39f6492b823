//! Answers a CertificateRequest with no certificates (RFC 5246, section 7.4.6); the server decides what that means.

use super::ticket::Ticket;
use super::{SendClientKeyExchange, State};
use crate::crypto::Provider;
use crate::engine::{Context, Hashing, Sent};
use crate::error::Error;
use crate::wire::tls12::certificate;

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
        context: &mut Context<'_, P>,
    ) -> Result<(State, Sent), Error> {
        let sent =
            context.send_message(&mut self.cursor, Hashing::Now, &|w| certificate::encode(w, &|_| ()))?;
        Ok(match sent {
            Sent::All => (State::SendClientKeyExchange(SendClientKeyExchange::new(self.ticket)), Sent::All),
            Sent::Part => (State::SendCertificate(self), Sent::Part),
        })
    }
}
