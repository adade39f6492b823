//! Keys that are known.

use super::Verify;
use crate::crypto::certificate::public_key_info;
use crate::error::CertificateError;
use crate::wire::certificate::CertificateChain;

/// Trusts whoever has one of these keys, each a SubjectPublicKeyInfo in DER (RFC 7469, section 2.4, without the hash): raw, or
/// in the peer's own certificate. Nothing else of a certificate is looked at: no name, no validity, no issuer.
#[derive(Clone, Copy, Debug)]
pub struct PinnedKeys<'a>(pub &'a [&'a [u8]]);

impl PinnedKeys<'_> {
    fn find<'c>(&self, chain: CertificateChain<'c>) -> Result<&'c [u8], CertificateError> {
        let key = shown_key(chain).ok_or(CertificateError::BadEncoding)?;
        if self.0.contains(&key) { Ok(key) } else { Err(CertificateError::UnknownIssuer) }
    }
}

/// The key that a peer shows, raw or in its own certificate: what pins are compared with. It is found and nothing is verified.
#[must_use]
pub fn shown_key(chain: CertificateChain<'_>) -> Option<&[u8]> {
    #[cfg(feature = "raw-public-keys")]
    if let Some(key) = chain.raw_public_key() {
        return Some(key);
    }
    chain.iter().next().and_then(public_key_info)
}

impl Verify for PinnedKeys<'_> {
    /// [`CertificateError::UnknownIssuer`] for a key that is none of these.
    fn verify_server<'c>(
        &'c self,
        chain: CertificateChain<'c>,
        _: &str,
    ) -> Result<&'c [u8], CertificateError> {
        self.find(chain)
    }
}

#[cfg(feature = "_client-certificates")]
impl super::VerifyClient for PinnedKeys<'_> {
    fn verify_client<'c>(&'c self, chain: CertificateChain<'c>) -> Result<&'c [u8], CertificateError> {
        self.find(chain)
    }
}
