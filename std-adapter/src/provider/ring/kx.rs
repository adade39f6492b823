//! Key exchange: X25519 (RFC 7748), P-256 and P-384 (RFC 8446, section 4.2.8.2). ring has no ML-KEM.

use std::fmt;

use ring::agreement::{
    self, Algorithm, ECDH_P256, ECDH_P384, EphemeralPrivateKey, UnparsedPublicKey, X25519,
};
use ring::rand::SystemRandom;
use tidegate::crypto::{CryptoError, MAX_SHARED_SECRET};
use tidegate::secret::Secret;
use tidegate::wire::enums::NamedGroup;
use zeroize::Zeroize;

use crate::provider::parts::{KeyExchange, write_prefix};

/// The private half of a key exchange, which ring does not wipe.
#[derive(Default)]
pub struct KxSecret {
    group: Option<NamedGroup>,
    key: Option<EphemeralPrivateKey>,
}

impl fmt::Debug for KxSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KxSecret").field("group", &self.group).finish_non_exhaustive()
    }
}

impl Zeroize for KxSecret {
    fn zeroize(&mut self) {
        *self = Self::default();
    }
}

impl KeyExchange for KxSecret {
    fn has(group: NamedGroup) -> bool {
        algorithm(group).is_ok()
    }

    fn start(&mut self, group: NamedGroup, public: &mut [u8]) -> Result<usize, CryptoError> {
        self.zeroize();
        let (key, length) = generate(group, public)?;
        *self = Self { group: Some(group), key: Some(key) };
        Ok(length)
    }

    fn finish(
        &mut self,
        group: NamedGroup,
        peer_public: &[u8],
        shared: &mut Secret<MAX_SHARED_SECRET>,
    ) -> Result<(), CryptoError> {
        let Self { group: own, key } = std::mem::take(self);
        let key = key.filter(|_| own == Some(group)).ok_or(CryptoError::Failed)?;
        agree(key, peer_public, shared)
    }

    fn respond(
        group: NamedGroup,
        peer_public: &[u8],
        public: &mut [u8],
        shared: &mut Secret<MAX_SHARED_SECRET>,
    ) -> Result<usize, CryptoError> {
        let (key, length) = generate(group, public)?;
        agree(key, peer_public, shared)?;
        Ok(length)
    }
}

fn algorithm(group: NamedGroup) -> Result<&'static Algorithm, CryptoError> {
    match group {
        NamedGroup::X25519 => Ok(&X25519),
        NamedGroup::SECP256R1 => Ok(&ECDH_P256),
        NamedGroup::SECP384R1 => Ok(&ECDH_P384),
        _ => Err(CryptoError::Unsupported),
    }
}

fn generate(group: NamedGroup, public: &mut [u8]) -> Result<(EphemeralPrivateKey, usize), CryptoError> {
    let key = EphemeralPrivateKey::generate(algorithm(group)?, &SystemRandom::new())
        .map_err(|_| CryptoError::Randomness)?;
    let value = key.compute_public_key().map_err(|_| CryptoError::Failed)?;
    let length = write_prefix(public, value.as_ref())?;
    Ok((key, length))
}

/// Refuses compressed points and a result of zeros by itself.
fn agree(
    key: EphemeralPrivateKey,
    peer_public: &[u8],
    shared: &mut Secret<MAX_SHARED_SECRET>,
) -> Result<(), CryptoError> {
    let peer_public = UnparsedPublicKey::new(key.algorithm(), peer_public);
    agreement::agree_ephemeral(key, &peer_public, |secret| write_prefix(shared.fill(secret.len()), secret))
        .map_err(|_| CryptoError::InvalidInput)?
        .map(|_| ())
}
