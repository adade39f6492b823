//! Sends the certificates of the identity chosen, however long the chain and however short the buffer.

use super::{AskSign, State};
use crate::config::Identities;
use crate::crypto::Provider;
use crate::engine::{Context, Hashing, Peer, Sent, signature_input};
use crate::error::{Error, Internal};
use crate::schedule::HandshakeSecrets;
use crate::wire::certificate::Certificate;

#[derive(Debug)]
pub struct SendCertificate {
    cursor: usize,
    secrets: HandshakeSecrets,
}

impl SendCertificate {
    pub(super) const fn new(secrets: HandshakeSecrets) -> Self {
        Self { cursor: 0, secrets }
    }

    pub(super) fn send_certificate<P: Provider>(
        mut self,
        identities: &dyn Identities,
        context: &mut Context<'_, P>,
    ) -> Result<(State, Sent), Error> {
        let (identity, _) = context.space.identity.ok_or(Internal::State)?;
        #[cfg(feature = "raw-public-keys")]
        let agreed = context.negotiated.server_certificate;
        let chain = |each: &mut dyn FnMut(&[u8])| {
            #[cfg(not(feature = "raw-public-keys"))]
            identities.for_each_certificate(identity, each);
            #[cfg(feature = "raw-public-keys")]
            agreed.tell(identities, identity, each);
        };
        #[cfg(feature = "ocsp")]
        let response = context.space.status_request.and_then(|()| identities.ocsp_response(identity));
        let sent = context.send_message(&mut self.cursor, Hashing::Now, &|writer| {
            #[cfg(feature = "ocsp")]
            if let Some(response) = response {
                return Certificate::encode_stapled(writer, &chain, response);
            }
            Certificate::encode(writer, &chain);
        })?;
        if sent == Sent::Part {
            return Ok((State::SendCertificate(self), Sent::Part));
        }
        let transcript = context.transcript()?;
        context.space.signature_input = signature_input(Peer::Server, &transcript);
        Ok((State::AskSign(AskSign::new(self.secrets)), Sent::All))
    }
}
