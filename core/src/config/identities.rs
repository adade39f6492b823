//! Certificates to show.

/// The number of an identity among a server's [`Identities`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdentityId(pub u16);

/// The certificate chains of a server, or of a client.
///
/// A chain is asked for more than once while it leaves through a small buffer; it must be the same each time.
pub trait Identities: Send + Sync {
    /// Calls `each` with the certificates of an identity, in DER, leaf first. An unknown identity has none.
    fn for_each_certificate(&self, id: IdentityId, each: &mut dyn FnMut(&[u8]));

    /// Calls `each` with the SubjectPublicKeyInfo of an identity in DER, if it may be shown as a raw public key (RFC 7250). The
    /// default has none.
    #[cfg(feature = "raw-public-keys")]
    fn raw_public_key(&self, _id: IdentityId, _each: &mut dyn FnMut(&[u8])) {}

    /// The OCSP response for the first certificate of an identity, if there is one: a server hands it to clients that ask
    /// (RFC 8446, section 4.4.2.1). Nobody looks into it; like the chain it stays the same while a handshake lasts.
    #[cfg(feature = "ocsp")]
    fn ocsp_response(&self, _id: IdentityId) -> Option<&[u8]> {
        None
    }

    /// Calls `each` with the names of the authorities, each in DER, whose certificates clients are to show: a server puts them
    /// into its CertificateRequest (RFC 8446, section 4.2.4; RFC 5246, section 7.4.4). The default has none, and any authority
    /// will do: whom we trust is the verifier's affair, and tells a client more than it need know. The list has room for
    /// 65,535 bytes, with two for each name.
    #[cfg(feature = "certificate-authorities")]
    fn for_each_authority(&self, _each: &mut dyn FnMut(&[u8])) {}

    /// Whether there are identities at all: a client without shows none, and is not asked.
    #[cfg(feature = "_client-certificates")]
    fn are_there(&self) -> bool {
        true
    }
}

/// Identities as slices of chains of DER certificates; the number of an identity is its place.
impl Identities for &'static [&'static [&'static [u8]]] {
    fn for_each_certificate(&self, id: IdentityId, each: &mut dyn FnMut(&[u8])) {
        let chain = self.get(usize::from(id.0)).copied().unwrap_or_default();
        chain.iter().for_each(|certificate| each(certificate));
    }
}
