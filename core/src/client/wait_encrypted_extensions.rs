//! WAIT_EE: what the server makes of our extensions.

#[cfg(feature = "psk")]
use super::WaitFinished;
#[cfg(feature = "psk")]
use super::ask_verify_peer::OwnCertificate;
use super::{State, WaitCertificateOrRequest};
use crate::crypto::Provider;
#[cfg(feature = "psk")]
use crate::engine::SessionKind;
use crate::engine::{Context, Message, ServerNameUse};
use crate::error::{Error, PeerMisbehaved};
use crate::negotiation::sizes;
use crate::schedule::HandshakeSecrets;
use crate::wire::encrypted_extensions::EncryptedExtensions;

#[derive(Debug)]
pub struct WaitEncryptedExtensions {
    secrets: HandshakeSecrets,
}

impl WaitEncryptedExtensions {
    pub(super) const fn new(secrets: HandshakeSecrets) -> Self {
        Self { secrets }
    }

    pub(super) fn on_encrypted_extensions<P: Provider>(
        self,
        message: Message<'_>,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        let extensions = EncryptedExtensions::parse(message.body, context.space.offered)?;
        if let Some(protocol) = extensions.protocol {
            let place =
                context.common.protocols.position(protocol).ok_or(PeerMisbehaved::IllegalParameter)?;
            context.negotiated.protocol = Some(place);
        }
        if extensions.server_name.is_some() {
            context.negotiated.server_name = ServerNameUse::Acknowledged;
        }
        // A limit counts the content type.
        sizes::apply(extensions.record_size_limit, extensions.max_fragment_length, 1, context)?;
        context.hash_message(&message)?;
        #[cfg(feature = "psk")]
        if context.negotiated.session != SessionKind::New {
            let own = OwnCertificate::NotRequested;
            return Ok(State::WaitFinished(WaitFinished::new(self.secrets, own)));
        }
        Ok(State::WaitCertificateOrRequest(WaitCertificateOrRequest::new(self.secrets)))
    }
}
