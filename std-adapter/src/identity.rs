//! Certificates with their keys.

mod raw_key;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use pki_types::pem::{self, PemObject};
use pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tidegate::ChooseIdentity;
use tidegate::config::{Identities, IdentityId};
use tidegate::crypto::CryptoError;
use tidegate::driver::{ClientKeys, Keys};
use tidegate::error::{CertificateError, Refused};
use tidegate::wire::enums::SignatureScheme;
use tidegate::wire::oid_filters::OidFilters;
use tidegate::x509::{issuer, public_key_info};
use webpki::EndEntityCert;
use zeroize::{Zeroize as _, Zeroizing};

mod choice;

use choice::Chooser;
pub use choice::IdentityChoice;

use crate::error::{CredentialError, FileProblem};
use crate::filters;
use crate::signer::Signer;

/// A chain of certificates and the key of its first.
#[derive(Debug)]
pub struct OwnedIdentity {
    chain: Vec<CertificateDer<'static>>,
    signer: Signer,
    /// What the key may sign with, the preferred first.
    schemes: Vec<SignatureScheme>,
    ocsp_response: Option<Vec<u8>>,
}

impl OwnedIdentity {
    /// A chain, leaf first, and a key in PKCS#8, SEC1 or PKCS#1. RSA keys have 2048 to 4096 bits, and sign with the feature
    /// `aws-lc-rs` alone.
    ///
    /// # Errors
    /// [`CredentialError`]: there is no certificate, the leaf or the key can't be used, or they do not belong together.
    pub fn new(
        chain: Vec<CertificateDer<'static>>,
        key: &PrivateKeyDer<'_>,
    ) -> Result<Self, CredentialError> {
        let leaf = chain.first().ok_or(CredentialError::EmptyChain)?;
        EndEntityCert::try_from(leaf)
            .map_err(|_| CredentialError::Certificate(CertificateError::BadEncoding))?;
        let signer = Signer::new(key).map_err(CredentialError::Key)?;
        if public_key_info(leaf) != signer.public_key_info().as_deref() {
            return Err(CredentialError::KeyMismatch);
        }
        let schemes = signer.schemes();
        Ok(Self { chain, signer, schemes, ocsp_response: None })
    }

    /// Signs with these schemes alone, the preferred first; those that do not fit the key are left out.
    #[must_use]
    pub fn with_schemes(mut self, schemes: impl IntoIterator<Item = SignatureScheme>) -> Self {
        let fitting = self.signer.schemes();
        self.schemes = schemes.into_iter().filter(|scheme| fitting.contains(scheme)).collect();
        self
    }

    /// A chain and a key in two PEM files, or both in the same.
    ///
    /// # Errors
    /// [`CredentialError`], with the name of the file it is about.
    pub fn from_pem_files(chain: impl AsRef<Path>, key: impl AsRef<Path>) -> Result<Self, CredentialError> {
        let (chain, key) = (chain.as_ref(), key.as_ref());
        let certificates = certificates_in(chain)?;
        let mut private = private_key_in(key)?;
        let identity = Self::new(certificates, &private).map_err(|error| blame(error, chain, key));
        private.zeroize();
        identity
    }

    /// The certificates, leaf first.
    #[must_use]
    pub fn chain(&self) -> &[CertificateDer<'static>] {
        &self.chain
    }

    /// What the key may sign with, the preferred first.
    #[must_use]
    pub fn schemes(&self) -> &[SignatureScheme] {
        &self.schemes
    }

    fn is_for(&self, name: &ServerName<'_>) -> bool {
        let Some(leaf) = self.chain.first() else { return false };
        EndEntityCert::try_from(leaf).is_ok_and(|leaf| leaf.verify_is_valid_for_subject_name(name).is_ok())
    }

    /// Whether the certificate has the extensions that a server wants.
    fn passes(&self, filters: OidFilters<'_>) -> bool {
        self.chain.first().is_some_and(|leaf| filters::passes(leaf, filters))
    }

