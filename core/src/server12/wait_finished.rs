//! The client's Finished.

use super::{AskKeepSession, Connected, SendChangeCipherSpec, State};
use crate::config::Resumption;
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
        context.check_tls12_finished(Peer::Client, message.body)?;
        if self.order == Order::Abbreviated {
            context.end_tls12_handshake(self.master);
            return Ok(State::Connected(Connected));
        }
        context.hash_message(&message)?;
        Ok(match context.past.resumption(context.common) {
            Resumption::ById | Resumption::ByTicket => {
                State::AskKeepSession(AskKeepSession::new(self.master, Order::Full))
            }
            Resumption::Off => {
                State::SendChangeCipherSpec(SendChangeCipherSpec::new(self.master, Order::Full))
            }
        })
    }
}
