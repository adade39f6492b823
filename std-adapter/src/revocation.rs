//! Certificate revocation lists (RFC 5280, section 5).

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use pki_types::CertificateRevocationListDer;
use pki_types::pem::PemObject;
use tidegate::error::CertificateError;
use tidegate::x509::{
    ExpiredList, MAX_REVOCATION_LISTS, Revocation, RevocationDepth, RevocationList, UnknownRevocation,
};

use crate::error::{CredentialError, FileProblem};

/// Lists in which [`Roots`](crate::Roots) look certificates up. As long as nothing else is chosen, every certificate of a chain
/// must be known not to be revoked, from a list that is not out of date.
#[derive(Clone)]
pub struct RevocationLists {
    lists: Arc<[CertificateRevocationListDer<'static>]>,
    /// Which certificates are looked up.
    pub depth: RevocationDepth,
    /// What a certificate is for whose issuer there is no list.
    pub unknown: UnknownRevocation,
    /// What a list is that is out of date.
    pub expired: ExpiredList,
}

impl RevocationLists {
    /// These lists, in DER; at most [`MAX_REVOCATION_LISTS`].
    ///
    /// # Errors
    /// [`CertificateError::BadEncoding`] for one that can't be parsed, and for too many.
    pub fn new(lists: impl IntoIterator<Item = Vec<u8>>) -> Result<Self, CertificateError> {
        let lists: Arc<[_]> = lists.into_iter().map(CertificateRevocationListDer::from).collect();
        if lists.len() > MAX_REVOCATION_LISTS
            || lists.iter().any(|list| RevocationList::from_der(list).is_err())
        {
            return Err(CertificateError::BadEncoding);
        }
        let Revocation { depth, unknown, expired, .. } = Revocation::new(&[]);
        Ok(Self { lists, depth, unknown, expired })
    }

    /// The lists in a PEM file, at least one.
    ///
    /// # Errors
    /// [`CredentialError`] with the file's name.
    pub fn from_pem_file(path: impl AsRef<Path>) -> Result<Self, CredentialError> {
        let path = path.as_ref();
        let content = crate::identity::read(path)?;
        let lists: Result<Vec<_>, _> =
            CertificateRevocationListDer::pem_slice_iter(&content).map(|list| Ok(list?.to_vec())).collect();
        let lists = lists.map_err(|error: pki_types::pem::Error| {
            CredentialError::file(path, FileProblem::Malformed(error.to_string()))
        })?;
        let unusable = || CredentialError::file(path, FileProblem::NoRevocationList);
        if lists.is_empty() {
            return Err(unusable());
        }
        Self::new(lists).map_err(|_| unusable())
    }

    /// Does `work` with the lists as a verifier wants them.
    pub(crate) fn with<T>(&self, work: impl FnOnce(Revocation<'_>) -> T) -> T {
        // They were parsed when they came: none is left out.
        let lists: Vec<RevocationList<'_>> =
            self.lists.iter().filter_map(|list| RevocationList::from_der(list).ok()).collect();
        let Self { depth, unknown, expired, .. } = *self;
        work(Revocation { depth, unknown, expired, ..Revocation::new(&lists) })
    }
}

impl fmt::Debug for RevocationLists {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RevocationLists({})", self.lists.len())
    }
}
