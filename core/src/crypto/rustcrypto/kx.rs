//! Key exchange: X25519 (RFC 7748), P-256 and P-384 (RFC 8446, section 4.2.8.2).
#![cfg_attr(
    not(any(feature = "x25519", feature = "secp256r1", feature = "secp384r1")),
    allow(unused_variables, dead_code, reason = "a firmware with pre-shared keys alone chooses no group")
)]

#[cfg(any(feature = "secp256r1", feature = "secp384r1"))]
mod nist;
#[cfg(feature = "x25519")]
mod x25519;

use rand_core::TryCryptoRng;
use zeroize::Zeroize;

use crate::crypto::{CryptoError, MAX_SHARED_SECRET};
use crate::secret::Secret;
use crate::wire::enums::NamedGroup;

/// The chosen groups, in order of preference.
pub(super) const GROUPS: &[NamedGroup] = &[
    #[cfg(feature = "x25519")]
    NamedGroup::X25519,
    #[cfg(feature = "secp256r1")]
    NamedGroup::SECP256R1,
    #[cfg(feature = "secp384r1")]
    NamedGroup::SECP384R1,
];

/// Bytes of the longest private scalar (P-384).
const MAX_SCALAR: usize = 48;

/// The private half of a key exchange: the scalar as raw bytes in a fixed slot, and the group it belongs to.
///
/// The curve's own type, which wipes itself too, is made from the bytes for each use: the slot is the only copy that
/// lasts.
#[derive(Default)]
pub struct KxSecret {
    scalar: Secret<MAX_SCALAR>,
    group: Option<NamedGroup>,
}

impl KxSecret {
    pub(super) fn start<R: TryCryptoRng>(
        &mut self,
        rng: &mut R,
        group: NamedGroup,
        public: &mut [u8],
    ) -> Result<usize, CryptoError> {
        self.zeroize();
        let result = generate(rng, group, &mut self.scalar, public);
        match result {
            Ok(_) => self.group = Some(group),
            Err(_) => self.zeroize(),
        }
        result
    }

    pub(super) fn finish(
        &mut self,
        group: NamedGroup,
        peer_public: &[u8],
        shared: &mut Secret<MAX_SHARED_SECRET>,
    ) -> Result<(), CryptoError> {
        let result = match self.group {
            Some(own) if own == group => agree(group, &self.scalar, peer_public, shared),
            _ => Err(CryptoError::Failed),
        };
        self.zeroize();
        result
    }
}

impl Zeroize for KxSecret {
    fn zeroize(&mut self) {
        self.scalar.wipe();
        self.group = None;
    }
}

fn generate<R: TryCryptoRng>(
    rng: &mut R,
    group: NamedGroup,
    scalar: &mut Secret<MAX_SCALAR>,
    public: &mut [u8],
) -> Result<usize, CryptoError> {
    match group {
        #[cfg(feature = "x25519")]
        NamedGroup::X25519 => x25519::generate(rng, scalar, public),
        #[cfg(feature = "secp256r1")]
        NamedGroup::SECP256R1 => nist::generate::<p256::NistP256>(rng, scalar, public),
        #[cfg(feature = "secp384r1")]
        NamedGroup::SECP384R1 => nist::generate::<p384::NistP384>(rng, scalar, public),
        _ => Err(CryptoError::Unsupported),
    }
}

fn agree(
    group: NamedGroup,
    scalar: &Secret<MAX_SCALAR>,
    peer_public: &[u8],
    shared: &mut Secret<MAX_SHARED_SECRET>,
) -> Result<(), CryptoError> {
    match group {
        #[cfg(feature = "x25519")]
        NamedGroup::X25519 => x25519::agree(scalar, peer_public, shared),
        #[cfg(feature = "secp256r1")]
        NamedGroup::SECP256R1 => nist::agree::<p256::NistP256>(scalar, peer_public, shared),
        #[cfg(feature = "secp384r1")]
        NamedGroup::SECP384R1 => nist::agree::<p384::NistP384>(scalar, peer_public, shared),
        _ => Err(CryptoError::Unsupported),
    }
}

/// Copies a result to the beginning of the space that the caller gave for it.
fn write_prefix(out: &mut [u8], bytes: &[u8]) -> Result<usize, CryptoError> {
    let space = out.get_mut(..bytes.len()).ok_or(CryptoError::Failed)?;
    space.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    Ok(bytes.len())
}
