//! WAIT_FINISHED: the client's Finished ends the handshake.

#[cfg(feature = "psk")]
use super::AskKeepSession;
#[cfg(not(feature = "psk"))]
use super::Connected;
use super::State;
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
        #[cfg(feature = "psk")]
        if context.space.psk.new_ticket.usable.is_some() {
            context.keep_origin()?;
        }
        context.space.schedule.wipe();
        #[cfg(feature = "psk")]
        return AskKeepSession::next(self.secrets, context);
        #[cfg(not(feature = "psk"))]
        Ok(State::Connected(Connected::new(self.secrets)))
    }
}
