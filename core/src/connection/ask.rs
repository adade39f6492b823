//! Asks: what the application must decide or do before a handshake goes on.

use heapless::{String, Vec};

use crate::config::IdentityId;
use crate::crypto::Provider;
use crate::engine::{Answer, HandshakeSpace, Negotiated};
use crate::error::{CertificateError, Refused};
use crate::limits;
#[cfg(feature = "tls12")]
use crate::negotiation::selection12::suite_for;
use crate::wire::DecodeError;
use crate::wire::certificate::{Certificate, CertificateChain};
use crate::wire::enums::SignatureScheme;
#[cfg(feature = "tls12")]
use crate::wire::enums::{CipherSuite, ProtocolVersion};
use crate::wire::extension::ExtensionSet;
use crate::wire::lists::{ProtocolNames, U16List};
#[cfg(feature = "tls12")]
use crate::wire::tls12;

/// The slots of the handshake space that asks are about.
pub(super) struct Asked<'a> {
    pub(super) server_name: &'a str,
    offered: ExtensionSet,
    #[cfg(feature = "tls12")]
    version: Option<ProtocolVersion>,
    /// Those of TLS 1.2 that may be chosen, if it is TLS 1.2.
    #[cfg(feature = "tls12")]
    pub(super) suites: [Option<CipherSuite>; 2],
    pub(super) peer_key: &'a mut Vec<u8, { limits::PUBLIC_KEY }>,
    pub(super) identity: &'a mut Option<(IdentityId, SignatureScheme)>,
    pub(super) input: &'a [u8],
    pub(super) signature: &'a mut Vec<u8, { limits::SIGNATURE }>,
}

impl<'a> Asked<'a> {
    pub(super) fn of<P: Provider>(space: &'a mut HandshakeSpace<P>, _negotiated: &Negotiated) -> Self {
        let server_name: &String<{ limits::HOST_NAME }> = &space.server_name;
        Self {
            server_name,
            offered: space.offered,
            #[cfg(feature = "tls12")]
            version: _negotiated.version(),
            #[cfg(feature = "tls12")]
            suites: space.tls12.suites,
            peer_key: &mut space.peer_key,
            identity: &mut space.identity,
            input: &space.signature_input,
            signature: &mut space.signature,
        }
    }

    /// The chain in the body of a Certificate message.
    pub(super) fn chain<'m>(&self, body: &'m [u8]) -> Result<CertificateChain<'m>, DecodeError> {
        #[cfg(feature = "tls12")]
        if self.version == Some(ProtocolVersion::TLS_1_2) {
            return tls12::certificate::parse(body);
        }
        Certificate::parse(body, self.offered).map(|certificate| certificate.chain)
    }
}

/// Asks whether the server is who it should be.
#[derive(Debug)]
#[must_use = "an ask that is dropped is offered again"]
pub struct VerifyPeer<'a> {
    pub(super) chain: CertificateChain<'a>,
    pub(super) server_name: &'a str,
    pub(super) peer_key: &'a mut Vec<u8, { limits::PUBLIC_KEY }>,
    pub(super) answer: &'a mut Answer,
}

/// The key is longer than [`limits::PUBLIC_KEY`]; the ask was answered with a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKeyTooLong;

impl<'a> VerifyPeer<'a> {
    /// The certificates that the server showed, leaf first. They are there only while the ask is.
    #[must_use]
    pub const fn chain(&self) -> CertificateChain<'a> {
        self.chain
    }

    /// The name or address that was asked for.
    #[must_use]
    pub const fn server_name(&self) -> &'a str {
        self.server_name
    }

    /// Yes: the handshake goes on, and the server must prove that it has this key, a SubjectPublicKeyInfo in DER
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
    pub(super) server_name: &'a str,
    #[cfg(feature = "tls12")]
    pub(super) suites: [Option<CipherSuite>; 2],
    pub(super) identity: &'a mut Option<(IdentityId, SignatureScheme)>,
    pub(super) answer: &'a mut Answer,
}

/// The client does not take signatures of this scheme; the ask stays open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdentityRefused;

impl<'a> ChooseIdentity<'a> {
    /// The name that the client asks for (RFC 6066, section 3).
    #[must_use]
    pub fn server_name(&self) -> Option<&'a str> {
        Some(self.server_name).filter(|name| !name.is_empty())
    }

    /// Whether the client takes handshake signatures of this scheme.
    #[must_use]
    pub fn offers(&self, scheme: SignatureScheme) -> bool {
        #[cfg(feature = "tls12")]
        let fits = match self.suites {
            [None, None] => scheme.is_for_handshakes(),
            suites => suite_for(&suites, scheme).is_some(),
        };
        #[cfg(not(feature = "tls12"))]
        let fits = scheme.is_for_handshakes();
        fits && self.schemes.is_some_and(|schemes| schemes.contains(scheme.0))
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
