//! Answers a CertificateRequest: with the certificates of the identity chosen, or with none, and the server decides what that
//! means (RFC 8446, section 4.4.2.4).

#[cfg(feature = "client-auth")]
use super::AskSign;
use super::{SendFinished, State};
use crate::config::Identities;
use crate::crypto::Provider;
use crate::engine::{Context, Hashing, Sent};
#[cfg(feature = "client-auth")]
use crate::engine::{Peer, signature_input};
use crate::error::Error;
use crate::schedule::ApplicationSecrets;
use crate::wire::certificate::Certificate;

#[derive(Debug)]
pub struct SendCertificate {
    cursor: usize,
    secrets: ApplicationSecrets,
}

impl SendCertificate {
    pub(super) const fn new(secrets: ApplicationSecrets) -> Self {
        Self { cursor: 0, secrets }
    }

    pub(super) fn send_certificate<P: Provider>(
        mut self,
        _identities: &dyn Identities,
        context: &mut Context<'_, P>,
    ) -> Result<(State, Sent), Error> {
        #[cfg(feature = "client-auth")]
        let identity = context.space.identity.map(|(identity, _)| identity);
        #[cfg(all(feature = "client-auth", feature = "raw-public-keys"))]
        let agreed = context.negotiated.client_certificate;
        let chain = |_each: &mut dyn FnMut(&[u8])| {
            #[cfg(feature = "client-auth")]
            if let Some(identity) = identity {
                #[cfg(not(feature = "raw-public-keys"))]
                _identities.for_each_certificate(identity, _each);
                #[cfg(feature = "raw-public-keys")]
                agreed.tell(_identities, identity, _each);
            }
        };
        let sent =
            context.send_message(&mut self.cursor, Hashing::Now, &|w| Certificate::encode(w, &chain))?;
        if sent == Sent::Part {
            return Ok((State::SendCertificate(self), Sent::Part));
        }
        #[cfg(feature = "client-auth")]
        if identity.is_some() {
            let transcript = context.transcript()?;
            context.space.signature_input = signature_input(Peer::Client, &transcript);
            return Ok((State::AskSign(AskSign::new(self.secrets)), Sent::All));
        }
        Ok((State::SendFinished(SendFinished::new(self.secrets)), Sent::All))
    }
}
