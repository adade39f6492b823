//! The encodings that an RSA signature wraps a digest in (RFC 8017, section 9).

use core::fmt;
use core::iter;

use sha2::{Digest, Sha256, Sha384, Sha512};

/// Bytes of the longest digest (SHA-512).
const MAX_HASH: usize = 64;

/// A hash function, as the encodings need it.
pub(in crate::crypto) struct RsaHash {
    /// Bytes of a digest.
    len: usize,
    /// Writes the digest of the concatenated pieces.
    digest: fn(&[&[u8]], &mut [u8; MAX_HASH]),
    /// What stands before a digest in a DER-encoded DigestInfo (RFC 8017, section 9.2, note 1).
    digest_info: [u8; 19],
}

impl fmt::Debug for RsaHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SHA-{}", self.len.saturating_mul(8))
    }
}

impl RsaHash {
    /// Bytes of a digest.
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// The digest of a message, with zeros behind it.
    pub(super) fn digest_of(&self, message: &[u8]) -> [u8; MAX_HASH] {
        let mut digest = [0; MAX_HASH];
        (self.digest)(&[message], &mut digest);
        digest
    }
}

/// SHA-256.
pub(in crate::crypto) static SHA256: RsaHash = RsaHash {
    len: 32,
    digest: digest::<Sha256>,
    digest_info: [0x30, 0x31, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 32],
};

/// SHA-384.
pub(in crate::crypto) static SHA384: RsaHash = RsaHash {
    len: 48,
    digest: digest::<Sha384>,
    digest_info: [0x30, 0x41, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2, 5, 0, 4, 48],
};

/// SHA-512.
pub(in crate::crypto) static SHA512: RsaHash = RsaHash {
    len: 64,
    digest: digest::<Sha512>,
    digest_info: [0x30, 0x51, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3, 5, 0, 4, 64],
};

fn digest<D: Digest>(pieces: &[&[u8]], out: &mut [u8; MAX_HASH]) {
    let hash = pieces.iter().fold(D::new(), |hash, piece| hash.chain_update(piece));
    out.iter_mut().zip(hash.finalize()).for_each(|(to, from)| *to = from);
}

/// EMSA-PKCS1-v1_5 (RFC 8017, section 9.2): there is one right encoding, so that it is made and compared.
pub(super) fn verify_pkcs1(hash: &RsaHash, digest: &[u8], encoded: &[u8]) -> Option<()> {
    let around = hash.digest_info.len().checked_add(hash.len)?.checked_add(3)?;
    let filling = encoded.len().checked_sub(around)?;
    let expected = [0, 1]
        .into_iter()
        .chain(iter::repeat_n(0xff, filling))
        .chain(iter::once(0))
        .chain(hash.digest_info)
        .chain(digest.iter().copied());
    (digest.len() == hash.len && encoded.iter().copied().eq(expected)).then_some(())
}

/// EMSA-PSS (RFC 8017, section 9.1.2) with a salt as long as the digest. Uses up `encoded`.
pub(super) fn verify_pss(
    hash: &RsaHash,
    modulus_bits: usize,
    message_digest: &[u8],
    encoded: &mut [u8],
) -> Option<()> {
    let encoded_bits = modulus_bits.checked_sub(1)?;
    let encoded = without_unused_byte(encoded, encoded_bits)?;
    let unused_bits = encoded.len().checked_mul(8)?.checked_sub(encoded_bits)?;
    let used = 0xff_u8.checked_shr(u32::try_from(unused_bits).ok()?)?;

    let (trailer, encoded) = encoded.split_last_mut()?;
    let (block, digest) = encoded.split_at_mut_checked(encoded.len().checked_sub(hash.len)?)?;
    if *trailer != 0xbc || block.first()? & !used != 0 {
        return None;
    }
    unmask(hash, digest, block);
    *block.first_mut()? &= used;
    let salt = salt_of(block, hash.len)?;

    let mut expected = [0; MAX_HASH];
    (hash.digest)(&[&[0; 8], message_digest, salt], &mut expected);
    (expected.get(..hash.len)? == digest).then_some(())
}

/// A modulus of 8n + 1 bits leaves its first byte to the value zero.
fn without_unused_byte(encoded: &mut [u8], encoded_bits: usize) -> Option<&mut [u8]> {
    if encoded.len() == encoded_bits.div_ceil(8) {
        return Some(encoded);
    }
    match encoded.split_first_mut()? {
        (0, rest) => Some(rest),
        _ => None,
    }
}

/// Takes the mask off: MGF1 (RFC 8017, appendix B.2.1) of `seed`.
fn unmask(hash: &RsaHash, seed: &[u8], block: &mut [u8]) {
    let mut mask = [0; MAX_HASH];
    for (counter, chunk) in (0_u32..).zip(block.chunks_mut(hash.len)) {
        (hash.digest)(&[seed, &counter.to_be_bytes()], &mut mask);
        chunk.iter_mut().zip(mask).for_each(|(byte, mask)| *byte ^= mask);
    }
}

/// The salt behind zeros and a one.
fn salt_of(block: &[u8], len: usize) -> Option<&[u8]> {
    let (padding, salt) = block.split_at_checked(block.len().checked_sub(len)?)?;
    let (one, zeros) = padding.split_last()?;
    (*one == 1 && zeros.iter().all(|byte| *byte == 0)).then_some(salt)
}
