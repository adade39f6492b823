//! The server's Finished ends the handshake.

use super::{Connected, State};
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
        context.check_tls12_finished(Peer::Server, message.body)?;
        context.end_tls12_handshake(self.master);
        Ok(State::Connected(Connected))
    }
}
