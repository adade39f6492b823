//! Certificates of clients: who verifies them, and who shows them.

use crate::config::IdentityId;
use crate::connection::{ChooseIdentity, Event};
use crate::crypto::CryptoError;
use crate::error::CertificateError;
use crate::limits;
use crate::wire::certificate::CertificateChain;
use crate::wire::enums::SignatureScheme;

/// Decides whether a client may come in.
pub trait VerifyClient {
    /// Checks a chain, leaf first; the answer is the key that the client must prove to have, a SubjectPublicKeyInfo in DER.
    ///
    /// # Errors
    /// Why the chain is not to be trusted.
    fn verify_client<'c>(&'c self, chain: CertificateChain<'c>) -> Result<&'c [u8], CertificateError>;
}

/// Has the keys of a client.
pub trait ClientKeys {
    /// Chooses an identity and a signature scheme that the server [takes](ChooseIdentity::offers); none to show none.
    fn choose(&self, ask: &ChooseIdentity<'_>) -> Option<(IdentityId, SignatureScheme)>;

    /// Signs `message` into `out` (TLS 1.3); how long the signature is.
    ///
    /// # Errors
    /// The signer's.
    fn sign(
        &self,
        identity: IdentityId,
        scheme: SignatureScheme,
        message: &[u8],
        out: &mut [u8],
    ) -> Result<usize, CryptoError>;

    /// Signs `digest`, which is hashed already, into `out` (TLS 1.2); how long the signature is. The default can't.
    ///
    /// # Errors
    /// The signer's.
    fn sign_digest(
        &self,
        _identity: IdentityId,
        _scheme: SignatureScheme,
        _digest: &[u8],
        _out: &mut [u8],
    ) -> Result<usize, CryptoError> {
        Err(CryptoError::Failed)
    }
}

/// Answers a server's ask about a client's certificates; other events come back.
pub fn answer_client_certificate<'a>(event: Event<'a>, verifier: &impl VerifyClient) -> Option<Event<'a>> {
    let Event::VerifyPeer(ask) = event else { return Some(event) };
    if ask.whose() != crate::Whose::Client {
        return Some(Event::VerifyPeer(ask));
    }
    match verifier.verify_client(ask.chain()) {
        Ok(key) => ask.accept(key).unwrap_or(()),
        Err(error) => ask.refuse(error),
    }
    None
}

/// Answers a client's asks about its own certificates; other events come back.
pub fn answer_client_keys<'a>(event: Event<'a>, keys: &impl ClientKeys) -> Option<Event<'a>> {
    match event {
        Event::ChooseIdentity(ask) => match keys.choose(&ask) {
            Some((identity, scheme)) if ask.offers(scheme) => ask.choose(identity, scheme).unwrap_or(()),
            Some(_) | None => ask.none(),
        },
        #[cfg(feature = "client-auth")]
        Event::Sign(ask) => {
            let mut signature = [0; limits::SIGNATURE];
            let made = keys.sign(ask.identity(), ask.scheme(), ask.message(), &mut signature);
            super::answer_sign(ask, made, &signature);
        }
        #[cfg(feature = "tls12")]
        Event::SignDigest(ask) => {
            let mut signature = [0; limits::SIGNATURE];
            let made = keys.sign_digest(ask.identity(), ask.scheme(), ask.digest(), &mut signature);
            match made.ok().and_then(|length| signature.get(..length)) {
                Some(signature) => ask.answer(signature).unwrap_or(()),
                None => ask.refuse(),
            }
        }
        other => return Some(other),
    }
    None
}

/// A client with one identity, number 0, and its key in memory.
#[cfg(all(
    feature = "_client-certificates",
    any(feature = "ecdsa-p256", feature = "ecdsa-p384", feature = "ed25519")
))]
impl ClientKeys for crate::sign::SoftwareSigner {
    fn choose(&self, ask: &ChooseIdentity<'_>) -> Option<(IdentityId, SignatureScheme)> {
        ask.offers(self.scheme()).then(|| (IdentityId(0), self.scheme()))
    }

    fn sign(
        &self,
        _: IdentityId,
        _: SignatureScheme,
        message: &[u8],
        out: &mut [u8],
    ) -> Result<usize, CryptoError> {
        Self::sign(self, message, out)
    }

    #[cfg(feature = "tls12")]
    fn sign_digest(
        &self,
        _: IdentityId,
        _: SignatureScheme,
        digest: &[u8],
        out: &mut [u8],
    ) -> Result<usize, CryptoError> {
        Self::sign_digest(self, digest, out)
    }
}

#[cfg(feature = "webpki")]
impl<T: Fn() -> Option<crate::UnixTime>> VerifyClient for super::Webpki<'_, T> {
    fn verify_client<'c>(&'c self, chain: CertificateChain<'c>) -> Result<&'c [u8], CertificateError> {
        self.verifier.verify_client(chain.iter(), (self.clock)())
    }
}
