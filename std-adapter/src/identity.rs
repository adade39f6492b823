//! Certificates with their keys.

mod raw_key;

use std::path::Path;

use pki_types::pem::{self, PemObject};
use pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tidegate::ChooseIdentity;
use tidegate::error::CertificateError;
use tidegate::wire::enums::{ProtocolVersion, SignatureScheme};
use tidegate::wire::oid_filters::OidFilters;
use tidegate::x509::{issuer, public_key_info};
use webpki::EndEntityCert;
use zeroize::{Zeroize as _, Zeroizing};

mod choice;
mod list;

pub use choice::IdentityChoice;
pub use list::IdentityList;

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
    /// The same in TLS 1.2.
    tls12_schemes: Vec<SignatureScheme>,
    ocsp_response: Option<Vec<u8>>,
}

impl OwnedIdentity {
    /// A chain, leaf first, and a key in PKCS#8, SEC1 or PKCS#1. RSA keys have 2048 to 4096 bits, and sign with one of the features
    /// `aws-lc-rs`, `graviola` and `ring`; those of clients in TLS 1.2 with `aws-lc-rs` alone.
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
        Ok(Self::of(chain, signer))
    }

    fn of(chain: Vec<CertificateDer<'static>>, signer: Signer) -> Self {
        let (schemes, tls12_schemes) = (signer.schemes(), signer.tls12_schemes());
        Self { chain, signer, schemes, tls12_schemes, ocsp_response: None }
    }

    /// Signs with these schemes alone, the preferred first; those that do not fit the key are left out.
    #[must_use]
    pub fn with_schemes(mut self, schemes: impl IntoIterator<Item = SignatureScheme>) -> Self {
        let told: Vec<_> = schemes.into_iter().collect();
        let fitting =
            |own: Vec<SignatureScheme>| told.iter().copied().filter(|one| own.contains(one)).collect();
        (self.schemes, self.tls12_schemes) =
            (fitting(self.signer.schemes()), fitting(self.signer.tls12_schemes()));
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

    /// By which scheme the key can sign the handshake, if the peer takes one. In TLS 1.2 a scheme of ECDSA names a hash, which goes
    /// with any curve (RFC 5246, section 7.4.1.4.1), as long as the peer takes the key's.
    #[must_use]
    pub fn scheme_for(&self, ask: &ChooseIdentity<'_>) -> Option<SignatureScheme> {
        let is_tls12 = ask.version() == ProtocolVersion::TLS_1_2;
        let schemes = if is_tls12 { &self.tls12_schemes } else { &self.schemes };
        let takes_curve = self.signer.curve().is_none_or(|curve| ask.takes_key_on(curve));
        schemes.iter().copied().find(|scheme| takes_curve && ask.offers(*scheme))
    }

    fn is_for(&self, name: &ServerName<'_>) -> bool {
        let Some(leaf) = self.chain.first() else { return false };
        EndEntityCert::try_from(leaf).is_ok_and(|leaf| leaf.verify_is_valid_for_subject_name(name).is_ok())
    }

    /// Whether the key signs what a client of this version signs: a digest in TLS 1.2.
    fn signs_as_client(&self, ask: &ChooseIdentity<'_>) -> bool {
        ask.version() != ProtocolVersion::TLS_1_2 || self.signer.signs_digests()
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
    // A key may be in the same file.
    let content = Zeroizing::new(read(path)?);
    let certificates = CertificateDer::pem_slice_iter(&content)
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
