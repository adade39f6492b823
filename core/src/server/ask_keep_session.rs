//! Asks the application to keep the session of this connection, or to seal it into a ticket (RFC 8446, section 4.6.1).

use super::{Connected, SendNewSessionTicket, State};
use crate::crypto::Provider;
use crate::engine::Context;
use crate::error::Error;
use crate::schedule::ApplicationSecrets;

#[derive(Debug)]
pub struct AskKeepSession {
    secrets: ApplicationSecrets,
}

impl AskKeepSession {
    /// The ask for one more ticket, where the client is to get one; else the handshake is done.
    pub(super) fn next<P: Provider>(
        secrets: ApplicationSecrets,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        if !context.prepare_ticket()? {
            return Ok(State::Connected(Connected::new(secrets)));
        }
        Ok(State::AskKeepSession(Self { secrets }))
    }

    /// The ticket is in the handshake space. Without one the client gets no more.
    pub(super) fn on_answered<P: Provider>(self, context: &Context<'_, P>) -> State {
        if context.space.psk.identities.is_empty() {
            return State::Connected(Connected::new(self.secrets));
        }
        State::SendNewSessionTicket(SendNewSessionTicket::new(self.secrets))
    }
}
