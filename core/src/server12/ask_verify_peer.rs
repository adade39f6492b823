//! Asks the application whether the client's certificates are to be trusted.

use super::wait_client_key_exchange::Proof;
use super::{State, WaitClientKeyExchange};

#[derive(Debug)]
pub struct AskVerifyPeer;

impl AskVerifyPeer {
    /// The key that the verifier vouches for is in the handshake space.
    pub(super) const fn on_verified(self) -> State {
        State::WaitClientKeyExchange(WaitClientKeyExchange::new(Proof::Needed))
    }
}
