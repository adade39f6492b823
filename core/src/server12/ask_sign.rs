//! Asks the application for the signature of our half of the key exchange.

use super::{SendServerKeyExchange, State};

#[derive(Debug)]
pub struct AskSign;

impl AskSign {
    /// The signature is in the handshake space.
    pub(super) const fn on_signed(self) -> State {
        State::SendServerKeyExchange(SendServerKeyExchange::new())
    }
}
