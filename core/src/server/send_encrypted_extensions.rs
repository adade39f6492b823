//! Sends EncryptedExtensions.

#[cfg(feature = "client-auth")]
use super::SendCertificateRequest;
#[cfg(feature = "psk")]
use super::SendFinished;
use super::{SendCertificate, State};
#[cfg(feature = "client-auth")]
use crate::config::PeerCertificate;
use crate::config::ServerConfig;
use crate::crypto::Provider;
#[cfg(feature = "early-data")]
use crate::engine::EarlyPhase;
#[cfg(feature = "psk")]
use crate::engine::SessionKind;
use crate::engine::{Context, Hashing, Sent, ServerNameUse, SizeAnswer};
use crate::error::Error;
#[cfg(feature = "raw-public-keys")]
use crate::negotiation::certificate_types::answer;
use crate::schedule::HandshakeSecrets;
use crate::wire::encrypted_extensions::EncryptedExtensions;

#[derive(Debug)]
pub struct SendEncryptedExtensions {
    cursor: usize,
    secrets: HandshakeSecrets,
}

impl SendEncryptedExtensions {
    pub(super) const fn new(secrets: HandshakeSecrets) -> Self {
        Self { cursor: 0, secrets }
    }

    pub(super) fn send_encrypted_extensions<P: Provider>(
        mut self,
        _config: &ServerConfig,
        context: &mut Context<'_, P>,
    ) -> Result<(State, Sent), Error> {
        #[cfg(feature = "client-auth")]
        let clients = _config.client_certificates;
        let named = acknowledges_name(context);
        let extensions = extensions(_config, context);
        if context.send_message(&mut self.cursor, Hashing::Now, &|w| extensions.encode(w))? == Sent::Part {
            return Ok((State::SendEncryptedExtensions(self), Sent::Part));
        }
        if named {
            context.negotiated.server_name = ServerNameUse::Acknowledged;
        }
        #[cfg(feature = "psk")]
        if context.negotiated.session != SessionKind::New {
            return Ok((State::SendFinished(SendFinished::new(self.secrets)), Sent::All));
        }
        #[cfg(feature = "client-auth")]
        if clients != PeerCertificate::None {
            let next = SendCertificateRequest::new(self.secrets);
            return Ok((State::SendCertificateRequest(next), Sent::All));
        }
        Ok((State::SendCertificate(SendCertificate::new(self.secrets)), Sent::All))
    }
}

/// Whether we say that we used the name that was asked for: not where a session goes on (RFC 6066, section 3).
fn acknowledges_name<P: Provider>(context: &Context<'_, P>) -> bool {
    #[cfg(feature = "psk")]
    if context.negotiated.session == SessionKind::Resumed {
        return false;
    }
    !context.space.server_name.is_empty()
}

/// What we answer.
fn extensions<'c, P: Provider>(_config: &ServerConfig, context: &Context<'c, P>) -> EncryptedExtensions<'c> {
    let place = context.negotiated.protocol.map(usize::from);
    let common = context.common;
    let (record_size_limit, max_fragment_length) = match context.space.size_answer {
        SizeAnswer::None => (None, None),
        SizeAnswer::RecordSizeLimit(limit) => (Some(limit), None),
        SizeAnswer::MaxFragmentLength(code) => (None, Some(code)),
    };
    EncryptedExtensions {
        protocol: place.and_then(|place| common.protocols.iter().nth(place)),
        server_name: acknowledges_name(context).then_some(()),
        record_size_limit,
        max_fragment_length,
        #[cfg(feature = "early-data")]
        early_data: (context.early.phase == EarlyPhase::Open).then_some(()),
        #[cfg(all(feature = "psk", not(feature = "early-data")))]
        early_data: None,
        #[cfg(feature = "raw-public-keys")]
        server_certificate_type: answer(context.negotiated.server_certificate),
        #[cfg(all(feature = "raw-public-keys", feature = "client-auth"))]
        client_certificate_type: (_config.client_certificates != PeerCertificate::None)
            .then(|| answer(context.negotiated.client_certificate))
            .flatten(),
        #[cfg(all(feature = "raw-public-keys", not(feature = "client-auth")))]
        client_certificate_type: None,
    }
}
