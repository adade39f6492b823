//! Keys that are known.

use std::path::Path;

use pki_types::SubjectPublicKeyInfoDer;
use pki_types::pem::PemObject;
use tidegate::driver::{Verify, VerifyClient, shown_key};
use tidegate::error::CertificateError;
use tidegate::wire::certificate::CertificateChain;

use crate::error::{CredentialError, FileProblem};

/// Trusts whoever has one of these keys and nobody else, as [`PinnedKeys`](tidegate::driver::PinnedKeys) does: raw keys
/// where `common.peer_certificates` takes them, else the keys of certificates of which nothing else is looked at.
#[derive(Clone, Debug)]
pub struct KnownKeys(Vec<SubjectPublicKeyInfoDer<'static>>);

impl KnownKeys {
    /// These keys, each a SubjectPublicKeyInfo in DER.
    pub fn new(keys: impl IntoIterator<Item = Vec<u8>>) -> Self {
        Self(keys.into_iter().map(SubjectPublicKeyInfoDer::from).collect())
    }

    /// The public keys in a PEM file, at least one.
    ///
    /// # Errors
    /// [`CredentialError`] with the file's name.
    pub fn from_pem_file(path: impl AsRef<Path>) -> Result<Self, CredentialError> {
        let path = path.as_ref();
        let content = crate::identity::read(path)?;
        let keys: Result<Vec<_>, _> = SubjectPublicKeyInfoDer::pem_slice_iter(&content).collect();
        match keys {
            Ok(keys) if !keys.is_empty() => Ok(Self(keys)),
            Ok(_) => Err(CredentialError::file(path, FileProblem::NoPublicKey)),
            Err(error) => Err(CredentialError::file(path, FileProblem::Malformed(error.to_string()))),
        }
    }

    fn find<'c>(&self, chain: CertificateChain<'c>) -> Result<&'c [u8], CertificateError> {
        let key = shown_key(chain).ok_or(CertificateError::BadEncoding)?;
        let is_known = self.0.iter().any(|known| known.as_ref() == key);
        is_known.then_some(key).ok_or(CertificateError::UnknownIssuer)
    }
}

impl Verify for KnownKeys {
    fn verify_server<'c>(
        &'c self,
        chain: CertificateChain<'c>,
        _: &str,
    ) -> Result<&'c [u8], CertificateError> {
        self.find(chain)
    }
}

impl VerifyClient for KnownKeys {
    fn verify_client<'c>(&'c self, chain: CertificateChain<'c>) -> Result<&'c [u8], CertificateError> {
        self.find(chain)
    }
}
