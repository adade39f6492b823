//! The server's Finished ends the handshake, or its part of it.

use super::ticket::Next;
use super::{Connected, SendChangeCipherSpec, State};
use crate::crypto::Provider;
use crate::engine::{Context, MasterSecret, Message, Order, Peer};
use crate::error::Error;

#[derive(Debug)]
pub struct WaitFinished {
    master: MasterSecret,
    order: Order,
}

impl WaitFinished {
    pub(super) const fn new(master: MasterSecret, order: Order) -> Self {
        Self { master, order }
    }

    pub(super) fn on_finished<P: Provider>(
        self,
        message: Message<'_>,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        context.check_tls12_finished(Peer::Server, message.body)?;
        match self.order {
            Order::Full => {
                context.end_tls12_handshake(self.master);
                Ok(State::Connected(Connected))
            }
            Order::Abbreviated => {
                context.hash_message(&message)?;
                Ok(State::SendChangeCipherSpec(SendChangeCipherSpec::new(self.master, Next::Nothing)))
            }
        }
    }
}
