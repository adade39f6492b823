//! Asks the client for its certificates (RFC 8446, section 4.3.2).

use super::{SendCertificate, State};
use crate::config::ServerConfig;
use crate::crypto::Provider;
use crate::engine::{Context, Hashing, Sent};
use crate::error::Error;
use crate::negotiation::schemes::{EVERY_USE, schemes, uses_in_handshakes};
use crate::schedule::HandshakeSecrets;
use crate::wire::certificate_request;

#[derive(Debug)]
pub struct SendCertificateRequest {
    cursor: usize,
    secrets: HandshakeSecrets,
}

impl SendCertificateRequest {
    pub(super) const fn new(secrets: HandshakeSecrets) -> Self {
        Self { cursor: 0, secrets }
    }

    pub(super) fn send_certificate_request<P: Provider>(
        mut self,
        config: &ServerConfig,
        context: &mut Context<'_, P>,
    ) -> Result<(State, Sent), Error> {
        let algorithms = context.provider.signature_algorithms();
        let sent = context.send_message(&mut self.cursor, Hashing::Now, &|writer| {
            certificate_request::encode(
                writer,
                &schemes(algorithms, uses_in_handshakes(algorithms)),
                &schemes(algorithms, EVERY_USE),
                #[cfg(feature = "certificate-authorities")]
                &|each| config.identities.for_each_authority(each),
            );
        })?;
        if sent == Sent::Part {
            return Ok((State::SendCertificateRequest(self), Sent::Part));
        }
        context.space.client_certificate = config.client_certificates;
        Ok((State::SendCertificate(SendCertificate::new(self.secrets)), Sent::All))
    }
}
