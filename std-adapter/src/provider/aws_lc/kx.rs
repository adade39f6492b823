//! Key exchange: X25519 (RFC 7748), P-256 and P-384 (RFC 8446, section 4.2.8.2), X25519MLKEM768
//! (draft-ietf-tls-ecdhe-mlkem).

use std::fmt;

use aws_lc_rs::agreement::{self, Algorithm, ECDH_P256, ECDH_P384, PrivateKey, UnparsedPublicKey, X25519};
use aws_lc_rs::kem::{AlgorithmId, Ciphertext, DecapsulationKey, EncapsulationKey, ML_KEM_768};
use tidegate::crypto::{CryptoError, MAX_SHARED_SECRET};
use tidegate::secret::Secret;
use tidegate::wire::enums::NamedGroup;
use zeroize::Zeroize;

use crate::provider::parts::{KeyExchange, write_prefix};

/// Bytes of an encapsulation key of ML-KEM-768.
const ENCAPSULATION_KEY: usize = 1184;
/// Bytes of a ciphertext of ML-KEM-768.
const CIPHERTEXT: usize = 1088;

/// The private half of a key exchange. AWS-LC allocates it, and wipes it when it is dropped.
#[derive(Default)]
pub struct KxSecret {
    group: Option<NamedGroup>,
    curve: Option<PrivateKey>,
    mlkem: Option<DecapsulationKey<AlgorithmId>>,
}

impl fmt::Debug for KxSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KxSecret").field("group", &self.group).finish_non_exhaustive()
    }
}

impl Zeroize for KxSecret {
    fn zeroize(&mut self) {
        *self = Self::default();
    }
}

impl KeyExchange for KxSecret {
    fn has(group: NamedGroup) -> bool {
        algorithm(group).is_ok()
    }

    fn start(&mut self, group: NamedGroup, public: &mut [u8]) -> Result<usize, CryptoError> {
        self.zeroize();
        let (mlkem, written) = match group {
            NamedGroup::X25519MLKEM768 => {
                let (key, written) = generate_mlkem(public)?;
                (Some(key), written)
            }
            _ => (None, 0),
        };
        let after = public.get_mut(written..).ok_or(CryptoError::Failed)?;
        let (curve, length) = generate(group, after)?;
        *self = Self { group: Some(group), curve: Some(curve), mlkem };
        Ok(written.saturating_add(length))
    }

    fn finish(
        &mut self,
        group: NamedGroup,
        peer_public: &[u8],
        shared: &mut Secret<MAX_SHARED_SECRET>,
    ) -> Result<(), CryptoError> {
        let Self { group: own, curve, mlkem } = std::mem::take(self);
        let curve = curve.ok_or(CryptoError::Failed)?;
        if group == NamedGroup::X25519MLKEM768 {
            let key = mlkem.ok_or(CryptoError::Failed)?;
            let (ciphertext, peer_curve) =
                peer_public.split_at_checked(CIPHERTEXT).ok_or(CryptoError::InvalidInput)?;
            let secret =
                key.decapsulate(Ciphertext::from(ciphertext)).map_err(|_| CryptoError::InvalidInput)?;
            return agree(&curve, peer_curve, secret.as_ref(), shared);
        }
        // A client that sent shares of both has the same scalar in both.
        let fits =
            own == Some(group) || (own == Some(NamedGroup::X25519MLKEM768) && group == NamedGroup::X25519);
        if !fits {
            return Err(CryptoError::Failed);
        }
        agree(&curve, peer_public, &[], shared)
    }

    fn respond(
        group: NamedGroup,
        peer_public: &[u8],
        public: &mut [u8],
        shared: &mut Secret<MAX_SHARED_SECRET>,
    ) -> Result<usize, CryptoError> {
        if group != NamedGroup::X25519MLKEM768 {
            let (curve, length) = generate(group, public)?;
            agree(&curve, peer_public, &[], shared)?;
            return Ok(length);
        }
        let (key, peer_curve) =
            peer_public.split_at_checked(ENCAPSULATION_KEY).ok_or(CryptoError::InvalidInput)?;
        let (ciphertext, after) = public.split_at_mut_checked(CIPHERTEXT).ok_or(CryptoError::Failed)?;
        let (curve, length) = generate(group, after)?;
        let key = EncapsulationKey::new(&ML_KEM_768, key).map_err(|_| CryptoError::InvalidInput)?;
        let (sealed, secret) = key.encapsulate().map_err(|_| CryptoError::InvalidInput)?;
        write_prefix(ciphertext, sealed.as_ref())?;
        agree(&curve, peer_curve, secret.as_ref(), shared)?;
        Ok(CIPHERTEXT.saturating_add(length))
    }
}

/// The curve of a group, or of its half.
fn algorithm(group: NamedGroup) -> Result<&'static Algorithm, CryptoError> {
    match group {
        NamedGroup::X25519 | NamedGroup::X25519MLKEM768 => Ok(&X25519),
        NamedGroup::SECP256R1 => Ok(&ECDH_P256),
        NamedGroup::SECP384R1 => Ok(&ECDH_P384),
        _ => Err(CryptoError::Unsupported),
    }
}

fn generate(group: NamedGroup, public: &mut [u8]) -> Result<(PrivateKey, usize), CryptoError> {
    let key = PrivateKey::generate(algorithm(group)?).map_err(|_| CryptoError::Failed)?;
    let value = key.compute_public_key().map_err(|_| CryptoError::Failed)?;
    let length = write_prefix(public, value.as_ref())?;
    Ok((key, length))
}

fn generate_mlkem(public: &mut [u8]) -> Result<(DecapsulationKey<AlgorithmId>, usize), CryptoError> {
    let failed = |_| CryptoError::Failed;
    let key = DecapsulationKey::generate(&ML_KEM_768).map_err(failed)?;
    let value = key.encapsulation_key().and_then(|key| key.key_bytes()).map_err(failed)?;
    let length = write_prefix(public, value.as_ref())?;
    Ok((key, length))
}

/// Bytes of a public value of X25519: AWS-LC takes a whole SubjectPublicKeyInfo in its place.
const X25519_LEN: usize = 32;

/// The shared secret of the curve, behind what came before it. Points are not compressed (RFC 8446, section 4.2.8.2).
fn agree(
    curve: &PrivateKey,
    peer_public: &[u8],
    before: &[u8],
    shared: &mut Secret<MAX_SHARED_SECRET>,
) -> Result<(), CryptoError> {
    let algorithm = curve.algorithm();
    let is_raw =
        if algorithm == &X25519 { peer_public.len() == X25519_LEN } else { peer_public.first() == Some(&4) };
    if !is_raw {
        return Err(CryptoError::InvalidInput);
    }
    let peer_public = UnparsedPublicKey::new(algorithm, peer_public);
    agreement::agree(curve, peer_public, CryptoError::InvalidInput, |secret| {
        let out = shared.fill(before.len().saturating_add(secret.len()));
        let (first, second) = out.split_at_mut_checked(before.len()).ok_or(CryptoError::Failed)?;
        write_prefix(first, before)?;
        write_prefix(second, secret).map(|_| ())
    })
}
