//! Key exchange: X25519 (RFC 7748), P-256 and P-384 (RFC 8446, section 4.2.8.2), X25519MLKEM768.
#![cfg_attr(
    not(any(feature = "x25519", feature = "secp256r1", feature = "secp384r1")),
    allow(unused_variables, dead_code, reason = "a firmware with pre-shared keys alone chooses no group")
)]

#[cfg(any(feature = "secp256r1", feature = "secp384r1"))]
mod nist;
#[cfg(feature = "x25519")]
mod x25519;
#[cfg(feature = "mlkem")]
mod x25519mlkem768;

use rand_core::TryCryptoRng;
use zeroize::Zeroize;

use crate::copy::copy;
use crate::crypto::{CryptoError, MAX_SHARED_SECRET};
use crate::secret::Secret;
use crate::wire::enums::NamedGroup;

/// The chosen groups, in order of preference.
pub(super) const GROUPS: &[NamedGroup] = &[
    #[cfg(feature = "mlkem")]
    NamedGroup::X25519MLKEM768,
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
/// lasts. Of a key of ML-KEM it is the seed.
#[derive(Default)]
pub struct KxSecret {
    scalar: Secret<MAX_SCALAR>,
    #[cfg(feature = "mlkem")]
    seed: Secret<{ x25519mlkem768::SEED }>,
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
        let result = self.generate(rng, group, public);
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
            Some(own) if own == group => self.agree(group, peer_public, shared),
            // Its scalar is one of X25519.
            #[cfg(feature = "mlkem")]
            Some(NamedGroup::X25519MLKEM768) if group == NamedGroup::X25519 => {
                self.agree(group, peer_public, shared)
            }
            _ => Err(CryptoError::Failed),
        };
        self.zeroize();
        result
    }

    fn generate<R: TryCryptoRng>(
        &mut self,
        rng: &mut R,
        group: NamedGroup,
        public: &mut [u8],
    ) -> Result<usize, CryptoError> {
        let scalar = &mut self.scalar;
        match group {
            #[cfg(feature = "mlkem")]
            NamedGroup::X25519MLKEM768 => x25519mlkem768::generate(rng, (&mut self.seed, scalar), public),
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
        &self,
        group: NamedGroup,
        peer_public: &[u8],
        shared: &mut Secret<MAX_SHARED_SECRET>,
    ) -> Result<(), CryptoError> {
        let scalar = &self.scalar;
        match group {
            #[cfg(feature = "mlkem")]
            NamedGroup::X25519MLKEM768 => x25519mlkem768::agree((&self.seed, scalar), peer_public, shared),
            #[cfg(feature = "x25519")]
            NamedGroup::X25519 => x25519::agree(scalar, peer_public, shared),
            #[cfg(feature = "secp256r1")]
            NamedGroup::SECP256R1 => nist::agree::<p256::NistP256>(scalar, peer_public, shared),
            #[cfg(feature = "secp384r1")]
            NamedGroup::SECP384R1 => nist::agree::<p384::NistP384>(scalar, peer_public, shared),
            _ => Err(CryptoError::Unsupported),
        }
    }
}

/// Both at once, as the server: our public value, its length, and the shared secret.
pub(super) fn respond<R: TryCryptoRng>(
    rng: &mut R,
    group: NamedGroup,
    peer_public: &[u8],
    public: &mut [u8],
    shared: &mut Secret<MAX_SHARED_SECRET>,
) -> Result<usize, CryptoError> {
    #[cfg(feature = "mlkem")]
    if group == NamedGroup::X25519MLKEM768 {
        return x25519mlkem768::respond(rng, peer_public, public, shared);
    }
    let mut secret = KxSecret::default();
    let len = secret.start(rng, group, public)?;
    secret.finish(group, peer_public, shared)?;
    Ok(len)
}

impl Zeroize for KxSecret {
    fn zeroize(&mut self) {
        self.scalar.wipe();
        #[cfg(feature = "mlkem")]
        self.seed.wipe();
        self.group = None;
    }
}

/// Copies a result to the beginning of the space that the caller gave for it.
fn write_prefix(out: &mut [u8], bytes: &[u8]) -> Result<usize, CryptoError> {
    let space = out.get_mut(..bytes.len()).ok_or(CryptoError::Failed)?;
    copy(space, bytes);
    Ok(bytes.len())
}
