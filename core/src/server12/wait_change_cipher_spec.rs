//! The client's change_cipher_spec: from here on its records are under the keys of this handshake.

use super::{State, WaitFinished};
use crate::crypto::Provider;
use crate::engine::{Context, MasterSecret, Order, Peer};
use crate::error::Error;
use crate::record::incoming::RecordBoundary;

#[derive(Debug)]
pub struct WaitChangeCipherSpec {
    master: MasterSecret,
    order: Order,
}

impl WaitChangeCipherSpec {
    pub(super) const fn new(master: MasterSecret, order: Order) -> Self {
        Self { master, order }
    }

    pub(super) fn on_change_cipher_spec<P: Provider>(
        self,
        boundary: RecordBoundary,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        context.change_read_keys(Peer::Client, boundary)?;
        Ok(State::WaitFinished(WaitFinished::new(self.master, self.order)))
    }
}
