//! Sends a ticket (RFC 8446, section 4.6.1).

use super::{AskKeepSession, State};
use crate::crypto::Provider;
use crate::engine::{Context, Hashing, Sent};
use crate::error::Error;
use crate::schedule::ApplicationSecrets;
use crate::wire::new_session_ticket::NewSessionTicket;

#[derive(Debug)]
pub struct SendNewSessionTicket {
    cursor: usize,
    secrets: ApplicationSecrets,
}

impl SendNewSessionTicket {
    pub(super) const fn new(secrets: ApplicationSecrets) -> Self {
        Self { cursor: 0, secrets }
    }

    pub(super) fn send_new_session_ticket<P: Provider>(
        mut self,
        context: &mut Context<'_, P>,
    ) -> Result<(State, Sent), Error> {
        // It is no part of the transcript.
        #[cfg(feature = "early-data")]
        let max_early_data = Some(context.common.max_early_data).filter(|bytes| *bytes > 0);
        #[cfg(not(feature = "early-data"))]
        let max_early_data = None;
        let sent = context.send_from_space(&mut self.cursor, Hashing::Later, &|space, writer| {
            let ticket = &space.psk.new_ticket;
            let message = NewSessionTicket {
                lifetime: ticket.lifetime,
                age_add: ticket.age_add,
                nonce: &ticket.nonce,
                ticket: &space.psk.identities,
                max_early_data,
            };
            message.encode(writer);
        })?;
        if sent == Sent::Part {
            return Ok((State::SendNewSessionTicket(self), Sent::Part));
        }
        Ok((AskKeepSession::next(self.secrets, context)?, Sent::All))
    }
}
