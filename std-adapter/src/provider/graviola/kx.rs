//! Key exchange: X25519 (RFC 7748), P-256 and P-384 (RFC 8446, section 4.2.8.2), X25519MLKEM768
//! (draft-ietf-tls-ecdhe-mlkem).

use std::fmt;

use graviola::Error;
use graviola::key_agreement::mlkem768::{DecapKey, EncapKey};
use graviola::key_agreement::{p256, p384, x25519};
use tidegate::crypto::{CryptoError, MAX_SHARED_SECRET};
use tidegate::secret::Secret;
use tidegate::wire::enums::NamedGroup;
use zeroize::Zeroize;

use super::fits;
use crate::provider::parts::{KeyExchange, write_prefix};

/// Bytes of an encapsulation key of ML-KEM-768.
const ENCAPSULATION_KEY: usize = 1184;
/// Bytes of a ciphertext of ML-KEM-768.
const CIPHERTEXT: usize = 1088;
/// Bytes of the longest private scalar (P-384).
const MAX_SCALAR: usize = 48;
/// How often random bytes may miss the range of a scalar. A good source misses with a probability of 2^-32 on P-256.
const SCALAR_ATTEMPTS: usize = 4;

/// The private half of a key exchange: the scalar as raw bytes in a fixed slot, from which graviola's own type is made for each use,
/// and a key of ML-KEM. All of them wipe themselves.
#[derive(Default)]
pub struct KxSecret {
    group: Option<NamedGroup>,
    scalar: Secret<MAX_SCALAR>,
    mlkem: Option<Box<DecapKey>>,
}

impl fmt::Debug for KxSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KxSecret").field("group", &self.group).finish_non_exhaustive()
    }
}

impl Zeroize for KxSecret {
    fn zeroize(&mut self) {
        self.group = None;
        self.scalar.wipe();
        self.mlkem = None;
    }
}

impl KeyExchange for KxSecret {
    fn has(group: NamedGroup) -> bool {
        matches!(
            group,
            NamedGroup::X25519 | NamedGroup::SECP256R1 | NamedGroup::SECP384R1 | NamedGroup::X25519MLKEM768
        ) && fits()
    }

    fn start(&mut self, group: NamedGroup, public: &mut [u8]) -> Result<usize, CryptoError> {
        self.zeroize();
        if !Self::has(group) {
            return Err(CryptoError::Unsupported);
        }
        let mut written = 0;
        if group == NamedGroup::X25519MLKEM768 {
            let key = Box::new(DecapKey::generate().map_err(|_| CryptoError::Randomness)?);
            written = write_prefix(public, &key.encapsulation_key().as_bytes())?;
            self.mlkem = Some(key);
        }
        let after = public.get_mut(written..).ok_or(CryptoError::Failed)?;
        let length = generate(group, &mut self.scalar, after)?;
        self.group = Some(group);
        Ok(written.saturating_add(length))
    }

    fn finish(
        &mut self,
        group: NamedGroup,
        peer_public: &[u8],
        shared: &mut Secret<MAX_SHARED_SECRET>,
    ) -> Result<(), CryptoError> {
        let result = self.agree(group, peer_public, shared);
        self.zeroize();
        result
    }

    fn respond(
        group: NamedGroup,
        peer_public: &[u8],
        public: &mut [u8],
        shared: &mut Secret<MAX_SHARED_SECRET>,
    ) -> Result<usize, CryptoError> {
        if !Self::has(group) {
            return Err(CryptoError::Unsupported);
        }
        let mut scalar = Secret::empty();
        if group != NamedGroup::X25519MLKEM768 {
            let length = generate(group, &mut scalar, public)?;
            agree(group, &scalar, (peer_public, &[]), shared)?;
            return Ok(length);
        }
        let (key, peer_curve) =
            peer_public.split_first_chunk::<ENCAPSULATION_KEY>().ok_or(CryptoError::InvalidInput)?;
        let (ciphertext, after) = public.split_at_mut_checked(CIPHERTEXT).ok_or(CryptoError::Failed)?;
        let length = generate(group, &mut scalar, after)?;
        let key = EncapKey::from_bytes(key).map_err(|_| CryptoError::InvalidInput)?;
        let (secret, sealed) = key.encaps().map_err(|_| CryptoError::Randomness)?;
        write_prefix(ciphertext, sealed.as_ref())?;
        agree(group, &scalar, (peer_curve, secret.as_ref()), shared)?;
        Ok(CIPHERTEXT.saturating_add(length))
    }
}

