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
use crate::error::Refused;
use crate::limits;
#[cfg(feature = "tls12")]
use crate::negotiation::selection12::{has_curve, has_curve_of, suite_for};
use crate::wire::client_hello::ClientHello;
use crate::wire::enums::SignatureScheme;
#[cfg(feature = "tls12")]
use crate::wire::enums::{CipherSuite, NamedGroup, ProtocolVersion};
#[cfg(feature = "certificate-authorities")]
use crate::wire::lists::DistinguishedNames;
use crate::wire::lists::{ProtocolNames, U16List};

/// Asks which certificates to show.
#[derive(Debug)]
#[must_use = "an ask that is dropped is offered again"]
pub struct ChooseIdentity<'a> {
    pub(super) schemes: Option<U16List<'a>>,
    pub(super) certificate_schemes: Option<U16List<'a>>,
    pub(super) protocols: Option<ProtocolNames<'a>>,
    #[cfg(feature = "raw-public-keys")]
    pub(super) certificate_type: CertificateType,
    /// The client's, where a server is asked.
    #[cfg(feature = "tls12")]
    pub(super) groups: Option<U16List<'a>>,
    pub(super) server_name: &'a str,
    #[cfg(feature = "tls12")]
    pub(super) suites: [Option<CipherSuite>; 2],
    /// A server's, where a client is asked.
    #[cfg(feature = "_client-certificates")]
    pub(super) request: Option<Request<'a>>,
    #[cfg(feature = "certificate-authorities")]
    pub(super) client_authorities: Option<DistinguishedNames<'a>>,
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
            certificate_type: asked.types.own,
            #[cfg(feature = "tls12")]
            groups: extensions.supported_groups,
            server_name: asked.server_name,
            #[cfg(feature = "tls12")]
            suites: asked.suites,
            #[cfg(feature = "_client-certificates")]
            request: None,
            #[cfg(feature = "certificate-authorities")]
            client_authorities: extensions.authorities,
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
            return suite_for(&self.suites, scheme).is_some() && has_curve_of(self.groups, scheme);
        }
        scheme.is_for_handshakes()
    }

    /// The version of the handshake.
    #[cfg(feature = "tls12")]
    #[must_use]
    pub fn version(&self) -> ProtocolVersion {
        let asked_in_tls12 = matches!(self.request, Some(Request::Tls12(..)));
        if asked_in_tls12 || self.suites != [None, None] {
            return ProtocolVersion::TLS_1_2;
        }
        ProtocolVersion::TLS_1_3
    }

    /// Whether the peer takes a key on this curve, as far as it says: in TLS 1.2 a client's groups count for certificates, too
    /// (RFC 8422, section 5.1), and its schemes name a hash, which goes with any curve. In TLS 1.3 they say it all.
    #[cfg(feature = "tls12")]
    #[must_use]
    pub fn takes_key_on(&self, curve: NamedGroup) -> bool {
        self.suites == [None, None] || has_curve(self.groups, curve)
    }

    /// What is to be shown: certificates, or the raw public key of an identity.
    #[cfg(feature = "raw-public-keys")]
    #[must_use]
    pub const fn certificate_type(&self) -> CertificateType {
        self.certificate_type
    }

    /// The schemes that the peer takes for handshakes and certificates, in the order of its preference.
    /// [`ChooseIdentity::offers`] says which can sign this handshake.
    #[must_use]
    pub const fn schemes(&self) -> Option<U16List<'a>> {
        self.schemes
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
