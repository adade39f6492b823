//! Asks the client for its certificates (RFC 5246, section 7.4.4).

use super::{SendServerHelloDone, State};
use crate::config::PeerCertificate;
use crate::crypto::{Provider, SignatureAlgorithm};
use crate::engine::{Context, Hashing, Sent};
use crate::error::Error;
use crate::wire::enums::SignatureScheme;
use crate::wire::tls12::certificate_request::{self, ECDSA_SIGN, RSA_SIGN};

#[derive(Debug)]
pub struct SendCertificateRequest {
    cursor: usize,
    clients: PeerCertificate,
}

impl SendCertificateRequest {
    pub(super) const fn new(clients: PeerCertificate) -> Self {
        Self { cursor: 0, clients }
    }

    /// Any authority will do: whom we trust is the verifier's affair, and tells a client more than it need know.
    pub(super) fn send_certificate_request<P: Provider>(
        mut self,
        context: &mut Context<'_, P>,
    ) -> Result<(State, Sent), Error> {
        let algorithms = context.provider.signature_algorithms();
        let sent = context.send_message(&mut self.cursor, Hashing::Now, &|writer| {
            let schemes = |each: &mut dyn FnMut(SignatureScheme)| verifiable(algorithms, each);
            certificate_request::encode(writer, &[ECDSA_SIGN, RSA_SIGN], &schemes, &|_| ());
        })?;
        Ok(match sent {
            Sent::All => (State::SendServerHelloDone(SendServerHelloDone::new(self.clients)), Sent::All),
            Sent::Part => (State::SendCertificateRequest(self), Sent::Part),
        })
    }
}

/// The schemes that a digest is enough for, each once.
fn verifiable(algorithms: &'static [SignatureAlgorithm], each: &mut dyn FnMut(SignatureScheme)) {
    let usable = |algorithm: &&SignatureAlgorithm| {
        algorithm.digest_verifier.is_some()
            && crate::crypto::HashAlgorithm::of_scheme(algorithm.scheme).is_some()
    };
    for (place, algorithm) in algorithms.iter().filter(usable).enumerate() {
        let first = algorithms.iter().filter(usable).position(|other| other.scheme == algorithm.scheme);
        if first == Some(place) {
            each(algorithm.scheme);
        }
    }
}
