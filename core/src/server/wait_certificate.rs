//! WAIT_CERT: the client's certificates, or that it has none.

use super::{AskVerifyPeer, State, WaitFinished};
use crate::config::PeerCertificate;
use crate::crypto::Provider;
use crate::engine::{Context, Message};
use crate::error::{Error, PeerIncompatible, PeerMisbehaved};
#[cfg(feature = "raw-public-keys")]
use crate::negotiation::certificate_types;
use crate::schedule::ApplicationSecrets;
use crate::wire::certificate::Certificate;

#[derive(Debug)]
pub struct WaitCertificate {
    secrets: ApplicationSecrets,
}

impl WaitCertificate {
    pub(super) const fn new(secrets: ApplicationSecrets) -> Self {
        Self { secrets }
    }

    /// The chain stays in the incoming buffer until the application has judged it.
    pub(super) fn on_certificate<P: Provider>(
        self,
        message: Message<'_>,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        let certificate = Certificate::parse(message.body, context.space.offered)?;
        #[cfg(feature = "raw-public-keys")]
        let certificate = certificate_types::read(
            certificate,
            context.negotiated.client_certificate,
            context.common.peer_certificates,
        )?;
        if !certificate.request_context.is_empty() {
            return Err(PeerMisbehaved::IllegalParameter.into());
        }
        let is_none = certificate.chain.is_empty();
        if is_none && context.space.client_certificate == PeerCertificate::Required {
            return Err(PeerIncompatible::CertificateRequired.into());
        }
        #[cfg(feature = "psk")]
        context.keep_peer_certificate(certificate.chain.iter().next())?;
        context.hash_message(&message)?;
        Ok(match is_none {
            true => State::WaitFinished(WaitFinished::new(self.secrets)),
            false => State::AskVerifyPeer(AskVerifyPeer::new(self.secrets)),
        })
    }
}
