//! What the two ends are answered when they ask.

use tidegate::config::IdentityId;
use tidegate::crypto::CryptoError;
use tidegate::driver::{
    ClientKeys, Keys, Verify, VerifyClient, answer_client, answer_client_certificate, answer_client_keys,
    answer_server, answer_sessions,
};
use tidegate::error::CertificateError;
use tidegate::wire::certificate::CertificateChain;
use tidegate::wire::enums::SignatureScheme;
use tidegate::{ChooseIdentity, Error, Event};

use super::settings::{Client, Server};
use crate::shop::Shop;

impl VerifyClient for Shop {
    fn verify_client<'c>(&'c self, chain: CertificateChain<'c>) -> Result<&'c [u8], CertificateError> {
        self.verify_server(chain, "client")
    }
}

impl ClientKeys for Shop {
    fn choose(&self, ask: &ChooseIdentity<'_>) -> Option<(IdentityId, SignatureScheme)> {
        Keys::choose(self, ask).ok()
    }

    fn sign(
        &self,
        identity: IdentityId,
        scheme: SignatureScheme,
        message: &[u8],
        out: &mut [u8],
    ) -> Result<usize, CryptoError> {
        Keys::sign(self, identity, scheme, message, out)
    }

    fn sign_digest(
        &self,
        identity: IdentityId,
        scheme: SignatureScheme,
        digest: &[u8],
        out: &mut [u8],
    ) -> Result<usize, CryptoError> {
        Keys::sign(self, identity, scheme, digest, out)
    }
}

/// Lets the client do what it can, for so many events.
pub(crate) fn client_turn(client: &mut Client, shop: &Shop, limit: usize) -> Result<(), Error> {
    for _ in 0..limit {
        let event = answer_client(client.next_event()?, shop);
        match event.and_then(|event| answer_client_keys(event, shop)) {
            Some(Event::Want(_) | Event::AppData(_)) => return Ok(()),
            Some(_) | None => {}
        }
    }
    panic!("there is always another event");
}

/// Lets the server do what it can, for so many events.
pub(crate) fn server_turn(server: &mut Server, shop: &Shop, limit: usize) -> Result<(), Error> {
    for _ in 0..limit {
        let event = answer_server(server.next_event()?, shop);
        let event = event.and_then(|event| answer_client_certificate(event, shop));
        match event.and_then(|event| answer_sessions(event, shop)) {
            Some(Event::EarlyData(data)) => data.consume(usize::MAX),
            Some(Event::Want(_) | Event::AppData(_)) => return Ok(()),
            Some(_) | None => {}
        }
    }
    panic!("there is always another event");
}
