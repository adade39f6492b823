//! WAIT_CERT: the server's certificates, after it asked for ours.

use super::ask_verify_peer::OwnCertificate;
use super::{AskVerifyPeer, State};
use crate::crypto::Provider;
use crate::engine::{Context, Message};
use crate::error::{Error, PeerMisbehaved};
#[cfg(feature = "raw-public-keys")]
use crate::negotiation::certificate_types;
use crate::schedule::HandshakeSecrets;
use crate::wire::certificate::Certificate;

#[derive(Debug)]
pub struct WaitCertificate {
    secrets: HandshakeSecrets,
}

impl WaitCertificate {
    pub(super) const fn new(secrets: HandshakeSecrets) -> Self {
        Self { secrets }
    }

    pub(super) fn on_certificate<P: Provider>(
        self,
        message: Message<'_>,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        on_certificate(self.secrets, OwnCertificate::Requested, message, context)
    }
}

/// The chain stays in the incoming buffer until the application has judged it.
pub(super) fn on_certificate<P: Provider>(
    secrets: HandshakeSecrets,
    own: OwnCertificate,
    message: Message<'_>,
    context: &mut Context<'_, P>,
) -> Result<State, Error> {
    let certificate = Certificate::parse(message.body, context.space.offered)?;
    #[cfg(feature = "raw-public-keys")]
    let certificate = certificate_types::read(
        certificate,
        context.negotiated.server_certificate,
        context.common.peer_certificates,
    )?;
    if !certificate.request_context.is_empty() {
        return Err(PeerMisbehaved::IllegalParameter.into());
    }
    if certificate.chain.is_empty() {
        return Err(PeerMisbehaved::NoCertificate.into());
    }
    context.hash_message(&message)?;
    Ok(State::AskVerifyPeer(AskVerifyPeer::new(secrets, own)))
}
