//! WAIT_CV: the proof that the client has the key of its certificate.

use super::{State, WaitFinished};
use crate::crypto::Provider;
use crate::engine::{Context, Message, Peer};
use crate::error::Error;
use crate::negotiation::signature;
use crate::schedule::ApplicationSecrets;

#[derive(Debug)]
pub struct WaitCertificateVerify {
    secrets: ApplicationSecrets,
}

impl WaitCertificateVerify {
    pub(super) const fn new(secrets: ApplicationSecrets) -> Self {
        Self { secrets }
    }

    pub(super) fn on_certificate_verify<P: Provider>(
        self,
        message: Message<'_>,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        let scheme = signature::on_certificate_verify(Peer::Client, &message, context)?;
        context.negotiated.client_signature_scheme = Some(scheme);
        Ok(State::WaitFinished(WaitFinished::new(self.secrets)))
    }
}
