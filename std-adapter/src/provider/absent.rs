//! What a library is that was not compiled in: it has nothing.
#![allow(dead_code, reason = "each name is used where its library is absent")]

use tidegate::crypto::{CryptoError, MAX_SHARED_SECRET, NONCE};
use tidegate::secret::Secret;
use tidegate::wire::enums::{CipherSuite, NamedGroup};
use zeroize::Zeroize;

use super::parts::{Aead, KeyExchange};
use super::verification::Library;

/// It verifies nothing.
pub(super) const LIBRARY: Library = Library { message: |_| None, digest: |_| None };

/// A key that can't be made.
#[derive(Debug)]
pub enum AeadKey {}

impl Aead for AeadKey {
    fn has(_: CipherSuite) -> bool {
        false
    }

    fn expand(_: CipherSuite, _: &[u8]) -> Result<Self, CryptoError> {
        Err(CryptoError::Unsupported)
    }

    fn seal(&self, _: &[u8; NONCE], _: &[u8], _: &mut [u8]) -> Result<(), CryptoError> {
        match *self {}
    }

    fn open(&self, _: &[u8; NONCE], _: &[u8], _: &mut [u8]) -> Result<(), CryptoError> {
        match *self {}
    }
}

/// A slot that nothing comes into.
#[derive(Debug, Default)]
pub struct KxSecret;

impl Zeroize for KxSecret {
    fn zeroize(&mut self) {}
}

impl KeyExchange for KxSecret {
    fn has(_: NamedGroup) -> bool {
        false
    }

    fn start(&mut self, _: NamedGroup, _: &mut [u8]) -> Result<usize, CryptoError> {
        Err(CryptoError::Unsupported)
    }

    /// As of every slot in which nothing was begun.
    fn finish(
        &mut self,
        _: NamedGroup,
        _: &[u8],
        _: &mut Secret<MAX_SHARED_SECRET>,
    ) -> Result<(), CryptoError> {
        Err(CryptoError::Failed)
    }

    fn respond(
        _: NamedGroup,
        _: &[u8],
        _: &mut [u8],
        _: &mut Secret<MAX_SHARED_SECRET>,
    ) -> Result<usize, CryptoError> {
        Err(CryptoError::Unsupported)
    }
}
