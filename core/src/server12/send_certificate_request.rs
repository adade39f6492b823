//! Asks the client for its certificates (RFC 5246, section 7.4.4).

use super::{SendServerHelloDone, State};
use crate::config::PeerCertificate;
use crate::crypto::{HashAlgorithm, Provider, SignatureAlgorithm};
use crate::engine::{Context, Hashing, Sent};
use crate::error::Error;
use crate::wire::enums::{CipherSuite, SignatureScheme};
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
            let schemes = |each: &mut dyn FnMut(SignatureScheme)| verifiable((algorithms, P::SUITES), each);
            certificate_request::encode(writer, &[ECDSA_SIGN, RSA_SIGN], &schemes, &|_| ());
        })?;
        Ok(match sent {
            Sent::All => (State::SendServerHelloDone(SendServerHelloDone::new(self.clients)), Sent::All),
            Sent::Part => (State::SendCertificateRequest(self), Sent::Part),
        })
    }
}

/// The schemes that a digest is enough for, by a hash that the handshake is hashed by, each once.
fn verifiable(
    (algorithms, suites): (&'static [SignatureAlgorithm], &'static [CipherSuite]),
    each: &mut dyn FnMut(SignatureScheme),
) {
    let hashed = |hash| suites.iter().any(|suite| HashAlgorithm::of(*suite) == hash);
    let usable = |algorithm: &&SignatureAlgorithm| {
        algorithm.digest_verifier.is_some() && HashAlgorithm::of_scheme(algorithm.scheme).is_some_and(hashed)
    };
    for (place, algorithm) in algorithms.iter().filter(usable).enumerate() {
        let first = algorithms.iter().filter(usable).position(|other| other.scheme == algorithm.scheme);
        if first == Some(place) {
            each(algorithm.scheme);
        }
    }
}
