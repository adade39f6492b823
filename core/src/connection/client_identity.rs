//! Certificates of a client: which to show, and the proof that it has their key.

use super::ask::ChooseIdentity;
#[cfg(feature = "tls12")]
use super::ask::{Sign, SignatureTooLong};
use super::asked::Asked;
use super::event::{Event, Want};
#[cfg(feature = "tls12")]
use crate::config::IdentityId;
#[cfg(feature = "tls12")]
use crate::crypto::HashAlgorithm;
use crate::engine::Answer;
#[cfg(feature = "tls12")]
use crate::engine::SignedHashes;
#[cfg(feature = "client-auth")]
use crate::wire::certificate_request::CertificateRequest;
use crate::wire::enums::SignatureScheme;
#[cfg(feature = "tls12")]
use crate::wire::enums::{Authentication, ProtocolVersion};
use crate::wire::lists::{DistinguishedNames, U16List};
#[cfg(feature = "client-auth")]
use crate::wire::oid_filters::OidFilters;
#[cfg(feature = "tls12")]
use crate::wire::tls12::certificate_request as tls12;

impl<'a> ChooseIdentity<'a> {
    /// The event of the ask about this CertificateRequest, which was parsed before.
    pub(super) fn offer_to_client(body: &'a [u8], answer: &'a mut Answer, asked: Asked<'a>) -> Event<'a> {
        let Some(request) = Request::parse(body, &asked) else { return Event::Want(Want::Nothing) };
        Event::ChooseIdentity(Self {
            schemes: Some(request.schemes()),
            certificate_schemes: request.certificate_schemes(),
            protocols: None,
            #[cfg(feature = "raw-public-keys")]
            certificate_type: asked.types.own,
            #[cfg(feature = "tls12")]
            groups: None,
            server_name: asked.server_name,
            #[cfg(feature = "tls12")]
            suites: [None; 2],
            request: Some(request),
            #[cfg(feature = "certificate-authorities")]
            client_authorities: None,
            identity: asked.identity,
            answer,
        })
    }

    /// The authorities that the peer knows, as a server tells its client, or, with the feature `certificate-authorities`, a
    /// client its server; none where it does not say.
    #[must_use]
    pub fn authorities(&self) -> Option<DistinguishedNames<'a>> {
        #[cfg(feature = "certificate-authorities")]
        if self.request.is_none() {
            return self.client_authorities;
        }
        self.request.and_then(Request::authorities)
    }

    /// What a server of TLS 1.3 wants of the extensions of the client's certificate (RFC 8446, section 4.2.5).
    #[cfg(feature = "client-auth")]
    #[must_use]
    pub fn oid_filters(&self) -> Option<OidFilters<'a>> {
        match self.request? {
            Request::Tls13(request) => request.oid_filters,
            #[cfg(feature = "tls12")]
            Request::Tls12(..) => None,
        }
    }

    /// None: a client shows no certificate. A server that has none for a client refuses it instead.
    pub fn none(self) {
        *self.identity = None;
        *self.answer = Answer::Accepted;
    }
}

/// What a server asks for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Request<'a> {
    #[cfg(feature = "client-auth")]
    Tls13(CertificateRequest<'a>),
    /// And what the handshake is hashed by.
    #[cfg(feature = "tls12")]
    Tls12(tls12::CertificateRequest<'a>, SignedHashes),
}

impl<'a> Request<'a> {
    fn parse(body: &'a [u8], _asked: &Asked<'_>) -> Option<Self> {
        #[cfg(feature = "tls12")]
        if _asked.version == Some(ProtocolVersion::TLS_1_2) {
            return Some(Self::Tls12(tls12::CertificateRequest::parse(body).ok()?, _asked.hashes));
        }
        #[cfg(feature = "client-auth")]
        return Some(Self::Tls13(CertificateRequest::parse(body).ok()?));
        #[cfg(not(feature = "client-auth"))]
        None
    }

    const fn schemes(&self) -> U16List<'a> {
        match self {
            #[cfg(feature = "client-auth")]
            Self::Tls13(request) => request.signature_algorithms,
            #[cfg(feature = "tls12")]
            Self::Tls12(request, _) => request.signature_algorithms,
        }
    }

    const fn certificate_schemes(&self) -> Option<U16List<'a>> {
        match self {
            #[cfg(feature = "client-auth")]
            Self::Tls13(request) => request.signature_algorithms_cert,
            #[cfg(feature = "tls12")]
            Self::Tls12(..) => None,
        }
    }

    const fn authorities(self) -> Option<DistinguishedNames<'a>> {
        match self {
            #[cfg(feature = "client-auth")]
            Self::Tls13(request) => request.authorities,
            #[cfg(feature = "tls12")]
            Self::Tls12(request, _) => Some(request.authorities),
        }
    }

    /// Whether the handshake can be signed by this scheme, if the server lists it.
    pub(super) fn takes(self, scheme: SignatureScheme) -> bool {
        match self {
            #[cfg(feature = "client-auth")]
            Self::Tls13(_) => scheme.is_for_handshakes(),
            #[cfg(feature = "tls12")]
            Self::Tls12(request, hashes) => takes_tls12(request, hashes, scheme),
        }
    }
}

/// Whether a server takes signatures of this scheme: of the types that it lists, and by a hash that the handshake is hashed
/// by anyway.
#[cfg(feature = "tls12")]
fn takes_tls12(
    message: tls12::CertificateRequest<'_>,
    hashes: SignedHashes,
    scheme: SignatureScheme,
) -> bool {
    let wanted = match scheme.tls12_authentication() {
        Some(Authentication::Ecdsa) => tls12::ECDSA_SIGN,
        Some(Authentication::Rsa) => tls12::RSA_SIGN,
        None => return false,
    };
    let hashed = HashAlgorithm::of_scheme(scheme).is_some_and(|hash| hashes.has(hash));
    message.certificate_types.contains(&wanted) && hashed
}

/// Asks a client of TLS 1.2 for a signature of the handshake, of which only the digest is there (RFC 5246,
/// section 7.4.8).
#[cfg(feature = "tls12")]
#[derive(Debug)]
#[must_use = "an ask that is dropped is offered again"]
pub struct SignDigest<'a>(Sign<'a>);

#[cfg(feature = "tls12")]
impl<'a> SignDigest<'a> {
    /// The event of the ask.
    pub(super) fn offer(answer: &'a mut Answer, asked: Asked<'a>) -> Event<'a> {
        Event::SignDigest(Self(Sign::of(answer, asked)))
    }

    /// Whose key is to sign.
    #[must_use]
    pub const fn identity(&self) -> IdentityId {
        self.0.identity()
    }

    /// How; its hash is the one of the digest: SHA-256, SHA-384 or, with the feature `tls12-sha512`, SHA-512.
    #[must_use]
    pub const fn scheme(&self) -> SignatureScheme {
        self.0.scheme()
    }

    /// What: it is hashed already, and is not to be hashed again.
    #[must_use]
    pub const fn digest(&self) -> &'a [u8] {
        self.0.message()
    }

    /// Here it is: DER for ECDSA.
    ///
    /// # Errors
    /// [`SignatureTooLong`].
    pub fn answer(self, signature: &[u8]) -> Result<(), SignatureTooLong> {
        self.0.answer(signature)
    }

    /// It can't be made: the connection fails.
    pub fn refuse(self) {
        self.0.refuse();
    }

    /// Later: the ask comes again after [`resume_ask`](super::Connection::resume_ask).
    pub fn defer(self) {
        self.0.defer();
    }
}
