//! Keys without certificates, and what goes with certificates beside their keys.

use std::path::Path;

use pki_types::PrivateKeyDer;
use zeroize::Zeroize as _;

use super::{OwnedIdentity, private_key_in};
use crate::error::{CredentialError, FileProblem};
use crate::signer::Signer;

impl OwnedIdentity {
    /// A key that is shown as a raw public key (RFC 7250), where `common.own_certificates` says so. It has no certificate.
    ///
    /// # Errors
    /// [`CredentialError`]: the key can't be used.
    pub fn from_key(key: &PrivateKeyDer<'_>) -> Result<Self, CredentialError> {
        let signer = Signer::new(key).map_err(CredentialError::Key)?;
        Ok(Self::of(Vec::new(), signer))
    }

    /// As [`OwnedIdentity::from_key`], from a PEM file.
    ///
    /// # Errors
    /// [`CredentialError`], with the name of the file.
    pub fn from_key_pem_file(path: impl AsRef<Path>) -> Result<Self, CredentialError> {
        let path = path.as_ref();
        let mut private = private_key_in(path)?;
        let identity = Self::from_key(&private).map_err(|error| match error {
            CredentialError::Key(error) => CredentialError::file(path, FileProblem::Key(error)),
            other @ (CredentialError::File { .. }
            | CredentialError::KeyMismatch
            | CredentialError::Certificate(_)
            | CredentialError::EmptyChain
            | CredentialError::NoNativeRoots(_)) => other,
        });
        private.zeroize();
        identity
    }

    /// With an OCSP response for the first certificate, in DER, which a server hands to clients that ask (RFC 8446, section
    /// 4.4.2.1). Nobody here looks into it: whoever makes identities sees to it that it is fresh.
    #[must_use]
    pub fn with_ocsp_response(mut self, response: Vec<u8>) -> Self {
        self.ocsp_response = Some(response);
        self
    }

    /// The public key, a SubjectPublicKeyInfo in DER: what others pin.
    #[must_use]
    pub fn public_key_info(&self) -> Option<Vec<u8>> {
        self.signer.public_key_info()
    }
}
