//! Asks the client for its certificates (RFC 5246, section 7.4.4).

use super::{SendServerHelloDone, State};
use crate::config::{Identities, PeerCertificate};
use crate::crypto::{HashAlgorithm, Provider, SignatureAlgorithm};
use crate::engine::{Context, Hashing, Sent, SignedHashes};
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

    pub(super) fn send_certificate_request<P: Provider>(
        mut self,
        _identities: &dyn Identities,
        context: &mut Context<'_, P>,
    ) -> Result<(State, Sent), Error> {
        let (algorithms, hashes) = (context.provider.signature_algorithms(), context.space.signed_hashes());
        let sent = context.send_message(&mut self.cursor, Hashing::Now, &|writer| {
            let schemes = |each: &mut dyn FnMut(SignatureScheme)| verifiable((algorithms, hashes), each);
            let names = |_each: &mut dyn FnMut(&[u8])| {
                #[cfg(feature = "certificate-authorities")]
                _identities.for_each_authority(_each);
            };
            certificate_request::encode(writer, &[ECDSA_SIGN, RSA_SIGN], &schemes, &names);
        })?;
        Ok(match sent {
            Sent::All => (State::SendServerHelloDone(SendServerHelloDone::new(self.clients)), Sent::All),
            Sent::Part => (State::SendCertificateRequest(self), Sent::Part),
        })
    }
}

/// The schemes that a digest is enough for, by a hash that the handshake is hashed by, each once.
fn verifiable(
    (algorithms, hashes): (&'static [SignatureAlgorithm], SignedHashes),
    each: &mut dyn FnMut(SignatureScheme),
) {
    let usable = |algorithm: &&SignatureAlgorithm| {
        let hash = HashAlgorithm::of_scheme(algorithm.scheme);
        algorithm.digest_verifier.is_some() && hash.is_some_and(|hash| hashes.has(hash))
    };
    for (place, algorithm) in algorithms.iter().filter(usable).enumerate() {
        let first = algorithms.iter().filter(usable).position(|other| other.scheme == algorithm.scheme);
        if first == Some(place) {
            each(algorithm.scheme);
        }
    }
}
