//! Certificate revocation lists (RFC 5280, section 5).

use heapless::Vec;
use webpki::{
    BorrowedCertRevocationList, CertRevocationList, ExpirationPolicy, RevocationCheckDepth,
    RevocationOptions, RevocationOptionsBuilder, UnknownStatusPolicy,
};

use super::verdict::verdict;
use crate::error::CertificateError;

/// Lists that a verifier may have: each authority of a chain issues one.
pub const MAX_REVOCATION_LISTS: usize = 16;

/// A list of revoked certificates, read where it lies. Its signature is verified when it is used, with the key of the
/// authority that issued the certificate in question.
#[derive(Debug)]
pub struct RevocationList<'a>(CertRevocationList<'a>);

impl<'a> RevocationList<'a> {
    /// A list in DER: a complete one of version 2 with the time of the next, not one of changes.
    ///
    /// # Errors
    /// [`CertificateError::BadEncoding`] if it can't be parsed.
    pub fn from_der(list: &'a [u8]) -> Result<Self, CertificateError> {
        let list = BorrowedCertRevocationList::from_der(list).map_err(|_| CertificateError::BadEncoding)?;
        Ok(Self(list.into()))
    }
}

/// Which lists a verifier looks into, and what it makes of them. [`Revocation::new`] has the strict choices.
#[derive(Clone, Copy, Debug)]
pub struct Revocation<'a> {
    /// The lists; only the first [`MAX_REVOCATION_LISTS`] count, and without any everything is unknown.
    pub lists: &'a [RevocationList<'a>],
    /// Which certificates are looked for.
    pub depth: RevocationDepth,
    /// What a certificate is for whose issuer there is no list.
    pub unknown: UnknownRevocation,
    /// What a list is after the time of the next one.
    pub expired: ExpiredList,
}

impl<'a> Revocation<'a> {
    /// Every certificate below the trust anchor must be known not to be revoked, from a list that is not out of date.
    #[must_use]
    pub const fn new(lists: &'a [RevocationList<'a>]) -> Self {
        Self {
            lists,
            depth: RevocationDepth::Chain,
            unknown: UnknownRevocation::Refused,
            expired: ExpiredList::Refused,
        }
    }
}

/// Which certificates are looked for in the lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RevocationDepth {
    /// All of the chain below the trust anchor.
    #[default]
    Chain,
    /// The peer's own alone.
    Leaf,
}

/// What a certificate is for whose issuer there is no list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnknownRevocation {
    /// Refused with [`CertificateError::RevocationUnknown`].
    #[default]
    Refused,
    /// Taken as not revoked.
    Accepted,
}

/// What a list is after the time at which the next was due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ExpiredList {
    /// Refused with [`CertificateError::RevocationUnknown`]: what was revoked since is not on it.
    #[default]
    Refused,
    /// As good as before.
    Accepted,
}

/// Does `work` with what webpki is told of revocation: nothing where there are no lists to be found in and unknown is well.
pub(super) fn with_options(
    revocation: Option<Revocation<'_>>,
    work: impl FnOnce(Option<RevocationOptions<'_>>) -> Result<(), webpki::Error>,
) -> Result<(), CertificateError> {
    let Some(revocation) = revocation else { return work(None).map_err(verdict) };
    let lists: Vec<&CertRevocationList<'_>, MAX_REVOCATION_LISTS> =
        revocation.lists.iter().take(MAX_REVOCATION_LISTS).map(|list| &list.0).collect();
    let Ok(builder) = RevocationOptionsBuilder::new(&lists) else {
        return match revocation.unknown {
            UnknownRevocation::Refused => Err(CertificateError::RevocationUnknown),
            UnknownRevocation::Accepted => work(None).map_err(verdict),
        };
    };
    let depth = match revocation.depth {
        RevocationDepth::Chain => RevocationCheckDepth::Chain,
        RevocationDepth::Leaf => RevocationCheckDepth::EndEntity,
    };
    let unknown = match revocation.unknown {
        UnknownRevocation::Refused => UnknownStatusPolicy::Deny,
        UnknownRevocation::Accepted => UnknownStatusPolicy::Allow,
    };
    let expired = match revocation.expired {
        ExpiredList::Refused => ExpirationPolicy::Enforce,
        ExpiredList::Accepted => ExpirationPolicy::Ignore,
    };
    let builder = builder.with_depth(depth).with_status_policy(unknown);
    work(Some(builder.with_expiration_policy(expired).build())).map_err(verdict)
}
