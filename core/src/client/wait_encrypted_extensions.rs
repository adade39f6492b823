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
#[cfg(feature = "early-data")]
use crate::engine::{EarlyData, EarlyPhase, Peer};
use crate::error::{Error, PeerMisbehaved};
#[cfg(feature = "raw-public-keys")]
use crate::negotiation::certificate_types;
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
        #[cfg(feature = "raw-public-keys")]
        certificate_types::accept(
            (extensions.server_certificate_type, extensions.client_certificate_type),
            context,
        )?;
        // A limit counts the content type.
        sizes::apply(extensions.record_size_limit, extensions.max_fragment_length, 1, context)?;
        #[cfg(feature = "psk")]
        on_early_data(extensions.early_data, context)?;
        context.hash_message(&message)?;
        #[cfg(feature = "psk")]
        if context.negotiated.session != SessionKind::New {
            let own = OwnCertificate::NotRequested;
            return Ok(State::WaitFinished(WaitFinished::new(self.secrets, own)));
        }
        Ok(State::WaitCertificateOrRequest(WaitCertificateOrRequest::new(self.secrets)))
    }
}

/// What the server makes of early data that was offered with the session that goes on. It takes it for the session's
/// application protocol alone (RFC 8446, section 4.2.10).
#[cfg(feature = "early-data")]
fn on_early_data<P: Provider>(taken: Option<()>, context: &mut Context<'_, P>) -> Result<(), Error> {
    match (taken, context.early.phase) {
        (Some(()), EarlyPhase::Open) if context.negotiated.protocol == context.space.psk.early.protocol => {
            context.negotiated.early_data = EarlyData::Accepted;
            Ok(())
        }
        (Some(()), EarlyPhase::Open) => Err(PeerMisbehaved::IllegalParameter.into()),
        (Some(()), EarlyPhase::None | EarlyPhase::Over) => Err(PeerMisbehaved::UnsolicitedExtension.into()),
        (None, EarlyPhase::Open) => {
            context.refuse_early_data()?;
            context.write_with_handshake_secret(Peer::Client)
        }
        (None, EarlyPhase::None | EarlyPhase::Over) => Ok(()),
    }
}

/// None was offered.
#[cfg(all(feature = "psk", not(feature = "early-data")))]
fn on_early_data<P: Provider>(taken: Option<()>, _: &Context<'_, P>) -> Result<(), Error> {
    taken.map_or(Ok(()), |()| Err(PeerMisbehaved::UnsolicitedExtension.into()))
}
