//! SHA-256 and SHA-384, HMAC and HKDF; SHA-512 for signatures.
//!
//! A hash is here if a chosen cipher suite needs it.

#[cfg(any(feature = "aes-128-gcm", feature = "chacha20-poly1305"))]
use sha2::Sha256;
#[cfg(feature = "aes-256-gcm")]
use sha2::Sha384;
#[cfg(feature = "tls12-sha512")]
use sha2::Sha512;

use hkdf::{GenericHkdf, HmacImpl};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Digest as _;
use zeroize::Zeroize;

use crate::copy::copy;
use crate::crypto::{CryptoError, Digest, Expand, HashAlgorithm};

/// A running hash.
#[derive(Clone)]
pub enum Hash {
    /// SHA-256.
    #[cfg(any(feature = "aes-128-gcm", feature = "chacha20-poly1305"))]
    Sha256(Sha256),
    /// SHA-384.
    #[cfg(feature = "aes-256-gcm")]
    Sha384(Sha384),
    /// SHA-512.
    #[cfg(feature = "tls12-sha512")]
    Sha512(Sha512),
}

/// Calls a function that is generic over the hash with the one that `$algorithm` names.
macro_rules! with_hash {
    ($algorithm:expr, $function:ident($($argument:expr),*)) => {
        match $algorithm {
            #[cfg(any(feature = "aes-128-gcm", feature = "chacha20-poly1305"))]
            HashAlgorithm::Sha256 => $function::<Hmac<Sha256>>($($argument),*),
            #[cfg(not(any(feature = "aes-128-gcm", feature = "chacha20-poly1305")))]
            HashAlgorithm::Sha256 => Err(CryptoError::Unsupported),
            #[cfg(feature = "aes-256-gcm")]
            HashAlgorithm::Sha384 => $function::<Hmac<Sha384>>($($argument),*),
            #[cfg(not(feature = "aes-256-gcm"))]
            HashAlgorithm::Sha384 => Err(CryptoError::Unsupported),
            // No suite has it.
            #[cfg(feature = "tls12-sha512")]
            HashAlgorithm::Sha512 => Err(CryptoError::Unsupported),
        }
    };
}

impl Hash {
    pub(super) fn start(algorithm: HashAlgorithm) -> Result<Self, CryptoError> {
        match algorithm {
            #[cfg(any(feature = "aes-128-gcm", feature = "chacha20-poly1305"))]
            HashAlgorithm::Sha256 => Ok(Self::Sha256(Sha256::new())),
            #[cfg(not(any(feature = "aes-128-gcm", feature = "chacha20-poly1305")))]
            HashAlgorithm::Sha256 => Err(CryptoError::Unsupported),
            #[cfg(feature = "aes-256-gcm")]
            HashAlgorithm::Sha384 => Ok(Self::Sha384(Sha384::new())),
            #[cfg(not(feature = "aes-256-gcm"))]
            HashAlgorithm::Sha384 => Err(CryptoError::Unsupported),
            #[cfg(feature = "tls12-sha512")]
            HashAlgorithm::Sha512 => Ok(Self::Sha512(Sha512::new())),
        }
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        match *self {
            #[cfg(any(feature = "aes-128-gcm", feature = "chacha20-poly1305"))]
            Self::Sha256(ref mut hash) => hash.update(bytes),
            #[cfg(feature = "aes-256-gcm")]
            Self::Sha384(ref mut hash) => hash.update(bytes),
            #[cfg(feature = "tls12-sha512")]
            Self::Sha512(ref mut hash) => hash.update(bytes),
        }
    }

    pub(super) fn digest(&self) -> Digest {
        match *self {
            #[cfg(any(feature = "aes-128-gcm", feature = "chacha20-poly1305"))]
            Self::Sha256(ref hash) => Digest::new(&hash.clone().finalize()),
            #[cfg(feature = "aes-256-gcm")]
            Self::Sha384(ref hash) => Digest::new(&hash.clone().finalize()),
            #[cfg(feature = "tls12-sha512")]
            Self::Sha512(ref hash) => Digest::new(&hash.clone().finalize()),
        }
    }
}

pub(super) fn hmac(
    algorithm: HashAlgorithm,
    key: &[u8],
    message: &[u8],
    out: &mut [u8],
) -> Result<(), CryptoError> {
    with_hash!(algorithm, hmac_with(key, message, out))
}

#[cfg(feature = "tls12")]
pub(super) fn hmac_pieces(
    algorithm: HashAlgorithm,
    key: &[u8],
    message: &[&[u8]],
    out: &mut [u8],
) -> Result<(), CryptoError> {
    with_hash!(algorithm, hmac_pieces_with(key, message, out))
}

pub(super) fn hkdf_extract(
    algorithm: HashAlgorithm,
    salt: &[u8],
    input: &[u8],
    out: &mut [u8],
) -> Result<(), CryptoError> {
    with_hash!(algorithm, hkdf_extract_with(salt, input, out))
}

pub(super) fn hkdf_expand_several(
    algorithm: HashAlgorithm,
    secret: &[u8],
    work: &mut dyn FnMut(Expand<'_>) -> Result<(), CryptoError>,
) -> Result<(), CryptoError> {
    with_hash!(algorithm, hkdf_expand_several_with(secret, work))
}

fn hmac_with<H: Mac + KeyInit>(key: &[u8], message: &[u8], out: &mut [u8]) -> Result<(), CryptoError> {
    let mac = <H as KeyInit>::new_from_slice(key).map_err(|_| CryptoError::Failed)?;
    let mut tag = mac.chain_update(message).finalize().into_bytes();
    let result = write_exact(out, &tag);
    tag.as_mut_slice().zeroize();
    result
}

#[cfg(feature = "tls12")]
fn hmac_pieces_with<H: Mac + KeyInit>(
    key: &[u8],
    message: &[&[u8]],
    out: &mut [u8],
) -> Result<(), CryptoError> {
    let mac = <H as KeyInit>::new_from_slice(key).map_err(|_| CryptoError::Failed)?;
    let mac = message.iter().fold(mac, |mac, piece| mac.chain_update(piece));
    let mut tag = mac.finalize().into_bytes();
    let result = write_exact(out, &tag);
    tag.as_mut_slice().zeroize();
    result
}

fn hkdf_extract_with<H: HmacImpl>(salt: &[u8], input: &[u8], out: &mut [u8]) -> Result<(), CryptoError> {
    let (mut secret, _) = GenericHkdf::<H>::extract(Some(salt), input);
    let result = write_exact(out, &secret);
    secret.as_mut_slice().zeroize();
    result
}

fn hkdf_expand_several_with<H: HmacImpl>(
    secret: &[u8],
    work: &mut dyn FnMut(Expand<'_>) -> Result<(), CryptoError>,
) -> Result<(), CryptoError> {
    let keyed = GenericHkdf::<H>::from_prk(secret).map_err(|_| CryptoError::Failed)?;
    work(&mut |info, out| keyed.expand_multi_info(info, out).map_err(|_| CryptoError::Failed))
}

fn write_exact(out: &mut [u8], bytes: &[u8]) -> Result<(), CryptoError> {
    if out.len() != bytes.len() {
        return Err(CryptoError::Failed);
    }
    copy(out, bytes);
    Ok(())
}