    /// Whether the authority of this name, in DER, has issued a certificate of the chain.
    fn is_under(&self, authority: &[u8]) -> bool {
        self.chain.iter().any(|certificate| issuer(certificate) == Some(authority))
    }
}

/// Says which of two files an error is about.
fn blame(error: CredentialError, chain: &Path, key: &Path) -> CredentialError {
    match error {
        CredentialError::KeyMismatch => {
            CredentialError::file(key, FileProblem::KeyMismatch(chain.to_owned()))
        }
        CredentialError::Key(error) => CredentialError::file(key, FileProblem::Key(error)),
        CredentialError::Certificate(error) => CredentialError::file(chain, FileProblem::Certificate(error)),
        CredentialError::EmptyChain => CredentialError::file(chain, FileProblem::NoCertificate),
        other @ (CredentialError::File { .. } | CredentialError::NoNativeRoots(_)) => other,
    }
}

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, CredentialError> {
    std::fs::read(path).map_err(|error| CredentialError::file(path, FileProblem::Unreadable(error)))
}

/// All certificates of a PEM file, at least one.
pub(crate) fn certificates_in(path: &Path) -> Result<Vec<CertificateDer<'static>>, CredentialError> {
    let certificates =
        CertificateDer::pem_slice_iter(&read(path)?)
            .collect::<Result<Vec<_>, pem::Error>>()
            .map_err(|error| CredentialError::file(path, FileProblem::Malformed(error.to_string())))?;
    if certificates.is_empty() {
        return Err(CredentialError::file(path, FileProblem::NoCertificate));
    }
    Ok(certificates)
}

/// The first private key of a PEM file.
fn private_key_in(path: &Path) -> Result<PrivateKeyDer<'static>, CredentialError> {
    let content = Zeroizing::new(read(path)?);
    PrivateKeyDer::from_pem_slice(&content).map_err(|error| {
        // The headers of an encrypted key in OpenSSL's old form are no base64: look for the marks first.
        let problem = if is_encrypted(&content) {
            FileProblem::EncryptedKey
        } else if matches!(error, pem::Error::NoItemsFound) {
            FileProblem::NoKey
        } else {
            FileProblem::Malformed(error.to_string())
        };
        CredentialError::file(path, problem)
    })
}

/// PKCS#8's encrypted form, or the old one of OpenSSL with its headers.
fn is_encrypted(pem: &[u8]) -> bool {
    [&b"BEGIN ENCRYPTED PRIVATE KEY"[..], b"Proc-Type: 4,ENCRYPTED"]
        .iter()
        .any(|mark| pem.windows(mark.len()).any(|window| window == *mark))
}

/// The identities of an end, the default one first.
#[derive(Clone, Default)]
pub struct IdentityList {
    identities: Arc<[OwnedIdentity]>,
    chooser: Option<Chooser>,
}

impl fmt::Debug for IdentityList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("IdentityList").field(&self.identities).finish()
    }
}

impl IdentityList {
    /// These identities, the default one first.
    pub fn new(identities: impl IntoIterator<Item = OwnedIdentity>) -> Self {
        Self { identities: identities.into_iter().collect(), chooser: None }
    }

    /// Asks this which of them to show, once for each handshake that needs one.
    #[must_use]
    pub fn chosen_by(
        mut self,
        chooser: impl Fn(&ChooseIdentity<'_>) -> IdentityChoice + Send + Sync + 'static,
    ) -> Self {
        self.chooser = Some(Arc::new(chooser));
        self
    }

    /// The same choice among other identities.
    pub(crate) fn with(&self, identities: impl IntoIterator<Item = OwnedIdentity>) -> Self {
        Self { identities: identities.into_iter().collect(), chooser: self.chooser.clone() }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.identities.is_empty()
    }

    /// Whether these are the very same, and not only alike: sessions that were made as one of them go on.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.identities, &other.identities)
    }

