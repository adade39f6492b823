//! WAIT_CV: the proof that the server has the key of its certificate.

use super::ask_verify_peer::OwnCertificate;
use super::{State, WaitFinished};
use crate::crypto::Provider;
use crate::engine::{Context, Message, Peer};
use crate::error::Error;
use crate::negotiation::signature;
use crate::schedule::HandshakeSecrets;

#[derive(Debug)]
pub struct WaitCertificateVerify {
    secrets: HandshakeSecrets,
    own: OwnCertificate,
}

impl WaitCertificateVerify {
    pub(super) const fn new(secrets: HandshakeSecrets, own: OwnCertificate) -> Self {
        Self { secrets, own }
    }

    pub(super) fn on_certificate_verify<P: Provider>(
        self,
        message: Message<'_>,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        let scheme = signature::on_certificate_verify(Peer::Server, &message, context)?;
        context.negotiated.signature_scheme = Some(scheme);
        Ok(State::WaitFinished(WaitFinished::new(self.secrets, self.own)))
    }
}
