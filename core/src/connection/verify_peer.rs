//! The ask whether the peer is who it should be.

use heapless::Vec;

use super::asked::Asked;
use super::event::{Event, Want};
use crate::engine::Answer;
use crate::error::{CertificateError, Refused};
use crate::limits;
use crate::wire::certificate::CertificateChain;

/// Whose certificates are to be verified.
#[cfg(feature = "_client-certificates")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// A server's, for the name that was asked for.
    Server,
    /// A client's. They are for no name: who it is stands in them.
    Client,
}

/// Asks whether the peer is who it should be.
#[derive(Debug)]
#[must_use = "an ask that is dropped is offered again"]
pub struct VerifyPeer<'a> {
    pub(super) chain: CertificateChain<'a>,
    pub(super) server_name: &'a str,
    pub(super) peer_key: &'a mut Vec<u8, { limits::PUBLIC_KEY }>,
    #[cfg(feature = "_client-certificates")]
    pub(super) whose: Whose,
    pub(super) answer: &'a mut Answer,
}

/// The key is longer than [`limits::PUBLIC_KEY`]; the ask was answered with a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKeyTooLong;

impl<'a> VerifyPeer<'a> {
    /// The event of the ask about this Certificate message.
    pub(super) fn offer(body: &'a [u8], answer: &'a mut Answer, asked: Asked<'a>) -> Event<'a> {
        let Ok(chain) = asked.chain(body) else { return Event::Want(Want::Nothing) };
        Event::VerifyPeer(Self {
            chain,
            server_name: asked.server_name,
            peer_key: asked.peer_key,
            #[cfg(feature = "_client-certificates")]
            whose: asked.whose,
            answer,
        })
    }

    /// The certificates that the peer showed, leaf first. They are there only while the ask is.
    #[must_use]
    pub const fn chain(&self) -> CertificateChain<'a> {
        self.chain
    }

    /// The public key that the peer showed in place of certificates (RFC 7250), a SubjectPublicKeyInfo in DER; none where it
    /// showed certificates. It is nobody's word: accept it only where it is one that is known.
    #[cfg(feature = "raw-public-keys")]
    #[must_use]
    pub fn raw_public_key(&self) -> Option<&'a [u8]> {
        self.chain.raw_public_key()
    }

    /// The OCSP response that a server sent with its certificate, if it was asked and sent one (RFC 8446, section 4.4.2.1). It
    /// is not looked into: neither its signature nor what it says.
    #[cfg(feature = "ocsp")]
    #[must_use]
    pub fn ocsp_response(&self) -> Option<&'a [u8]> {
        self.chain.ocsp_response()
    }

    /// Whose certificates these are.
    #[cfg(feature = "_client-certificates")]
    #[must_use]
    pub const fn whose(&self) -> Whose {
        self.whose
    }

    /// The name or address that was asked for: what a server's certificates must be for.
    #[must_use]
    pub const fn server_name(&self) -> &'a str {
        self.server_name
    }

    /// Yes: the handshake goes on, and the peer must prove that it has this key, a SubjectPublicKeyInfo in DER
    /// (RFC 5280, section 4.1): that of the leaf, or the one that is pinned.
    ///
    /// # Errors
    /// [`PublicKeyTooLong`].
    pub fn accept(self, subject_public_key_info: &[u8]) -> Result<(), PublicKeyTooLong> {
        self.peer_key.clear();
        if self.peer_key.extend_from_slice(subject_public_key_info).is_err() {
            self.refuse(CertificateError::UnsupportedAlgorithm);
            return Err(PublicKeyTooLong);
        }
        *self.answer = Answer::Accepted;
        Ok(())
    }

    /// No: the connection fails with this.
    pub fn refuse(self, error: CertificateError) {
        *self.answer = Answer::Refused(Refused::Certificate(error).into());
    }

    /// Later: other work goes on, and the ask comes again after [`resume_ask`](super::Connection::resume_ask).
    pub fn defer(self) {
        *self.answer = Answer::Deferred;
    }
}
