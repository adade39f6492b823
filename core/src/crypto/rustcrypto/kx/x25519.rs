//! X25519 (RFC 7748, section 5).

use rand_core::TryCryptoRng;
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

use super::{MAX_SCALAR, write_prefix};
use crate::copy::copy;
use crate::crypto::{CryptoError, MAX_SHARED_SECRET};
use crate::secret::Secret;

/// Bytes of a scalar, of a public value and of the shared secret.
const LEN: usize = 32;

pub(super) fn generate<R: TryCryptoRng>(
    rng: &mut R,
    scalar: &mut Secret<MAX_SCALAR>,
    public: &mut [u8],
) -> Result<usize, CryptoError> {
    rng.try_fill_bytes(scalar.fill(LEN)).map_err(|_| CryptoError::Randomness)?;
    let public_key = PublicKey::from(&secret_key(scalar)?);
    write_prefix(public, public_key.as_bytes())
}

pub(super) fn agree(
    scalar: &Secret<MAX_SCALAR>,
    peer_public: &[u8],
    shared: &mut Secret<MAX_SHARED_SECRET>,
) -> Result<(), CryptoError> {
    let peer = <[u8; LEN]>::try_from(peer_public).map_err(|_| CryptoError::InvalidInput)?;
    let result = secret_key(scalar)?.diffie_hellman(&PublicKey::from(peer));
    if !result.was_contributory() {
        return Err(CryptoError::InvalidInput);
    }
    write_prefix(shared.fill(LEN), result.as_bytes()).map(|_| ())
}

fn secret_key(scalar: &Secret<MAX_SCALAR>) -> Result<StaticSecret, CryptoError> {
    let mut bytes = Zeroizing::new([0; LEN]);
    if scalar.as_bytes().len() != LEN {
        return Err(CryptoError::Failed);
    }
    copy(&mut *bytes, scalar.as_bytes());
    Ok(StaticSecret::from(*bytes))
}
