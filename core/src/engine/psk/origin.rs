//! What the sessions of a connection come from.

use crate::copy::copy;
use crate::crypto::{CryptoError, Digest, HashAlgorithm, MAX_DIGEST, Provider};
use crate::secret::Secret;
use crate::session::{BINDING, Proof};

/// What a connection of TLS 1.3 keeps after its handshake space has gone: what sessions are made of, and keying material
/// for early data.
#[derive(Debug)]
pub(crate) struct Origin {
    /// The resumption_master_secret; none where sessions do not go on.
    pub(crate) resumption: Secret<MAX_DIGEST>,
    /// What sessions are bound to: the server's name and the configuration's context.
    pub(crate) binding: [u8; BINDING],
    /// When the peer proved who it is, in seconds since 1970: as the session that goes on says, else when the first ticket
    /// was made or came. 0 before.
    pub(crate) authenticated: u64,
    /// By what it did.
    pub(crate) proof: Proof,
    /// Tickets that were made; tells them apart.
    pub(crate) tickets: u16,
    /// What keying material for early data comes from: as long as the hash that it is used with.
    #[cfg(feature = "early-data")]
    pub(crate) early_exporter: Secret<MAX_DIGEST>,
}

impl Default for Origin {
    fn default() -> Self {
        Self {
            resumption: Secret::empty(),
            binding: [0; BINDING],
            authenticated: 0,
            proof: Proof::Certificate,
            tickets: 0,
            #[cfg(feature = "early-data")]
            early_exporter: Secret::empty(),
        }
    }
}

impl Origin {
    /// Forgets the secrets.
    pub(crate) fn wipe(&mut self) {
        self.resumption.wipe();
        #[cfg(feature = "early-data")]
        self.forget_early();
    }

    /// Keying material for early data is no more.
    #[cfg(feature = "early-data")]
    pub(crate) fn forget_early(&mut self) {
        self.early_exporter.wipe();
    }

    /// Says what sessions are bound to.
    pub(crate) fn bind<P: Provider>(
        &mut self,
        provider: &mut P,
        server_name: &str,
        context: &[u8],
    ) -> Result<(), CryptoError> {
        let digest = binding(provider, server_name, context)?;
        copy(&mut self.binding, digest.as_bytes());
        Ok(())
    }

    /// When the peer proved who it is, if the first ticket is made or comes now.
    pub(crate) const fn authenticated_by(&self, now: u64) -> u64 {
        if self.authenticated == 0 { now } else { self.authenticated }
    }
}

/// A digest of name and context, each with its length, in as many bytes on every machine: no two are confused.
fn binding<P: Provider>(provider: &mut P, server_name: &str, context: &[u8]) -> Result<Digest, CryptoError> {
    let algorithm = P::SUITES.first().map_or(HashAlgorithm::Sha256, |suite| HashAlgorithm::of(*suite));
    let mut hash = provider.hash_start(algorithm)?;
    for part in [b"session of TLS 1.3", server_name.as_bytes(), context] {
        let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
        provider.hash_update(&mut hash, &length.to_be_bytes())?;
        provider.hash_update(&mut hash, part)?;
    }
    provider.hash_digest(&hash)
}
