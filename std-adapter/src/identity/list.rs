//! All identities of an end, and which of them it shows.

use std::fmt;
use std::sync::Arc;

use pki_types::ServerName;
use tidegate::ChooseIdentity;
use tidegate::config::{CertificateType, Identities, IdentityId};
use tidegate::crypto::CryptoError;
use tidegate::driver::{ClientKeys, Keys};
use tidegate::error::Refused;
use tidegate::wire::enums::SignatureScheme;

use super::OwnedIdentity;
use super::choice::{Chooser, IdentityChoice};

/// The identities of an end, the default one first.
#[derive(Clone, Default)]
pub struct IdentityList {
    identities: Arc<[OwnedIdentity]>,
    pub(super) chooser: Option<Chooser>,
    /// The names of authorities, in DER, whose certificates clients are to show.
    authorities: Arc<[Vec<u8>]>,
}

impl fmt::Debug for IdentityList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("IdentityList").field(&self.identities).finish()
    }
}

impl IdentityList {
    /// These identities, the default one first.
    pub fn new(identities: impl IntoIterator<Item = OwnedIdentity>) -> Self {
        Self { identities: identities.into_iter().collect(), ..Self::default() }
    }

    /// Tells clients that are asked for certificates the names of these authorities, each in DER (RFC 8446, section 4.2.4):
    /// one of them should have issued what they show. Whom the server trusts does not change.
    #[must_use]
    pub fn naming_authorities(mut self, names: impl IntoIterator<Item = Vec<u8>>) -> Self {
        self.authorities = names.into_iter().collect();
        self
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
        Self { identities: identities.into_iter().collect(), ..self.clone() }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.identities.is_empty()
    }

    /// Whether these are the very same, and not only alike: sessions that were made as one of them go on.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let is_same_choice = match (&self.chooser, &other.chooser) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        is_same_choice && Arc::ptr_eq(&self.identities, &other.identities)
    }

    /// The first that fits, that has what is to be shown, and whose key the peer takes a scheme of.
    fn find(
        &self,
        ask: &ChooseIdentity<'_>,
        fits: impl Fn(&OwnedIdentity) -> bool,
    ) -> Option<(IdentityId, SignatureScheme)> {
        let is_raw = ask.certificate_type() == CertificateType::RawPublicKey;
        self.find_whatever_is_shown(ask, |identity| (is_raw || !identity.chain.is_empty()) && fits(identity))
    }

    fn find_whatever_is_shown(
        &self,
        ask: &ChooseIdentity<'_>,
        fits: impl Fn(&OwnedIdentity) -> bool,
    ) -> Option<(IdentityId, SignatureScheme)> {
        let fitting = self.identities.iter().enumerate().filter(|(_, identity)| fits(identity));
        let mut usable = fitting.filter_map(|(place, identity)| {
            let scheme = identity.scheme_for(ask)?;
            Some((IdentityId(u16::try_from(place).ok()?), scheme))
        });
        usable.next()
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

    fn for_each_authority(&self, each: &mut dyn FnMut(&[u8])) {
        self.authorities.iter().for_each(|name| each(name));
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
        let passes = |identity: &OwnedIdentity| {
            identity.signs_as_client(ask) && ask.oid_filters().is_none_or(|filters| identity.passes(filters))
        };
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
    /// The first identity whose certificate is for the name, whose chain leads to an authority that the client names (RFC 8446,
    /// section 4.2.4) and whose key it takes; else the first that is for the name, or under an authority, and whose key it takes;
    /// the first whose key it takes where there is none, since the client knows best whether it accepts another certificate.
    fn choose(&self, ask: &ChooseIdentity<'_>) -> Result<(IdentityId, SignatureScheme), Refused> {
        let name = ask.server_name().and_then(|name| ServerName::try_from(name).ok());
        let is_for = |identity: &OwnedIdentity| name.as_ref().is_some_and(|name| identity.is_for(name));
        let is_known = |identity: &OwnedIdentity| {
            ask.authorities().is_some_and(|names| names.iter().any(|name| identity.is_under(name)))
        };
        self.find(ask, |identity| is_for(identity) && is_known(identity))
            .or_else(|| self.find(ask, is_for))
            .or_else(|| self.find(ask, is_known))
            .or_else(|| self.find(ask, |_| true))
            // One that can't be shown to the client: the connection says why.
            .or_else(|| self.find_whatever_is_shown(ask, |_| true))
            .ok_or(Refused::Identity)
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
