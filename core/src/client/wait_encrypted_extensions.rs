//! WAIT_EE: what the server makes of our extensions.

use super::{State, WaitCertificateOrRequest};
use crate::buffers;
use crate::crypto::Provider;
use crate::engine::{Context, Message, ServerNameUse};
use crate::error::{Error, PeerMisbehaved};
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
        apply_size_limit(&extensions, context)?;
        context.hash_message(&message)?;
        Ok(State::WaitCertificateOrRequest(WaitCertificateOrRequest::new(self.secrets)))
    }
}

/// One of the two at most (RFC 8449, section 5), and the length that was asked for (RFC 6066, section 4).
fn apply_size_limit<P: Provider>(
    extensions: &EncryptedExtensions<'_>,
    context: &mut Context<'_, P>,
) -> Result<(), Error> {
    match (extensions.record_size_limit, extensions.max_fragment_length) {
        (None, None) => Ok(()),
        (Some(_), Some(_)) => Err(PeerMisbehaved::IllegalParameter.into()),
        (Some(limit), None) => {
            // The limit counts the content type.
            let content = usize::from(limit).saturating_sub(1);
            context.channel.send_limit = context.channel.send_limit.min(content);
            // Only a server that answers keeps to ours.
            context.channel.receive_limit = context.space.size_offer;
            Ok(())
        }
        (None, Some(code)) => match buffers::max_fragment_length(context.space.size_offer) {
            Some((asked, length)) if asked == code => {
                context.channel.send_limit = context.channel.send_limit.min(length);
                Ok(())
            }
            Some(_) | None => Err(PeerMisbehaved::IllegalParameter.into()),
        },
    }
}
