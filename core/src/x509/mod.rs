//! Certificate chains (RFC 5280), verified with rustls-webpki.
//!
//! A firmware that pins a key or uses pre-shared keys leaves the feature `webpki` out and links nothing of this.

#[cfg(feature = "crl")]
mod revocation;
mod usage;
mod verdict;

use core::fmt;

use heapless::Vec;
use pki_types::SignatureVerificationAlgorithm;
pub use pki_types::{CertificateDer, ServerName, TrustAnchor, UnixTime};
use webpki::{EndEntityCert, KeyUsage};

use crate::crypto::SignatureAlgorithm;
pub use crate::crypto::certificate::{issuer, public_key_info};
use crate::error::CertificateError;
#[cfg(feature = "crl")]
pub use revocation::{
    ExpiredList, MAX_REVOCATION_LISTS, Revocation, RevocationDepth, RevocationList, UnknownRevocation,
};
pub use usage::signs_handshakes;
use verdict::verdict;

/// Certificates that a chain may have, the peer's own included. Public chains have two to four; webpki itself follows
/// at most six issuers.
pub const MAX_CERTIFICATES: usize = 10;

/// Signature algorithms that a verifier may have. There are fewer than twenty with everything chosen.
pub const MAX_ALGORITHMS: usize = 32;

/// Verifies a server's chain up to one of a set of trust anchors.
#[derive(Clone, Copy)]
pub struct WebpkiVerifier<'a> {
    trust_anchors: &'a [TrustAnchor<'a>],
    algorithms: &'static [SignatureAlgorithm],
    #[cfg(feature = "crl")]
    revocation: Option<Revocation<'a>>,
}

impl<'a> WebpkiVerifier<'a> {
    /// A verifier that trusts these anchors and knows these algorithms, usually
    /// [`SIGNATURE_ALGORITHMS`](crate::crypto::SIGNATURE_ALGORITHMS); only the first [`MAX_ALGORITHMS`] count.
    #[must_use]
    pub const fn new(
        trust_anchors: &'a [TrustAnchor<'a>],
        algorithms: &'static [SignatureAlgorithm],
    ) -> Self {
        Self {
            trust_anchors,
            algorithms,
            #[cfg(feature = "crl")]
            revocation: None,
        }
    }

    /// Looks certificates up in revocation lists, too.
    #[cfg(feature = "crl")]
    #[must_use]
    pub const fn with_revocation(self, revocation: Revocation<'a>) -> Self {
        Self { revocation: Some(revocation), ..self }
    }

    /// Verifies a server's chain, its own certificate first (RFC 8446, section 4.4.2), the others in any order.
    ///
    /// Checked are the path to a trust anchor with its signatures and constraints, the validity of each certificate at
    /// `time`, the key usage of the leaf, the extended key usage, and the name: DNS names and IP addresses among the
    /// subject alternative names (RFC 6125, section 6.4.4), never the common name. Revocation is checked where there are
    /// lists (`with_revocation`).
    ///
    /// Returns the server's SubjectPublicKeyInfo in DER, with which its CertificateVerify is to be verified.
    ///
    /// # Errors
    /// [`CertificateError::NoTime`] without a time: whether a certificate is valid can't be known then, and there is
    /// no way around it. Else the most telling reason why no path was found; [`CertificateError::BadEncoding`] also
    /// for a chain without certificates.
    pub fn verify_server<'c>(
        &self,
        chain: impl Iterator<Item = &'c [u8]>,
        name: &ServerName<'_>,
        time: Option<UnixTime>,
    ) -> Result<&'c [u8], CertificateError> {
        self.verify(chain, KeyUsage::server_auth(), Some(name), time)
    }

    /// Verifies a client's chain as [`WebpkiVerifier::verify_server`] does a server's, but for no name: who the client is
    /// stands in its certificate.
    ///
    /// # Errors
    /// As [`WebpkiVerifier::verify_server`].
    #[cfg(feature = "_client-certificates")]
    pub fn verify_client<'c>(
        &self,
        chain: impl Iterator<Item = &'c [u8]>,
        time: Option<UnixTime>,
    ) -> Result<&'c [u8], CertificateError> {
        self.verify(chain, KeyUsage::client_auth(), None, time)
    }

    fn verify<'c>(
        &self,
        chain: impl Iterator<Item = &'c [u8]>,
        usage: KeyUsage,
        name: Option<&ServerName<'_>>,
        time: Option<UnixTime>,
    ) -> Result<&'c [u8], CertificateError> {
        let time = time.ok_or(CertificateError::NoTime)?;
        let chain = collect(chain)?;
        let (leaf, issuers) = chain.split_first().ok_or(CertificateError::BadEncoding)?;
        let issuers: Vec<CertificateDer<'_>, MAX_CERTIFICATES> =
            issuers.iter().map(|der| CertificateDer::from(*der)).collect();
        let algorithms: Vec<&dyn SignatureVerificationAlgorithm, MAX_ALGORITHMS> =
            self.algorithms.iter().take(MAX_ALGORITHMS).map(|algorithm| algorithm.verifier).collect();

        let certificate = CertificateDer::from(*leaf);
        let certificate = EndEntityCert::try_from(&certificate).map_err(verdict)?;
        let check = |revocation: Option<webpki::RevocationOptions<'_>>| {
            let anchors = self.trust_anchors;
            certificate
                .verify_for_usage(&algorithms, anchors, &issuers, time, usage, revocation, None)
                .map(|_| ())
        };
        #[cfg(feature = "crl")]
        revocation::with_options(self.revocation, check)?;
        #[cfg(not(feature = "crl"))]
        check(None).map_err(verdict)?;
        if let Some(name) = name {
            certificate.verify_is_valid_for_subject_name(name).map_err(verdict)?;
        }
        if !signs_handshakes(leaf) {
            return Err(CertificateError::WrongUsage);
        }
        public_key_info(leaf).ok_or(CertificateError::BadEncoding)
    }
}

impl fmt::Debug for WebpkiVerifier<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WebpkiVerifier({} trust anchors)", self.trust_anchors.len())
    }
}

/// A trust anchor from a root certificate in DER, whose own signature and validity are not looked at: that it is
/// trusted is the caller's word.
///
/// # Errors
/// [`CertificateError::BadEncoding`], or another error of its parts, if it can't be parsed.
pub fn trust_anchor_from_der<'a>(root: &'a CertificateDer<'a>) -> Result<TrustAnchor<'a>, CertificateError> {
    webpki::anchor_from_trusted_cert(root).map_err(verdict)
}

fn collect<'c>(
    chain: impl Iterator<Item = &'c [u8]>,
) -> Result<Vec<&'c [u8], MAX_CERTIFICATES>, CertificateError> {
    let mut certificates = Vec::new();
    for der in chain {
        certificates.push(der).map_err(|_| CertificateError::TooManyCertificates)?;
    }
    Ok(certificates)
}

#[cfg(all(test, feature = "ecdsa-p256"))]
mod tests;
