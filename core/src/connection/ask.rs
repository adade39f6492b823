//! Asks: what the application must decide or do before a handshake goes on.

use heapless::Vec;

use super::asked::Asked;
#[cfg(feature = "_client-certificates")]
use super::client_identity::Request;
use super::event::{Event, Want};
#[cfg(feature = "raw-public-keys")]
use crate::config::CertificateType;
use crate::config::IdentityId;
use crate::engine::Answer;
use crate::error::{CertificateError, Refused};
use crate::limits;
#[cfg(feature = "tls12")]
use crate::negotiation::selection12::suite_for;
use crate::wire::certificate::CertificateChain;
use crate::wire::client_hello::ClientHello;
#[cfg(feature = "tls12")]
use crate::wire::enums::CipherSuite;
use crate::wire::enums::SignatureScheme;
use crate::wire::lists::{ProtocolNames, U16List};

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

/// Asks which certificates to show.
#[derive(Debug)]
#[must_use = "an ask that is dropped is offered again"]
pub struct ChooseIdentity<'a> {
    pub(super) schemes: Option<U16List<'a>>,
    pub(super) certificate_schemes: Option<U16List<'a>>,
    pub(super) protocols: Option<ProtocolNames<'a>>,
    #[cfg(feature = "raw-public-keys")]
    pub(super) certificate_type: CertificateType,
    pub(super) server_name: &'a str,
    #[cfg(feature = "tls12")]
    pub(super) suites: [Option<CipherSuite>; 2],
    /// A server's, where a client is asked.
    #[cfg(feature = "_client-certificates")]
    pub(super) request: Option<Request<'a>>,
    pub(super) identity: &'a mut Option<(IdentityId, SignatureScheme)>,
    pub(super) answer: &'a mut Answer,
}

/// The client does not take signatures of this scheme; the ask stays open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdentityRefused;

impl<'a> ChooseIdentity<'a> {
    /// The event of the ask about this ClientHello.
    pub(super) fn offer(body: &'a [u8], answer: &'a mut Answer, asked: Asked<'a>) -> Event<'a> {
        let Ok(ClientHello { extensions, .. }) = ClientHello::parse(body) else {
            return Event::Want(Want::Nothing);
        };
        Event::ChooseIdentity(Self {
            schemes: extensions.signature_algorithms,
            certificate_schemes: extensions.signature_algorithms_cert,
            protocols: extensions.protocols,
            #[cfg(feature = "raw-public-keys")]
            certificate_type: asked.own_type,
            server_name: asked.server_name,
            #[cfg(feature = "tls12")]
            suites: asked.suites,
            #[cfg(feature = "_client-certificates")]
            request: None,
            identity: asked.identity,
            answer,
        })
    }

    /// The name that the client asks for (RFC 6066, section 3).
    #[must_use]
    pub fn server_name(&self) -> Option<&'a str> {
        Some(self.server_name).filter(|name| !name.is_empty())
    }

    /// Whether the client takes handshake signatures of this scheme.
    #[must_use]
    pub fn offers(&self, scheme: SignatureScheme) -> bool {
        #[cfg(feature = "_client-certificates")]
        let fits = self.request.map_or_else(|| self.fits(scheme), |request| request.takes(scheme));
        #[cfg(not(feature = "_client-certificates"))]
        let fits = self.fits(scheme);
        fits && self.schemes.is_some_and(|schemes| schemes.contains(scheme.0))
    }

    /// Whether a scheme is one for this handshake.
    fn fits(&self, scheme: SignatureScheme) -> bool {
        #[cfg(feature = "tls12")]
        if self.suites != [None, None] {
            return suite_for(&self.suites, scheme).is_some();
        }
        scheme.is_for_handshakes()
    }

    /// What is to be shown: certificates, or the raw public key of an identity.
    #[cfg(feature = "raw-public-keys")]
    #[must_use]
    pub const fn certificate_type(&self) -> CertificateType {
        self.certificate_type
    }

    /// The schemes that the client takes for certificates, where it tells them apart from those for handshakes.
    #[must_use]
    pub const fn certificate_schemes(&self) -> Option<U16List<'a>> {
        self.certificate_schemes
    }

    /// The application protocols that the client offers.
    #[must_use]
    pub const fn protocols(&self) -> Option<ProtocolNames<'a>> {
        self.protocols
    }

    /// Shows the certificates of this identity and signs with this scheme.
    ///
    /// # Errors
    /// [`IdentityRefused`] if the client does not take the scheme; the ask is offered again.
    pub fn choose(self, identity: IdentityId, scheme: SignatureScheme) -> Result<(), IdentityRefused> {
        if !self.offers(scheme) {
            return Err(IdentityRefused);
        }
        *self.identity = Some((identity, scheme));
        *self.answer = Answer::Accepted;
        Ok(())
    }

    /// There is none for this client: the connection fails with this.
    pub fn refuse(self, refused: Refused) {
        *self.answer = Answer::Refused(refused.into());
    }

    /// Later: the ask comes again after [`resume_ask`](super::Connection::resume_ask).
    pub fn defer(self) {
        *self.answer = Answer::Deferred;
    }
}

/// Asks for a signature of the handshake.
#[derive(Debug)]
#[must_use = "an ask that is dropped is offered again"]
pub struct Sign<'a> {
    pub(super) identity: IdentityId,
    pub(super) scheme: SignatureScheme,
    pub(super) input: &'a [u8],
    pub(super) signature: &'a mut Vec<u8, { limits::SIGNATURE }>,
    pub(super) answer: &'a mut Answer,
}

/// The signature is longer than [`limits::SIGNATURE`]; the ask was answered with a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignatureTooLong;

impl<'a> Sign<'a> {
    /// The event of the ask.
    pub(super) fn offer(answer: &'a mut Answer, asked: Asked<'a>) -> Event<'a> {
        Event::Sign(Self::of(answer, asked))
    }

    pub(super) fn of(answer: &'a mut Answer, asked: Asked<'a>) -> Self {
        let Asked { identity, input, signature, .. } = asked;
        let (identity, scheme) = identity.unwrap_or((IdentityId(0), SignatureScheme(0)));
        Self { identity, scheme, input, signature, answer }
    }

    /// Whose key is to sign.
    #[must_use]
    pub const fn identity(&self) -> IdentityId {
        self.identity
    }

    /// How.
    #[must_use]
    pub const fn scheme(&self) -> SignatureScheme {
        self.scheme
    }

    /// What: at most 165 bytes, not hashed yet (RFC 8446, section 4.4.3; RFC 8422, section 5.4).
    #[must_use]
    pub const fn message(&self) -> &'a [u8] {
        self.input
    }

    /// Here it is, in the form of RFC 8446, section 4.2.3: DER for ECDSA.
    ///
    /// # Errors
    /// [`SignatureTooLong`].
    pub fn answer(self, signature: &[u8]) -> Result<(), SignatureTooLong> {
        self.signature.clear();
        if self.signature.extend_from_slice(signature).is_err() {
            self.refuse();
            return Err(SignatureTooLong);
        }
        *self.answer = Answer::Accepted;
        Ok(())
    }

    /// It can't be made: the connection fails.
    pub fn refuse(self) {
        *self.answer = Answer::Refused(Refused::Signature.into());
    }

    /// Later: the ask comes again after [`resume_ask`](super::Connection::resume_ask).
    pub fn defer(self) {
        *self.answer = Answer::Deferred;
    }
}
