//! Asks the application whether the server's certificates are to be trusted.

use super::ticket::Ticket;
use super::{State, WaitServerKeyExchange};

#[derive(Debug)]
pub struct AskVerifyPeer {
    ticket: Ticket,
}

impl AskVerifyPeer {
    pub(super) const fn new(ticket: Ticket) -> Self {
        Self { ticket }
    }

    /// The key that the verifier vouches for is in the handshake space.
    pub(super) const fn on_verified(self) -> State {
        State::WaitServerKeyExchange(WaitServerKeyExchange::new(self.ticket))
    }
}
