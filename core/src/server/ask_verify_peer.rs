//! Asks the application whether the client's certificates are to be trusted.

use super::{State, WaitCertificateVerify};
use crate::schedule::ApplicationSecrets;

#[derive(Debug)]
pub struct AskVerifyPeer {
    secrets: ApplicationSecrets,
}

impl AskVerifyPeer {
    pub(super) const fn new(secrets: ApplicationSecrets) -> Self {
        Self { secrets }
    }

    /// The key that the verifier vouches for is in the handshake space.
    pub(super) fn on_verified(self) -> State {
        State::WaitCertificateVerify(WaitCertificateVerify::new(self.secrets))
    }
}
