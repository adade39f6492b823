//! Answering asks from plain traits, for those who prefer callbacks to events.
//!
//! [`answer_client`] and [`answer_server`] take an event; they answer it if it is an ask, and hand it back if not.

#[cfg(feature = "_client-certificates")]
mod clients;
mod pinned;

#[cfg(feature = "_client-certificates")]
pub use clients::{ClientKeys, VerifyClient, answer_client_certificate, answer_client_keys};
#[cfg(feature = "cookies")]
mod cookies;
#[cfg(any(feature = "tls12", feature = "psk"))]
mod sessions;

#[cfg(feature = "cookies")]
pub use cookies::{Cookies, answer_cookies};

#[cfg(any(feature = "tls12", feature = "psk"))]
pub use sessions::{Sessions, answer_sessions};

pub use pinned::{PinnedKeys, shown_key};

use crate::config::IdentityId;
use crate::connection::{ChooseIdentity, Event};
use crate::crypto::CryptoError;
use crate::error::{CertificateError, Refused};
use crate::limits;
use crate::wire::certificate::CertificateChain;
use crate::wire::enums::SignatureScheme;

/// Decides whether a server is who it should be.
pub trait Verify {
    /// Checks a chain, leaf first, for a name or address; the answer is the key that the server must prove to have,
    /// a SubjectPublicKeyInfo in DER.
    ///
    /// # Errors
    /// Why the chain is not to be trusted.
    fn verify_server<'c>(
        &'c self,
        chain: CertificateChain<'c>,
        server_name: &str,
    ) -> Result<&'c [u8], CertificateError>;
}

/// Has the keys of a server.
pub trait Keys {
    /// Chooses an identity and a signature scheme that the client takes.
    ///
    /// # Errors
    /// [`Refused`]: there is none for this client.
    fn choose(&self, ask: &ChooseIdentity<'_>) -> Result<(IdentityId, SignatureScheme), Refused>;

    /// Signs `message` into `out`; how long the signature is.
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
}

/// Answers a client's ask; other events come back.
pub fn answer_client<'a>(event: Event<'a>, verifier: &impl Verify) -> Option<Event<'a>> {
    let Event::VerifyPeer(ask) = event else { return Some(event) };
    match verifier.verify_server(ask.chain(), ask.server_name()) {
        // A key that is too long answers with a refusal.
        Ok(key) => ask.accept(key).unwrap_or(()),
        Err(error) => ask.refuse(error),
    }
    None
}

/// Answers a server's ask; other events come back.
#[expect(clippy::wildcard_enum_match_arm, reason = "whatever is not a server's ask is not for this function")]
pub fn answer_server<'a>(event: Event<'a>, keys: &impl Keys) -> Option<Event<'a>> {
    match event {
        Event::ChooseIdentity(ask) => match keys.choose(&ask) {
            Ok((identity, scheme)) if ask.offers(scheme) => ask.choose(identity, scheme).unwrap_or(()),
            Ok(_) => ask.refuse(Refused::Identity),
            Err(refused) => ask.refuse(refused),
        },
        Event::Sign(ask) => {
            let mut signature = [0; limits::SIGNATURE];
            let made = keys.sign(ask.identity(), ask.scheme(), ask.message(), &mut signature);
            answer_sign(ask, made, &signature);
        }
        other => return Some(other),
    }
    None
}

/// Answers with the signature that was made into `room`, if it was.
fn answer_sign(ask: crate::connection::Sign<'_>, made: Result<usize, CryptoError>, room: &[u8]) {
    match made.ok().and_then(|length| room.get(..length)) {
        Some(signature) => ask.answer(signature).unwrap_or(()),
        None => ask.refuse(),
    }
}

/// Says no to an ask that came back from all who answer: dropped, it would be offered again for ever. Other events come back.
pub fn decline(event: Event<'_>) -> Option<Event<'_>> {
    match event {
        Event::VerifyPeer(ask) => ask.refuse(CertificateError::Other),
        Event::ChooseIdentity(ask) => ask.refuse(Refused::Identity),
        Event::Sign(ask) => ask.refuse(),
        #[cfg(feature = "tls12")]
        Event::SignDigest(ask) => ask.refuse(),
        #[cfg(feature = "tls12")]
        Event::FindSession(ask) => ask.none(),
        #[cfg(feature = "cookies")]
        Event::SealCookie(ask) => ask.refuse(),
        #[cfg(feature = "cookies")]
        Event::OpenCookie(ask) => ask.refuse(),
        #[cfg(feature = "psk")]
        Event::FindPsk(ask) => ask.none(),
        #[cfg(any(feature = "tls12", feature = "psk"))]
        Event::KeepSession(ask) => ask.done(),
        other => return Some(other),
    }
    None
}

/// A server with one identity, number 0, and its key in memory.
#[cfg(any(feature = "ecdsa-p256", feature = "ecdsa-p384", feature = "ed25519"))]
impl Keys for crate::sign::SoftwareSigner {
    fn choose(&self, ask: &ChooseIdentity<'_>) -> Result<(IdentityId, SignatureScheme), Refused> {
        if ask.offers(self.scheme()) { Ok((IdentityId(0), self.scheme())) } else { Err(Refused::Identity) }
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
}

/// Verification with rustls-webpki at the time that a clock says.
#[cfg(feature = "webpki")]
#[derive(Debug)]
pub struct Webpki<'a, T> {
    /// The verifier.
    pub verifier: crate::x509::WebpkiVerifier<'a>,
    /// Tells the time; none is a refusal.
    pub clock: T,
}

#[cfg(feature = "webpki")]
impl<T: Fn() -> Option<crate::UnixTime>> Verify for Webpki<'_, T> {
    fn verify_server<'c>(
        &'c self,
        chain: CertificateChain<'c>,
        server_name: &str,
    ) -> Result<&'c [u8], CertificateError> {
        let name = crate::ServerName::try_from(server_name).map_err(|_| CertificateError::NameMismatch)?;
        self.verifier.verify_server(chain.iter(), &name, (self.clock)())
    }
}
