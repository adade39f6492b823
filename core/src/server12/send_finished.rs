//! Sends our Finished, which ends the handshake, or our part of it.

use super::{Connected, State, WaitChangeCipherSpec};
use crate::crypto::Provider;
use crate::engine::{Context, MasterSecret, Order, Peer, Sent};
use crate::error::Error;

#[derive(Debug)]
pub struct SendFinished {
    cursor: usize,
    master: MasterSecret,
    order: Order,
}

impl SendFinished {
    pub(super) const fn new(master: MasterSecret, order: Order) -> Self {
        Self { cursor: 0, master, order }
    }

    pub(super) fn send_finished<P: Provider>(
        mut self,
        context: &mut Context<'_, P>,
    ) -> Result<(State, Sent), Error> {
        if context.send_tls12_finished(&mut self.cursor, Peer::Server)? == Sent::Part {
            return Ok((State::SendFinished(self), Sent::Part));
        }
        let state = match self.order {
            Order::Full => {
                context.end_tls12_handshake(self.master);
                State::Connected(Connected)
            }
            Order::Abbreviated => {
                State::WaitChangeCipherSpec(WaitChangeCipherSpec::new(self.master, Order::Abbreviated))
            }
        };
        Ok((state, Sent::All))
    }
}
