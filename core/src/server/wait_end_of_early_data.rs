//! WAIT_EOED: early data, and the message that ends it (RFC 8446, section 4.5).

use super::{State, WaitFinished};
use crate::crypto::Provider;
use crate::engine::{Context, Message, Peer};
use crate::error::{Error, PeerMisbehaved};
use crate::schedule::ApplicationSecrets;

#[derive(Debug)]
pub struct WaitEndOfEarlyData {
    secrets: ApplicationSecrets,
}

impl WaitEndOfEarlyData {
    pub(super) const fn new(secrets: ApplicationSecrets) -> Self {
        Self { secrets }
    }

    pub(super) fn on_end_of_early_data<P: Provider>(
        self,
        message: Message<'_>,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        if !message.body.is_empty() {
            return Err(PeerMisbehaved::Malformed.into());
        }
        context.hash_message(&message)?;
        context.end_early_data();
        context.read_with_handshake_secret(Peer::Client, message.boundary?)?;
        Ok(State::WaitFinished(WaitFinished::new(self.secrets)))
    }
}
