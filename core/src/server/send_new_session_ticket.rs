//! Sends a ticket (RFC 8446, section 4.6.1).

use super::{AskKeepSession, State};
use crate::crypto::Provider;
use crate::engine::{Context, Sent};
use crate::error::Error;
use crate::schedule::ApplicationSecrets;

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
        let sent = context.send_ticket(&mut self.cursor)?;
        if sent == Sent::Part {
            return Ok((State::SendNewSessionTicket(self), Sent::Part));
        }
        Ok((AskKeepSession::next(self.secrets, context)?, Sent::All))
    }
}
