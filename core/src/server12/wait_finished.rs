//! The client's Finished.

use super::{SendChangeCipherSpec, State};
use crate::crypto::Provider;
use crate::engine::{Context, MasterSecret, Message, Peer};
use crate::error::Error;

#[derive(Debug)]
pub struct WaitFinished {
    master: MasterSecret,
}

impl WaitFinished {
    pub(super) const fn new(master: MasterSecret) -> Self {
        Self { master }
    }

    pub(super) fn on_finished<P: Provider>(
        self,
        message: Message<'_>,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        context.check_tls12_finished(Peer::Client, message.body)?;
        context.hash_message(&message)?;
        Ok(State::SendChangeCipherSpec(SendChangeCipherSpec::new(self.master)))
    }
}