impl KxSecret {
    fn agree(
        &mut self,
        group: NamedGroup,
        peer_public: &[u8],
        shared: &mut Secret<MAX_SHARED_SECRET>,
    ) -> Result<(), CryptoError> {
        if group == NamedGroup::X25519MLKEM768 {
            let key = self.mlkem.take().ok_or(CryptoError::Failed)?;
            let (ciphertext, peer_curve) =
                peer_public.split_first_chunk::<CIPHERTEXT>().ok_or(CryptoError::InvalidInput)?;
            let secret = key.decaps(&(*ciphertext).into());
            return agree(group, &self.scalar, (peer_curve, secret.as_ref()), shared);
        }
        // A client that sent shares of both has the same scalar in both.
        let is_hybrid = self.group == Some(NamedGroup::X25519MLKEM768);
        if self.group != Some(group) && !(is_hybrid && group == NamedGroup::X25519) {
            return Err(CryptoError::Failed);
        }
        agree(group, &self.scalar, (peer_public, &[]), shared)
    }
}

/// A scalar for a curve, or for the curve of a hybrid; its public value is written.
fn generate(
    group: NamedGroup,
    scalar: &mut Secret<MAX_SCALAR>,
    public: &mut [u8],
) -> Result<usize, CryptoError> {
    let length = if group == NamedGroup::SECP384R1 { MAX_SCALAR } else { 32 };
    for _ in 0..SCALAR_ATTEMPTS {
        let space = scalar.fill(length);
        getrandom::fill(space).map_err(|_| CryptoError::Randomness)?;
        match group {
            NamedGroup::SECP256R1 => {
                let Ok(key) = p256::StaticPrivateKey::from_bytes(space) else { continue };
                return write_prefix(public, &key.public_key_uncompressed());
            }
            NamedGroup::SECP384R1 => {
                let Ok(key) = p384::StaticPrivateKey::from_bytes(space) else { continue };
                return write_prefix(public, &key.public_key_uncompressed());
            }
            _ => return write_prefix(public, &x25519_key(scalar)?.public_key().as_bytes()),
        }
    }
    Err(CryptoError::Randomness)
}

/// The shared secret of a curve, behind what came before it. graviola refuses compressed points and a result of zeros.
fn agree(
    group: NamedGroup,
    scalar: &Secret<MAX_SCALAR>,
    (peer_public, before): (&[u8], &[u8]),
    shared: &mut Secret<MAX_SHARED_SECRET>,
) -> Result<(), CryptoError> {
    let (failed, invalid) = (|_: Error| CryptoError::Failed, |_: Error| CryptoError::InvalidInput);
    match group {
        NamedGroup::SECP256R1 => {
            let peer = p256::PublicKey::from_x962_uncompressed(peer_public).map_err(invalid)?;
            let key = p256::StaticPrivateKey::from_bytes(scalar.as_bytes()).map_err(failed)?;
            write_shared(shared, before, &key.diffie_hellman(&peer).map_err(invalid)?.0)
        }
        NamedGroup::SECP384R1 => {
            let peer = p384::PublicKey::from_x962_uncompressed(peer_public).map_err(invalid)?;
            let key = p384::StaticPrivateKey::from_bytes(scalar.as_bytes()).map_err(failed)?;
            write_shared(shared, before, &key.diffie_hellman(&peer).map_err(invalid)?.0)
        }
        _ => {
            let peer = x25519::PublicKey::try_from_slice(peer_public).map_err(invalid)?;
            let secret = x25519_key(scalar)?.diffie_hellman(&peer).map_err(invalid)?;
            write_shared(shared, before, &secret.0)
        }
    }
}

fn x25519_key(scalar: &Secret<MAX_SCALAR>) -> Result<x25519::StaticPrivateKey, CryptoError> {
    x25519::StaticPrivateKey::try_from_slice(scalar.as_bytes()).map_err(|_| CryptoError::Failed)
}

/// One secret behind the other.
fn write_shared(
    shared: &mut Secret<MAX_SHARED_SECRET>,
    before: &[u8],
    secret: &[u8],
) -> Result<(), CryptoError> {
    let out = shared.fill(before.len().saturating_add(secret.len()));
    let (first, second) = out.split_at_mut_checked(before.len()).ok_or(CryptoError::Failed)?;
    write_prefix(first, before)?;
    write_prefix(second, secret).map(|_| ())
}
