//! RSA signature verification (RFC 8017) for public data only, without an allocator.
//!
//! Nothing here is constant in time, since nothing here is secret. Keys have 2048 to 4096 bits; the work space for the
//! longest is about three kilobytes of stack.

mod montgomery;
mod padding;

use crate::copy::copy;
use pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm};

pub(super) use padding::{RsaHash, SHA256, SHA384, SHA512};

use super::der::{DerReader, SEQUENCE};
use montgomery::power;

/// Bits of the shortest modulus that is accepted (NIST SP 800-131A).
const MIN_BITS: usize = 2048;
/// Bits of the longest modulus that is accepted; longer ones are rare and cost time and stack.
const MAX_BITS: usize = 4096;
/// Bytes of the longest modulus.
const MAX_BYTES: usize = MAX_BITS / 8;
/// Smallest public exponent (RFC 8017, section 3.1).
const MIN_EXPONENT: u64 = 3;
/// Largest public exponent, as browsers limit it: verification takes as many squarings as it has bits.
const MAX_EXPONENT: u64 = (1 << 33) - 1;

/// How the digest is wrapped (RFC 8017, section 9).
#[derive(Clone, Copy, Debug)]
pub(super) enum Padding {
    /// RSASSA-PSS with MGF1 of the same hash and a salt as long as the digest (RFC 8446, section 4.2.3).
    Pss,
    /// RSASSA-PKCS1-v1_5.
    Pkcs1,
}

/// One RSA signature algorithm.
#[derive(Debug)]
pub(super) struct RsaVerifier {
    pub(super) key: AlgorithmIdentifier,
    pub(super) signature: AlgorithmIdentifier,
    pub(super) hash: &'static RsaHash,
    pub(super) padding: Padding,
}

impl SignatureVerificationAlgorithm for RsaVerifier {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        self.verify(public_key, message, signature).ok_or(InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.key
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.signature
    }
}

impl RsaVerifier {
    fn verify(&self, public_key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
        let digest = self.hash.digest_of(message);
        let digest = digest.get(..self.hash.len())?;
        verify_digest(self.hash, self.padding, (public_key, digest, signature))
    }
}

/// Verifies a signature of a digest, which is as long as its hash says.
pub(super) fn verify_digest(
    hash: &RsaHash,
    padding: Padding,
    (public_key, digest, signature): (&[u8], &[u8], &[u8]),
) -> Option<()> {
    let (modulus_bytes, exponent) = parse_public_key(public_key)?;
    // RFC 8017, section 5.2.2, and what `power` needs. Of one length, so that comparing bytes compares numbers.
    if signature.len() != modulus_bytes.len() || signature >= modulus_bytes {
        return None;
    }
    let mut encoded = [0; MAX_BYTES];
    let encoded = encoded.get_mut(..signature.len())?;
    power(modulus_bytes, signature, exponent, encoded)?;
    match padding {
        Padding::Pss => padding::verify_pss(hash, bits(modulus_bytes), digest, encoded),
        Padding::Pkcs1 => padding::verify_pkcs1(hash, digest, encoded),
    }
}

/// Modulus and exponent of an RSAPublicKey (RFC 8017, appendix A.1.1), both within their limits.
fn parse_public_key(public_key: &[u8]) -> Option<(&[u8], u64)> {
    let content = DerReader::read_all(public_key, |reader| reader.read(SEQUENCE))?;
    let (modulus, exponent) =
        DerReader::read_all(content, |reader| Some((reader.read_unsigned()?, reader.read_unsigned()?)))?;
    let exponent = parse_exponent(exponent)?;
    let odd = modulus.last()? & 1 == 1;
    (odd && (MIN_BITS..=MAX_BITS).contains(&bits(modulus))).then_some((modulus, exponent))
}

fn parse_exponent(bytes: &[u8]) -> Option<u64> {
    let mut padded = [0; 8];
    let start = padded.len().checked_sub(bytes.len())?;
    copy(padded.get_mut(start..)?, bytes);
    let exponent = u64::from_be_bytes(padded);
    (exponent & 1 == 1 && (MIN_EXPONENT..=MAX_EXPONENT).contains(&exponent)).then_some(exponent)
}

/// Bits of a number without leading zero bytes.
fn bits(number: &[u8]) -> usize {
    let unused = number.first().map_or(0, |first| first.leading_zeros());
    number.len().saturating_mul(8).saturating_sub(usize::try_from(unused).unwrap_or(0))
}

#[cfg(test)]
mod tests;
