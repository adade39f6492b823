//! Certificates of a client of TLS 1.2: which to show, and the proof that it has their key.

use super::ask::{ChooseIdentity, Sign, SignatureTooLong};
use super::asked::Asked;
use super::event::{Event, Want};
use crate::config::IdentityId;
use crate::crypto::HashAlgorithm;
use crate::engine::Answer;
use crate::wire::enums::{Authentication, CipherSuite, SignatureScheme};
use crate::wire::tls12::certificate_request::{CertificateRequest, DistinguishedNames, ECDSA_SIGN, RSA_SIGN};

impl<'a> ChooseIdentity<'a> {
    /// The event of the ask about this CertificateRequest, which was parsed before.
    pub(super) fn offer_to_client(request: &'a [u8], answer: &'a mut Answer, asked: Asked<'a>) -> Event<'a> {
        let Ok(request) = CertificateRequest::parse(request) else { return Event::Want(Want::Nothing) };
        Event::ChooseIdentity(Self {
            schemes: Some(request.signature_algorithms),
            certificate_schemes: None,
            protocols: None,
            server_name: asked.server_name,
            suites: [None; 2],
            request: Some(Request { message: request, suites: asked.provided }),
            identity: asked.identity,
            answer,
        })
    }

    /// The authorities that a server knows, as it tells a client; none where it does not say.
    #[must_use]
    pub fn authorities(&self) -> Option<DistinguishedNames<'a>> {
        self.request.map(|request| request.message.authorities)
    }

    /// None: a client shows no certificate. A server that has none for a client refuses it instead.
    pub fn none(self) {
        *self.identity = None;
        *self.answer = Answer::Accepted;
    }
}

/// What a server asks for, and the provider's suites of TLS 1.3, whose hashes the handshake is hashed by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request<'a> {
    message: CertificateRequest<'a>,
    suites: &'static [CipherSuite],
}

/// Whether a server takes signatures of this scheme: of the types that it lists, and by a hash that the handshake is hashed
/// by anyway.
pub(super) fn takes(request: Request<'_>, scheme: SignatureScheme) -> bool {
    let Request { message, suites } = request;
    let wanted = match scheme.tls12_authentication() {
        Some(Authentication::Ecdsa) => ECDSA_SIGN,
        Some(Authentication::Rsa) => RSA_SIGN,
        None => return false,
    };
    let hash = HashAlgorithm::of_scheme(scheme);
    let hashed = suites.iter().any(|suite| Some(HashAlgorithm::of(*suite)) == hash);
    message.certificate_types.contains(&wanted) && hashed
}

/// Asks a client of TLS 1.2 for a signature of the handshake, of which only the digest is there (RFC 5246,
/// section 7.4.8).
#[derive(Debug)]
#[must_use = "an ask that is dropped is offered again"]
pub struct SignDigest<'a>(Sign<'a>);

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

    /// How; its hash is the one of the digest, SHA-256 or SHA-384.
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
