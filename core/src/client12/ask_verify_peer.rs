//! Asks the application whether the server's certificates are to be trusted.

use super::{State, WaitServerKeyExchange};

#[derive(Debug)]
pub struct AskVerifyPeer;

impl AskVerifyPeer {
    /// The key that the verifier vouches for is in the handshake space.
    pub(super) const fn on_verified(self) -> State {
        State::WaitServerKeyExchange(WaitServerKeyExchange)
    }
}
