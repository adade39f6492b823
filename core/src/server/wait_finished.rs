//! WAIT_FINISHED: the client's Finished ends the handshake.

use super::{Connected, State};
use crate::crypto::Provider;
use crate::engine::{Context, Message, Peer};
use crate::error::Error;
use crate::schedule::ApplicationSecrets;

#[derive(Debug)]
pub struct WaitFinished {
    secrets: ApplicationSecrets,
}

impl WaitFinished {
    pub(super) const fn new(secrets: ApplicationSecrets) -> Self {
        Self { secrets }
    }

    pub(super) fn on_finished<P: Provider>(
        self,
        message: Message<'_>,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        context.check_finished(Peer::Client, message.body)?;
        context.hash_message(&message)?;
        context.read_with_application_secret(Peer::Client, message.boundary?)?;
        context.space.schedule.wipe();
        Ok(State::Connected(Connected::new(self.secrets)))
    }
}
