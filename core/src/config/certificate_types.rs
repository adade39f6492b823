//! Raw public keys in place of certificates (RFC 7250).

use super::{Identities, IdentityId};

/// A type of what stands in a Certificate message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CertificateType {
    /// Certificates of X.509.
    #[default]
    X509,
    /// A SubjectPublicKeyInfo alone.
    RawPublicKey,
}

impl CertificateType {
    /// Its number in the extensions.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::X509 => X509,
            Self::RawPublicKey => RAW_PUBLIC_KEY,
        }
    }

    /// Tells what an identity shows of this type.
    pub(crate) fn tell(self, identities: &dyn Identities, id: IdentityId, each: &mut dyn FnMut(&[u8])) {
        match self {
            Self::X509 => identities.for_each_certificate(id, each),
            Self::RawPublicKey => identities.raw_public_key(id, each),
        }
    }
}

/// Numbers of the types (RFC 7250, section 7).
const X509: u8 = 0;
const RAW_PUBLIC_KEY: u8 = 2;

/// The types that an end shows or takes. A client without identities has none to offer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CertificateTypes {
    /// Certificates of X.509.
    #[default]
    X509,
    /// Raw public keys.
    RawPublicKey,
    /// Raw public keys where the peer knows them, else certificates.
    Either,
}

impl CertificateTypes {
    /// The types, the preferred one first.
    pub(crate) const fn list(self) -> &'static [CertificateType] {
        match self {
            Self::X509 => &[CertificateType::X509],
            Self::RawPublicKey => &[CertificateType::RawPublicKey],
            Self::Either => &[CertificateType::RawPublicKey, CertificateType::X509],
        }
    }

    /// What an offer has: nothing where it is certificates alone, which need not be offered.
    pub(crate) const fn offer(self) -> &'static [u8] {
        match self {
            Self::X509 => &[],
            Self::RawPublicKey => &[RAW_PUBLIC_KEY],
            Self::Either => &[RAW_PUBLIC_KEY, X509],
        }
    }

    /// The preferred one of those that a peer offers.
    pub(crate) fn choose(self, offered: &[u8]) -> Option<CertificateType> {
        self.list().iter().copied().find(|own| offered.contains(&own.code()))
    }

    /// Whether this type is one of them.
    pub(crate) fn has(self, wanted: CertificateType) -> bool {
        self.list().contains(&wanted)
    }
}

/// One identity, number 0, that is a raw public key: a SubjectPublicKeyInfo in DER.
#[derive(Clone, Copy, Debug)]
pub struct RawPublicKey<T>(pub T);

impl<T: AsRef<[u8]> + Send + Sync> Identities for RawPublicKey<T> {
    fn for_each_certificate(&self, _: IdentityId, _: &mut dyn FnMut(&[u8])) {}

    fn raw_public_key(&self, _: IdentityId, each: &mut dyn FnMut(&[u8])) {
        each(self.0.as_ref());
    }
}
