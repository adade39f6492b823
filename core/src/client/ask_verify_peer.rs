//! Asks the application whether the server's certificates are to be trusted.

use super::wait_certificate_or_request::OwnCertificate;
use super::{State, WaitCertificateVerify};
use crate::schedule::HandshakeSecrets;

#[derive(Debug)]
pub struct AskVerifyPeer {
    secrets: HandshakeSecrets,
    own: OwnCertificate,
}

impl AskVerifyPeer {
    pub(super) const fn new(secrets: HandshakeSecrets, own: OwnCertificate) -> Self {
        Self { secrets, own }
    }

    /// The key that the verifier vouches for is in the handshake space.
    pub(super) fn on_verified(self) -> State {
        State::WaitCertificateVerify(WaitCertificateVerify::new(self.secrets, self.own))
    }
}
