//! What providers are put together from: who encrypts, who agrees on keys, who verifies.
//!
//! A part says of each algorithm whether it has it, on the processor that it runs on. Parts are chained by [`OrElse`], so
//! that what one library lacks comes from the next; the last is RustCrypto's, which has all.

use tidegate::crypto::{CryptoError, MAX_SHARED_SECRET, NONCE, SignatureAlgorithm};
use tidegate::secret::Secret;
use tidegate::wire::enums::{CipherSuite, NamedGroup};
use zeroize::Zeroize;

/// An expanded key of an AEAD.
pub trait Aead: Sized {
    /// Whether the AEAD of this suite is here.
    fn has(suite: CipherSuite) -> bool;

    /// Expands a key.
    ///
    /// # Errors
    /// [`CryptoError::Unsupported`] for a suite that is not here, [`CryptoError::Failed`] for a key of another length.
    fn expand(suite: CipherSuite, key: &[u8]) -> Result<Self, CryptoError>;

    /// As [`Provider::seal`](tidegate::crypto::Provider::seal).
    ///
    /// # Errors
    /// [`CryptoError::Failed`] if the record is too short for a tag.
    fn seal(&self, nonce: &[u8; NONCE], additional_data: &[u8], record: &mut [u8])
    -> Result<(), CryptoError>;

    /// As [`Provider::open`](tidegate::crypto::Provider::open).
    ///
    /// # Errors
    /// [`CryptoError::InvalidInput`] if the tag does not match or is not there.
    fn open(&self, nonce: &[u8; NONCE], additional_data: &[u8], record: &mut [u8])
    -> Result<(), CryptoError>;
}

/// The slot of a secret half of a key exchange.
pub trait KeyExchange: Default + Zeroize {
    /// Whether the group is here.
    fn has(group: NamedGroup) -> bool;

    /// As [`Provider::kx_start`](tidegate::crypto::Provider::kx_start).
    ///
    /// # Errors
    /// As there.
    fn start(&mut self, group: NamedGroup, public: &mut [u8]) -> Result<usize, CryptoError>;

    /// As [`Provider::kx_finish`](tidegate::crypto::Provider::kx_finish).
    ///
    /// # Errors
    /// As there.
    fn finish(
        &mut self,
        group: NamedGroup,
        peer_public: &[u8],
        shared: &mut Secret<MAX_SHARED_SECRET>,
    ) -> Result<(), CryptoError>;

    /// As [`Provider::kx_respond`](tidegate::crypto::Provider::kx_respond).
    ///
    /// # Errors
    /// As there.
    fn respond(
        group: NamedGroup,
        peer_public: &[u8],
        public: &mut [u8],
        shared: &mut Secret<MAX_SHARED_SECRET>,
    ) -> Result<usize, CryptoError>;
}

/// Who verifies signatures.
pub trait Verification {
    /// As [`Provider::signature_algorithms`](tidegate::crypto::Provider::signature_algorithms).
    fn algorithms() -> &'static [SignatureAlgorithm];
}

/// What the first has is the first's, the rest the second's.
#[allow(clippy::large_enum_variant, reason = "keys lie in the record buffers, with no box between")]
pub enum OrElse<A, B> {
    /// Of the first.
    First(A),
    /// Of the second.
    Second(B),
}

impl<A: Aead, B: Aead> Aead for OrElse<A, B> {
    fn has(suite: CipherSuite) -> bool {
        A::has(suite) || B::has(suite)
    }

    fn expand(suite: CipherSuite, key: &[u8]) -> Result<Self, CryptoError> {
        if A::has(suite) {
            return A::expand(suite, key).map(Self::First);
        }
        B::expand(suite, key).map(Self::Second)
    }

    fn seal(
        &self,
        nonce: &[u8; NONCE],
        additional_data: &[u8],
        record: &mut [u8],
    ) -> Result<(), CryptoError> {
        match self {
            Self::First(key) => key.seal(nonce, additional_data, record),
            Self::Second(key) => key.seal(nonce, additional_data, record),
        }
    }

    fn open(
        &self,
        nonce: &[u8; NONCE],
        additional_data: &[u8],
        record: &mut [u8],
    ) -> Result<(), CryptoError> {
        match self {
            Self::First(key) => key.open(nonce, additional_data, record),
            Self::Second(key) => key.open(nonce, additional_data, record),
        }
    }
}

impl<A: KeyExchange, B> Default for OrElse<A, B> {
    fn default() -> Self {
        Self::First(A::default())
    }
}

impl<A: KeyExchange, B: KeyExchange> Zeroize for OrElse<A, B> {
    fn zeroize(&mut self) {
        match self {
            Self::First(secret) => secret.zeroize(),
            Self::Second(secret) => secret.zeroize(),
        }
    }
}

impl<A: KeyExchange, B: KeyExchange> KeyExchange for OrElse<A, B> {
    fn has(group: NamedGroup) -> bool {
        A::has(group) || B::has(group)
    }

    /// The slot is made anew for whose turn it is, while it is empty: no secret moves.
    fn start(&mut self, group: NamedGroup, public: &mut [u8]) -> Result<usize, CryptoError> {
        self.zeroize();
        if A::has(group) {
            *self = Self::First(A::default());
        } else {
            *self = Self::Second(B::default());
        }
        match self {
            Self::First(secret) => secret.start(group, public),
            Self::Second(secret) => secret.start(group, public),
        }
    }

    fn finish(
        &mut self,
        group: NamedGroup,
        peer_public: &[u8],
        shared: &mut Secret<MAX_SHARED_SECRET>,
    ) -> Result<(), CryptoError> {
        match self {
            Self::First(secret) => secret.finish(group, peer_public, shared),
            Self::Second(secret) => secret.finish(group, peer_public, shared),
        }
    }

    fn respond(
        group: NamedGroup,
        peer_public: &[u8],
        public: &mut [u8],
        shared: &mut Secret<MAX_SHARED_SECRET>,
    ) -> Result<usize, CryptoError> {
        if A::has(group) {
            return A::respond(group, peer_public, public, shared);
        }
        B::respond(group, peer_public, public, shared)
    }
}

/// Copies a result to the beginning of the space that the caller gave for it.
#[allow(dead_code, reason = "where there is no library")]
pub(crate) fn write_prefix(out: &mut [u8], bytes: &[u8]) -> Result<usize, CryptoError> {
    out.get_mut(..bytes.len()).ok_or(CryptoError::Failed)?.copy_from_slice(bytes);
    Ok(bytes.len())
}
