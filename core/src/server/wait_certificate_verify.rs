//! WAIT_CV: the proof that the client has the key of its certificate.

use super::{State, WaitFinished};
use crate::crypto::Provider;
use crate::engine::{Context, Message, Peer, signature_input};
use crate::error::Error;
use crate::negotiation::signature;
use crate::schedule::ApplicationSecrets;
use crate::wire::certificate::CertificateVerify;

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
        let verify = CertificateVerify::parse(message.body)?;
        let transcript = context.transcript()?;
        let input = signature_input(Peer::Client, &transcript);
        signature::verify(verify.scheme, &input, verify.signature, context)?;
        context.negotiated.client_signature_scheme = Some(verify.scheme);
        context.hash_message(&message)?;
        Ok(State::WaitFinished(WaitFinished::new(self.secrets)))
    }
}
