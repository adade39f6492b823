//! X25519MLKEM768 (draft-ietf-tls-ecdhe-mlkem): ML-KEM-768 (FIPS 203), then X25519, in public values and in secrets.

use ml_kem::kem::{Ciphertext, Decapsulate, KeyExport};
use ml_kem::{B32, DecapsulationKey768, EncapsulationKey768, MlKem768, Seed};
use rand_core::TryCryptoRng;
use zeroize::Zeroize;

use super::{MAX_SCALAR, write_prefix, x25519};
use crate::crypto::{CryptoError, MAX_SHARED_SECRET};
use crate::secret::Secret;

/// Bytes of the seed that a decapsulation key is made from; the key itself has 2400.
pub(super) const SEED: usize = 64;
/// Bytes of an encapsulation key.
const ENCAPSULATION_KEY: usize = 1184;
/// Bytes of a ciphertext.
const CIPHERTEXT: usize = 1088;
/// Bytes of the secret that each half brings.
const HALF: usize = 32;

/// The client's share: an encapsulation key, then a public value of X25519.
pub(super) fn generate<R: TryCryptoRng>(
    rng: &mut R,
    (seed, scalar): (&mut Secret<SEED>, &mut Secret<MAX_SCALAR>),
    public: &mut [u8],
) -> Result<usize, CryptoError> {
    let (mlkem, curve) = public.split_at_mut_checked(ENCAPSULATION_KEY).ok_or(CryptoError::Failed)?;
    rng.try_fill_bytes(seed.fill(SEED)).map_err(|_| CryptoError::Randomness)?;
    write_encapsulation_key(seed, mlkem)?;
    Ok(ENCAPSULATION_KEY.saturating_add(x25519::generate(rng, scalar, curve)?))
}

/// The client's end, from the server's share: a ciphertext, then a public value of X25519.
pub(super) fn agree(
    (seed, scalar): (&Secret<SEED>, &Secret<MAX_SCALAR>),
    peer_public: &[u8],
    shared: &mut Secret<MAX_SHARED_SECRET>,
) -> Result<(), CryptoError> {
    let (ciphertext, curve) = peer_public.split_at_checked(CIPHERTEXT).ok_or(CryptoError::InvalidInput)?;
    let mut half = Secret::empty();
    x25519::agree(scalar, curve, &mut half)?;
    let (mlkem, after) = shared.fill(2 * HALF).split_at_mut_checked(HALF).ok_or(CryptoError::Failed)?;
    decapsulate(seed, ciphertext, mlkem)?;
    write_prefix(after, half.as_bytes()).map(|_| ())
}

/// The server's end: a ciphertext for the client's encapsulation key, then a public value of X25519.
pub(super) fn respond<R: TryCryptoRng>(
    rng: &mut R,
    peer_public: &[u8],
    public: &mut [u8],
    shared: &mut Secret<MAX_SHARED_SECRET>,
) -> Result<usize, CryptoError> {
    let (key, peer_curve) =
        peer_public.split_at_checked(ENCAPSULATION_KEY).ok_or(CryptoError::InvalidInput)?;
    let (ciphertext, curve) = public.split_at_mut_checked(CIPHERTEXT).ok_or(CryptoError::Failed)?;
    let (mut scalar, mut half) = (Secret::empty(), Secret::empty());
    let length = x25519::generate(rng, &mut scalar, curve)?;
    x25519::agree(&scalar, peer_curve, &mut half)?;
    let (mlkem, after) = shared.fill(2 * HALF).split_at_mut_checked(HALF).ok_or(CryptoError::Failed)?;
    encapsulate(rng, key, ciphertext, mlkem)?;
    write_prefix(after, half.as_bytes())?;
    Ok(CIPHERTEXT.saturating_add(length))
}

/// Keys of ML-KEM take much stack: what makes one, what uses it and what the curve needs stand beside each other and not one
/// within the other.
#[inline(never)]
fn write_encapsulation_key(seed: &Secret<SEED>, out: &mut [u8]) -> Result<(), CryptoError> {
    let seed = seed.as_bytes().first_chunk().ok_or(CryptoError::Failed)?;
    let key = decapsulation_key(seed);
    encode(&key, out)
}

#[inline(never)]
fn encode(key: &DecapsulationKey768, out: &mut [u8]) -> Result<(), CryptoError> {
    write_prefix(out, &key.encapsulation_key().to_bytes()).map(|_| ())
}

#[inline(never)]
fn decapsulate(seed: &Secret<SEED>, ciphertext: &[u8], out: &mut [u8]) -> Result<(), CryptoError> {
    let ciphertext = ciphertext.try_into().map_err(|_| CryptoError::InvalidInput)?;
    let seed = seed.as_bytes().first_chunk().ok_or(CryptoError::Failed)?;
    let key = decapsulation_key(seed);
    open(&key, ciphertext, out)
}

#[inline(never)]
fn open(
    key: &DecapsulationKey768,
    ciphertext: &Ciphertext<MlKem768>,
    out: &mut [u8],
) -> Result<(), CryptoError> {
    let mut secret = key.decapsulate(ciphertext);
    let result = write_prefix(out, &secret);
    secret.as_mut_slice().zeroize();
    result.map(|_| ())
}

/// The client's key. One whose numbers are not below the modulus is refused (FIPS 203, section 7.2).
#[inline(never)]
fn encapsulation_key(key: &[u8]) -> Result<EncapsulationKey768, CryptoError> {
    let key = key.try_into().map_err(|_| CryptoError::InvalidInput)?;
    EncapsulationKey768::new(key).map_err(|_| CryptoError::InvalidInput)
}

#[inline(never)]
fn encapsulate<R: TryCryptoRng>(
    rng: &mut R,
    key: &[u8],
    ciphertext: &mut [u8],
    out: &mut [u8],
) -> Result<(), CryptoError> {
    let key = encapsulation_key(key)?;
    let mut message = B32::default();
    rng.try_fill_bytes(&mut message).map_err(|_| CryptoError::Randomness)?;
    let (sealed, mut secret) = key.encapsulate_deterministic(&message);
    let result = write_prefix(ciphertext, &sealed).and(write_prefix(out, &secret));
    message.as_mut_slice().zeroize();
    secret.as_mut_slice().zeroize();
    result.map(|_| ())
}

/// The key, which wipes itself.
#[inline(never)]
fn decapsulation_key(seed: &[u8; SEED]) -> DecapsulationKey768 {
    let mut copy = Seed::from(*seed);
    let key = DecapsulationKey768::from_seed(copy);
    copy.as_mut_slice().zeroize();
    key
}