    /// The first that fits and whose key the peer takes a scheme of.
    fn find(
        &self,
        ask: &ChooseIdentity<'_>,
        fits: impl Fn(&OwnedIdentity) -> bool,
    ) -> Option<(IdentityId, SignatureScheme)> {
        self.identities.iter().enumerate().filter(|(_, identity)| fits(identity)).find_map(
            |(place, identity)| {
                let scheme = identity.schemes.iter().find(|scheme| ask.offers(**scheme))?;
                Some((IdentityId(u16::try_from(place).ok()?), *scheme))
            },
        )
    }
}

impl Identities for IdentityList {
    fn for_each_certificate(&self, id: IdentityId, each: &mut dyn FnMut(&[u8])) {
        let chain = self.identities.get(usize::from(id.0)).map(OwnedIdentity::chain).unwrap_or_default();
        chain.iter().for_each(|certificate| each(certificate));
    }

    fn raw_public_key(&self, id: IdentityId, each: &mut dyn FnMut(&[u8])) {
        if let Some(key) = self.identities.get(usize::from(id.0)).and_then(OwnedIdentity::public_key_info) {
            each(&key);
        }
    }

    fn ocsp_response(&self, id: IdentityId) -> Option<&[u8]> {
        self.identities.get(usize::from(id.0))?.ocsp_response.as_deref()
    }

    fn are_there(&self) -> bool {
        !self.is_empty() || self.chooser.is_some()
    }
}

impl ClientKeys for IdentityList {
    /// The first identity whose key the server takes, whose certificate has the extensions that it wants (RFC 8446, section
    /// 4.2.5), and whose chain leads to an authority that it names (RFC 5246, section 7.4.4; RFC 8446, section 4.2.4); the
    /// first of the others where there is no such authority, since the server knows best what else it accepts.
    fn choose(&self, ask: &ChooseIdentity<'_>) -> Option<(IdentityId, SignatureScheme)> {
        let passes =
            |identity: &OwnedIdentity| ask.oid_filters().is_none_or(|filters| identity.passes(filters));
        let named = ask.authorities().and_then(|names| {
            self.find(ask, |identity| passes(identity) && names.iter().any(|name| identity.is_under(name)))
        });
        named.or_else(|| self.find(ask, passes))
    }

    fn sign(
        &self,
        identity: IdentityId,
        scheme: SignatureScheme,
        message: &[u8],
        out: &mut [u8],
    ) -> Result<usize, CryptoError> {
        Keys::sign(self, identity, scheme, message, out)
    }

    fn sign_digest(
        &self,
        identity: IdentityId,
        scheme: SignatureScheme,
        digest: &[u8],
        out: &mut [u8],
    ) -> Result<usize, CryptoError> {
        let identity = self.identities.get(usize::from(identity.0)).ok_or(CryptoError::Failed)?;
        identity.signer.sign_digest(scheme, digest, out)
    }
}

impl Keys for IdentityList {
    /// The first identity whose certificate is for the name and whose key the client takes; the first whose key it
    /// takes where there is no such name, since the client knows best whether it accepts another certificate.
    fn choose(&self, ask: &ChooseIdentity<'_>) -> Result<(IdentityId, SignatureScheme), Refused> {
        let name = ask.server_name().and_then(|name| ServerName::try_from(name).ok());
        let named = name.and_then(|name| self.find(ask, |identity| identity.is_for(&name)));
        named.or_else(|| self.find(ask, |_| true)).ok_or(Refused::Identity)
    }

    fn sign(
        &self,
        identity: IdentityId,
        scheme: SignatureScheme,
        message: &[u8],
        out: &mut [u8],
    ) -> Result<usize, CryptoError> {
        let identity = self.identities.get(usize::from(identity.0)).ok_or(CryptoError::Failed)?;
        identity.signer.sign(scheme, message, out)
    }
}
