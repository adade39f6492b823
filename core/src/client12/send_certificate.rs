//! Answers a CertificateRequest: with the certificates of the identity chosen, or with none, and the server decides what that
//! means (RFC 5246, section 7.4.6).

use super::ticket::Ticket;
use super::{SendClientKeyExchange, State};
use crate::config::Identities;
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
        identities: &dyn Identities,
        context: &mut Context<'_, P>,
    ) -> Result<(State, Sent), Error> {
        let identity = context.space.identity.map(|(identity, _)| identity);
        let sent = context.send_message(&mut self.cursor, Hashing::Now, &|writer| {
            certificate::encode(writer, &|each| {
                if let Some(identity) = identity {
                    identities.for_each_certificate(identity, each);
                }
            });
        })?;
        Ok(match sent {
            Sent::All => (State::SendClientKeyExchange(SendClientKeyExchange::new(self.ticket)), Sent::All),
            Sent::Part => (State::SendCertificate(self), Sent::Part),
        })
    }
}
