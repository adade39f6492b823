//! Sends the change_cipher_spec: from here on our records are under the keys of this handshake.

use super::{SendFinished, State};
use crate::crypto::Provider;
use crate::engine::{Context, MasterSecret, Order, Peer, Sent};
use crate::error::Error;

#[derive(Debug)]
pub struct SendChangeCipherSpec {
    master: MasterSecret,
    order: Order,
}

impl SendChangeCipherSpec {
    pub(super) const fn new(master: MasterSecret, order: Order) -> Self {
        Self { master, order }
    }

    pub(super) fn send_change_cipher_spec<P: Provider>(
        self,
        context: &mut Context<'_, P>,
    ) -> Result<(State, Sent), Error> {
        Ok(match context.change_write_keys(Peer::Server)? {
            Sent::All => (State::SendFinished(SendFinished::new(self.master, self.order)), Sent::All),
            Sent::Part => (State::SendChangeCipherSpec(self), Sent::Part),
        })
    }
}
