//! Sends our Finished, the first message under the new keys.

use super::{State, WaitChangeCipherSpec};
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
        Ok(match context.send_tls12_finished(&mut self.cursor, Peer::Client)? {
            Sent::All => (State::WaitChangeCipherSpec(WaitChangeCipherSpec::new(self.master)), Sent::All),
            Sent::Part => (State::SendFinished(self), Sent::Part),
        })
    }
}
