//! Asks the application for the signature of the transcript.

use super::{SendCertificateVerify, State};
use crate::schedule::ApplicationSecrets;

#[derive(Debug)]
pub struct AskSign {
    secrets: ApplicationSecrets,
}

impl AskSign {
    pub(super) const fn new(secrets: ApplicationSecrets) -> Self {
        Self { secrets }
    }

    /// The signature is in the handshake space.
    pub(super) fn on_signed(self) -> State {
        State::SendCertificateVerify(SendCertificateVerify::new(self.secrets))
    }
}
