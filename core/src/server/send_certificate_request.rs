//! Asks the client for its certificates (RFC 8446, section 4.3.2).

use super::{SendCertificate, State};
use crate::config::PeerCertificate;
use crate::crypto::Provider;
use crate::engine::{Context, Hashing, Sent};
use crate::error::Error;
use crate::negotiation::offer::{EVERY_USE, HANDSHAKE_USE, schemes};
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

    /// Any authority will do: whom we trust is the verifier's affair, and tells a client more than it need know.
    pub(super) fn send_certificate_request<P: Provider>(
        mut self,
        clients: PeerCertificate,
        context: &mut Context<'_, P>,
    ) -> Result<(State, Sent), Error> {
        let algorithms = context.provider.signature_algorithms();
        let sent = context.send_message(&mut self.cursor, Hashing::Now, &|writer| {
            let (handshakes, certificates) =
                (schemes(algorithms, HANDSHAKE_USE), schemes(algorithms, EVERY_USE));
            certificate_request::encode(writer, &handshakes, &certificates);
        })?;
        if sent == Sent::Part {
            return Ok((State::SendCertificateRequest(self), Sent::Part));
        }
        context.space.client_certificate = clients;
        Ok((State::SendCertificate(SendCertificate::new(self.secrets)), Sent::All))
    }
}
