//! ECDH on the NIST curves with uncompressed points (RFC 8446, section 4.2.8.2).

use elliptic_curve::array::typenum::Unsigned;
use elliptic_curve::point::AffineCoordinates;
use elliptic_curve::sec1::{FromSec1Point, ModulusSize, ToSec1Point};
use elliptic_curve::{AffinePoint, CurveArithmetic, FieldBytes, FieldBytesSize, SecretKey};
use rand_core::TryCryptoRng;

use super::{MAX_SCALAR, write_prefix};
use crate::crypto::sec1::read_point;
use crate::crypto::{CryptoError, MAX_SHARED_SECRET};
use crate::secret::Secret;

/// How often random bytes may miss the range of a scalar. A good source misses with a probability of 2^-32 on P-256,
/// so that four misses mean a broken one.
const SCALAR_ATTEMPTS: usize = 4;

pub(super) fn generate<C>(
    rng: &mut impl TryCryptoRng,
    scalar: &mut Secret<MAX_SCALAR>,
    public: &mut [u8],
) -> Result<usize, CryptoError>
where
    C: CurveArithmetic,
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
{
    let secret_key = random_key::<C>(rng, scalar)?;
    write_prefix(public, secret_key.public_key().to_sec1_point(false).as_bytes())
}

pub(super) fn agree<C>(
    scalar: &Secret<MAX_SCALAR>,
    peer_public: &[u8],
    shared: &mut Secret<MAX_SHARED_SECRET>,
) -> Result<(), CryptoError>
where
    C: CurveArithmetic,
    AffinePoint<C>: AffineCoordinates<FieldRepr = FieldBytes<C>>,
{
    let peer = read_point::<C>(peer_public).ok_or(CryptoError::InvalidInput)?;
    let secret_key = SecretKey::<C>::from_slice(scalar.as_bytes()).map_err(|_| CryptoError::Failed)?;
    let result = secret_key.diffie_hellman(&peer);
    let bytes = result.raw_secret_bytes();
    write_prefix(shared.fill(bytes.len()), bytes).map(|_| ())
}

fn random_key<C: CurveArithmetic>(
    rng: &mut impl TryCryptoRng,
    scalar: &mut Secret<MAX_SCALAR>,
) -> Result<SecretKey<C>, CryptoError> {
    for _ in 0..SCALAR_ATTEMPTS {
        let space = scalar.fill(FieldBytesSize::<C>::USIZE);
        rng.try_fill_bytes(space).map_err(|_| CryptoError::Randomness)?;
        if let Ok(secret_key) = SecretKey::from_slice(space) {
            return Ok(secret_key);
        }
    }
    Err(CryptoError::Randomness)
}
