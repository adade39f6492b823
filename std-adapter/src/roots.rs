//! Who is trusted.

use std::fmt;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use pki_types::{CertificateDer, ServerName, TrustAnchor, UnixTime};
use tidegate::crypto::SignatureAlgorithm;
use tidegate::driver::{Verify, VerifyClient};
use tidegate::error::CertificateError;
use tidegate::wire::certificate::CertificateChain;
use tidegate::x509::{WebpkiVerifier, public_key_info, trust_anchor_from_der};

use crate::error::{CredentialError, FileProblem};
use crate::identity::certificates_in;
use crate::provider::{kept_signature_algorithms, signature_algorithms};
use crate::revocation::RevocationLists;

/// Root certificates that are trusted, and a verifier that trusts them at the system's time.
#[derive(Clone)]
pub struct Roots {
    anchors: Vec<TrustAnchor<'static>>,
    revocation: Option<RevocationLists>,
    algorithms: fn() -> &'static [SignatureAlgorithm],
}

impl Roots {
    /// No roots: nobody is trusted.
    #[must_use]
    pub const fn new() -> Self {
        Self { anchors: Vec::new(), revocation: None, algorithms: signature_algorithms }
    }

    /// The roots of this machine. Those that can't be parsed are left out, as other programs do.
    ///
    /// # Errors
    /// [`CredentialError`] where there are none.
    pub fn native() -> Result<Self, CredentialError> {
        let found = rustls_native_certs::load_native_certs();
        let mut roots = Self::new();
        for certificate in &found.certs {
            let _ = roots.add(certificate);
        }
        if roots.anchors.is_empty() {
            let why = found.errors.first().map_or_else(|| "none found".to_owned(), ToString::to_string);
            return Err(CredentialError::NoNativeRoots(why));
        }
        Ok(roots)
    }

    /// The certificates in a PEM file, all of which are trusted.
    ///
    /// # Errors
    /// [`CredentialError`] with the file's name: it can't be read, holds no certificate, or one that can't be parsed.
    pub fn from_pem_file(path: impl AsRef<Path>) -> Result<Self, CredentialError> {
        let path = path.as_ref();
        let mut roots = Self::new();
        for certificate in &certificates_in(path)? {
            roots
                .add(certificate)
                .map_err(|error| CredentialError::file(path, FileProblem::Certificate(error)))?;
        }
        Ok(roots)
    }

    /// Trusts one more certificate, in DER.
    ///
    /// # Errors
    /// [`CertificateError`] if it can't be parsed.
    pub fn add(&mut self, root: &CertificateDer<'_>) -> Result<(), CertificateError> {
        self.anchors.push(trust_anchor_from_der(root)?.to_owned());
        Ok(())
    }

    /// Trusts nobody whose certificates these lists do not allow.
    #[must_use]
    pub fn with_revocation(mut self, lists: RevocationLists) -> Self {
        self.revocation = Some(lists);
        self
    }

    /// Remembers which signatures in certificates and revocation lists were right, up to 256 in 8 kB, which all roots of this
    /// process share that do so: a chain that was shown before costs its hashes, as a rule. Two of the three signatures of a
    /// handshake with one intermediate are such.
    ///
    /// Everything else is looked at each time: the path, names, constraints, validity, who is revoked. What the peer signs in the
    /// handshake is always verified. A peer that measures how long its answer takes can learn whether this process has seen a
    /// certificate before, which need not be the peer's own: not for clients whose peers must not know where else they were.
    #[must_use]
    pub fn keeping_signatures(mut self) -> Self {
        self.algorithms = kept_signature_algorithms;
        self
    }

    /// Does `work` with the verifier that this makes.
    fn verify<'c>(
        &self,
        work: impl FnOnce(WebpkiVerifier<'_>) -> Result<&'c [u8], CertificateError>,
    ) -> Result<&'c [u8], CertificateError> {
        let verifier = WebpkiVerifier::new(&self.anchors, (self.algorithms)());
        match &self.revocation {
            Some(lists) => lists.with(|revocation| work(verifier.with_revocation(revocation))),
            None => work(verifier),
        }
    }

    /// Trusts those of another list, too.
    pub(crate) fn extend(&mut self, others: Self) {
        self.anchors.extend(others.anchors);
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.anchors.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.anchors.is_empty()
    }
}

impl Default for Roots {
    fn default() -> Self {
        Self::new()
    }
}

impl Verify for Roots {
    fn verify_server<'c>(
        &'c self,
        chain: CertificateChain<'c>,
        server_name: &str,
    ) -> Result<&'c [u8], CertificateError> {
        let name = ServerName::try_from(server_name).map_err(|_| CertificateError::NameMismatch)?;
        self.verify(|verifier| verifier.verify_server(chain.iter(), &name, now()))
    }
}

impl VerifyClient for Roots {
    fn verify_client<'c>(&'c self, chain: CertificateChain<'c>) -> Result<&'c [u8], CertificateError> {
        self.verify(|verifier| verifier.verify_client(chain.iter(), now()))
    }
}

impl fmt::Debug for Roots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Roots({})", self.anchors.len())
    }
}

fn now() -> Option<UnixTime> {
    SystemTime::now().duration_since(UNIX_EPOCH).ok().map(UnixTime::since_unix_epoch)
}

/// Accepts whatever certificate a server shows. The server proves that it has the key of that certificate, and
/// nothing else: anybody in between can be that server. For tests and for looking at certificates only.
#[derive(Clone, Copy, Debug)]
pub struct AcceptAnything;

impl Verify for AcceptAnything {
    fn verify_server<'c>(
        &'c self,
        chain: CertificateChain<'c>,
        _: &str,
    ) -> Result<&'c [u8], CertificateError> {
        if let Some(key) = chain.raw_public_key() {
            return Ok(key);
        }
        chain.iter().next().and_then(public_key_info).ok_or(CertificateError::BadEncoding)
    }
}

#[cfg(test)]
mod tests {
    use super::{Roots, kept_signature_algorithms, signature_algorithms};

    #[test]
    fn signatures_are_kept_where_that_is_asked_for_and_nowhere_else() {
        let verified = |roots: Roots| (roots.algorithms)().as_ptr();
        assert_eq!(verified(Roots::new()), signature_algorithms().as_ptr());
        assert_eq!(verified(Roots::new().keeping_signatures()), kept_signature_algorithms().as_ptr());
        assert_ne!(signature_algorithms().as_ptr(), kept_signature_algorithms().as_ptr());
    }
}
