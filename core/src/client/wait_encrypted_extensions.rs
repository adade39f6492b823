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
use crate::engine::{EarlyData, EarlyDataRefusal, EarlyPhase, Peer};
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

/// What the server makes of early data that was offered, with the session that goes on. It takes it for the first key that was
/// offered, under the cipher suite and the application protocol of that session alone (RFC 8446, section 4.2.10). Until it says
/// so, whatever is sent goes under the keys of early data, an alert too: it may be that the server knows no others yet.
#[cfg(feature = "early-data")]
fn on_early_data<P: Provider>(taken: Option<()>, context: &mut Context<'_, P>) -> Result<(), Error> {
    let (agreed, psk) = (&context.negotiated, &context.space.psk);
    let fits = psk.selected == 0
        && (agreed.cipher_suite, agreed.protocol) == (psk.early.cipher_suite, psk.early.protocol);
    match (taken, context.early.phase) {
        (Some(()), EarlyPhase::Open) if fits => {
            context.negotiated.early_data = EarlyData::Accepted;
            Ok(())
        }
        (Some(()), EarlyPhase::Open) => Err(PeerMisbehaved::IllegalParameter.into()),
        (Some(()), EarlyPhase::None | EarlyPhase::Over) => Err(PeerMisbehaved::UnsolicitedExtension.into()),
        (None, EarlyPhase::Open) => {
            context.refuse_early_data(EarlyDataRefusal::Declined);
            context.write_with_handshake_secret(Peer::Client)
        }
        (None, EarlyPhase::Over) if context.negotiated.early_data == EarlyData::None => {
            context.negotiated.early_data = EarlyData::Refused(EarlyDataRefusal::NotResumed);
            Ok(())
        }
        (None, EarlyPhase::None | EarlyPhase::Over) => Ok(()),
    }
}

/// None was offered.
#[cfg(all(feature = "psk", not(feature = "early-data")))]
fn on_early_data<P: Provider>(taken: Option<()>, _: &Context<'_, P>) -> Result<(), Error> {
    taken.map_or(Ok(()), |()| Err(PeerMisbehaved::UnsolicitedExtension.into()))
}
