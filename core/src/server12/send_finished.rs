//! Sends our Finished, which ends the handshake.

use super::{Connected, State};
use crate::crypto::Provider;
use crate::engine::{Context, MasterSecret, Peer, Sent};
use crate::error::Error;

#[derive(Debug)]
pub struct SendFinished {
    cursor: usize,
    master: MasterSecret,
}

impl SendFinished {
    pub(super) const fn new(master: MasterSecret) -> Self {
        Self { cursor: 0, master }
    }

    pub(super) fn send_finished<P: Provider>(
        mut self,
        context: &mut Context<'_, P>,
    ) -> Result<(State, Sent), Error> {
        if context.send_tls12_finished(&mut self.cursor, Peer::Server)? == Sent::Part {
            return Ok((State::SendFinished(self), Sent::Part));
        }
        context.end_tls12_handshake(self.master);
        Ok((State::Connected(Connected), Sent::All))
    }
}
