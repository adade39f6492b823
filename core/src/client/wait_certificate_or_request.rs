//! WAIT_CERT_CR: the server's certificates, or first its wish for ours.

#[cfg(feature = "client-auth")]
use super::AskIdentity;
use super::ask_verify_peer::OwnCertificate;
use super::wait_certificate::on_certificate;
use super::{State, WaitCertificate};
use crate::config::Identities;
use crate::crypto::Provider;
use crate::engine::{Context, Message};
use crate::error::{Error, PeerMisbehaved};
use crate::schedule::HandshakeSecrets;
use crate::wire::certificate_request::CertificateRequest;
use crate::wire::enums::HandshakeType;

#[derive(Debug)]
pub struct WaitCertificateOrRequest {
    secrets: HandshakeSecrets,
}

impl WaitCertificateOrRequest {
    pub(super) const fn new(secrets: HandshakeSecrets) -> Self {
        Self { secrets }
    }

    /// A request stays in the incoming buffer until the application has chosen.
    pub(super) fn on_either<P: Provider>(
        self,
        message: Message<'_>,
        _identities: &dyn Identities,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        if message.kind == HandshakeType::CERTIFICATE {
            return on_certificate(self.secrets, OwnCertificate::NotRequested, message, context);
        }
        let request = CertificateRequest::parse(message.body)?;
        if !request.context.is_empty() {
            return Err(PeerMisbehaved::IllegalParameter.into());
        }
        context.hash_message(&message)?;
        #[cfg(feature = "client-auth")]
        if _identities.are_there() {
            return Ok(State::AskIdentity(AskIdentity::new(self.secrets)));
        }
        Ok(State::WaitCertificate(WaitCertificate::new(self.secrets)))
    }
}
