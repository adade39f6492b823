//! Asks the application whether the server's certificates are to be trusted.

use super::{State, WaitCertificateVerify};
use crate::schedule::HandshakeSecrets;

#[derive(Debug)]
pub struct AskVerifyPeer {
    secrets: HandshakeSecrets,
    own: OwnCertificate,
}

/// Whether the server asked for our certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OwnCertificate {
    NotRequested,
    Requested,
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
