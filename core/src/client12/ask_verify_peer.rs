//! Asks the application whether the server's certificates are to be trusted.

use super::ticket::Ticket;
use super::{State, WaitServerKeyExchange};
use crate::crypto::Provider;
use crate::engine::Context;
use crate::error::Error;
use crate::negotiation::signature;

#[derive(Debug)]
pub struct AskVerifyPeer {
    ticket: Ticket,
}

impl AskVerifyPeer {
    pub(super) const fn new(ticket: Ticket) -> Self {
        Self { ticket }
    }

    /// The key that the verifier vouches for is in the handshake space.
    pub(super) fn on_verified<P: Provider>(self, context: &Context<'_, P>) -> Result<State, Error> {
        signature::check_tls12_key(context)?;
        Ok(State::WaitServerKeyExchange(WaitServerKeyExchange::new(self.ticket)))
    }
}
