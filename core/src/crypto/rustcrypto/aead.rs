//! AES-GCM and ChaCha20-Poly1305 where the record lies.

use aead::array::Array;
use aead::{AeadInOut, KeyInit};
#[cfg(feature = "aes-128-gcm")]
use aes_gcm::Aes128Gcm;
#[cfg(feature = "aes-256-gcm")]
use aes_gcm::Aes256Gcm;
#[cfg(feature = "chacha20-poly1305")]
use chacha20poly1305::ChaCha20Poly1305;

use crate::copy::copy;
use crate::crypto::{CryptoError, NONCE, TAG};
use crate::wire::enums::CipherSuite;

/// The chosen cipher suites, in order of preference.
pub(super) const SUITES: &[CipherSuite] = &[
    #[cfg(feature = "aes-128-gcm")]
    CipherSuite::TLS_AES_128_GCM_SHA256,
    #[cfg(feature = "aes-256-gcm")]
    CipherSuite::TLS_AES_256_GCM_SHA384,
    #[cfg(feature = "chacha20-poly1305")]
    CipherSuite::TLS_CHACHA20_POLY1305_SHA256,
];

/// An expanded AEAD key, wiped by its own crate when dropped.
#[allow(clippy::large_enum_variant, reason = "lives inline where it is used: there is no heap to box it on")]
pub enum AeadKey {
    /// AES-128-GCM.
    #[cfg(feature = "aes-128-gcm")]
    Aes128Gcm(Aes128Gcm),
    /// AES-256-GCM.
    #[cfg(feature = "aes-256-gcm")]
    Aes256Gcm(Aes256Gcm),
    /// ChaCha20-Poly1305.
    #[cfg(feature = "chacha20-poly1305")]
    ChaCha20Poly1305(ChaCha20Poly1305),
}

impl AeadKey {
    pub(super) fn new(suite: CipherSuite, key: &[u8]) -> Result<Self, CryptoError> {
        match suite {
            #[cfg(feature = "aes-128-gcm")]
            CipherSuite::TLS_AES_128_GCM_SHA256 => expand(key).map(Self::Aes128Gcm),
            #[cfg(feature = "aes-256-gcm")]
            CipherSuite::TLS_AES_256_GCM_SHA384 => expand(key).map(Self::Aes256Gcm),
            #[cfg(feature = "chacha20-poly1305")]
            CipherSuite::TLS_CHACHA20_POLY1305_SHA256 => expand(key).map(Self::ChaCha20Poly1305),
            _ => Err(CryptoError::Unsupported),
        }
    }

    pub(super) fn seal(
        &self,
        nonce: &[u8; NONCE],
        additional_data: &[u8],
        record: &mut [u8],
    ) -> Result<(), CryptoError> {
        match self {
            #[cfg(feature = "aes-128-gcm")]
            Self::Aes128Gcm(key) => seal_with(key, nonce, additional_data, record),
            #[cfg(feature = "aes-256-gcm")]
            Self::Aes256Gcm(key) => seal_with(key, nonce, additional_data, record),
            #[cfg(feature = "chacha20-poly1305")]
            Self::ChaCha20Poly1305(key) => seal_with(key, nonce, additional_data, record),
        }
    }

    pub(super) fn open(
        &self,
        nonce: &[u8; NONCE],
        additional_data: &[u8],
        record: &mut [u8],
    ) -> Result<(), CryptoError> {
        match self {
            #[cfg(feature = "aes-128-gcm")]
            Self::Aes128Gcm(key) => open_with(key, nonce, additional_data, record),
            #[cfg(feature = "aes-256-gcm")]
            Self::Aes256Gcm(key) => open_with(key, nonce, additional_data, record),
            #[cfg(feature = "chacha20-poly1305")]
            Self::ChaCha20Poly1305(key) => open_with(key, nonce, additional_data, record),
        }
    }
}

fn expand<A: KeyInit>(key: &[u8]) -> Result<A, CryptoError> {
    A::new_from_slice(key).map_err(|_| CryptoError::Failed)
}

/// A record's content and its tag.
fn split_tag(record: &mut [u8]) -> Option<(&mut [u8], &mut [u8])> {
    let at = record.len().checked_sub(TAG)?;
    record.split_at_mut_checked(at)
}

fn seal_with<A: AeadInOut>(
    key: &A,
    nonce: &[u8; NONCE],
    additional_data: &[u8],
    record: &mut [u8],
) -> Result<(), CryptoError> {
    let (text, tag_space) = split_tag(record).ok_or(CryptoError::Failed)?;
    let nonce = <&Array<u8, A::NonceSize>>::try_from(nonce.as_slice()).map_err(|_| CryptoError::Failed)?;
    let tag =
        key.encrypt_inout_detached(nonce, additional_data, text.into()).map_err(|_| CryptoError::Failed)?;
    copy(tag_space, &tag);
    Ok(())
}

fn open_with<A: AeadInOut>(
    key: &A,
    nonce: &[u8; NONCE],
    additional_data: &[u8],
    record: &mut [u8],
) -> Result<(), CryptoError> {
    let (text, tag) = split_tag(record).ok_or(CryptoError::InvalidInput)?;
    let nonce = <&Array<u8, A::NonceSize>>::try_from(nonce.as_slice()).map_err(|_| CryptoError::Failed)?;
    let tag = <&Array<u8, A::TagSize>>::try_from(&*tag).map_err(|_| CryptoError::Failed)?;
    key.decrypt_inout_detached(nonce, additional_data, text.into(), tag)
        .map_err(|_| CryptoError::InvalidInput)
}
