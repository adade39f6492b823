//! HMAC and HKDF with SHA-256, made for the short messages of a handshake.
//!
//! A handshake of TLS 1.3 computes some dozens of them, each over a block or two. A general HMAC is a hash within a hash, with a
//! buffer in each that is copied and wiped; that takes a quarter of its time. Here it is two states of eight words and the
//! library's compression function. What is left of a secret on the way is wiped.

use sha2::Digest;
use sha2::block_api::compress256;
use tidegate::crypto::CryptoError;
use zeroize::optimization_barrier;

/// Bytes of a block.
const BLOCK: usize = 64;
/// Bytes of a digest.
const DIGEST: usize = 32;
/// Bytes of a block before the length of what was hashed (FIPS 180-4, section 5.1.1).
const BEFORE_LENGTH: usize = BLOCK - 8;
/// The most digests that HKDF-Expand makes (RFC 5869, section 2.3).
const MAX_DIGESTS: usize = 255;

/// A block that a digest begins, behind a key.
const BEHIND_DIGEST: [u8; BLOCK] = {
    let mut block = [0; BLOCK];
    block[DIGEST] = 0x80;
    let bits = (8 * (BLOCK + DIGEST) as u16).to_be_bytes();
    (block[BLOCK - 2], block[BLOCK - 1]) = (bits[0], bits[1]);
    block
};

/// The words between two blocks.
type State = [u32; 8];

/// Where SHA-256 begins (FIPS 180-4, section 5.3.3).
const START: State =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// A key (RFC 2104, section 2): the states of both hashes behind it.
pub(super) struct Keyed {
    inner: State,
    outer: State,
}

impl Keyed {
    /// A key of any length.
    pub(super) fn new(key: &[u8]) -> Self {
        const INNER: u8 = 0x36;
        const OUTER: u8 = 0x5c;
        let mut block = [INNER; BLOCK];
        if key.len() > BLOCK {
            xor(&mut block, &sha2::Sha256::digest(key));
        } else {
            xor(&mut block, key);
        }
        let mut keyed = Self { inner: START, outer: START };
        compress256(&mut keyed.inner, &[block]);
        block.iter_mut().for_each(|byte| *byte ^= INNER ^ OUTER);
        compress256(&mut keyed.outer, &[block]);
        wipe(&mut block);
        keyed
    }

    /// The key that a secret of HKDF is, which has a digest's length at least.
    ///
    /// # Errors
    /// [`CryptoError::Failed`] for a shorter one.
    pub(super) fn of_secret(secret: &[u8]) -> Result<Self, CryptoError> {
        if secret.len() < DIGEST { Err(CryptoError::Failed) } else { Ok(Self::new(secret)) }
    }

    /// The inner hash.
    const fn begin(&self) -> Running {
        Running { state: self.inner, block: [0; BLOCK], length: BLOCK }
    }

    /// The outer hash, of the inner one.
    fn end(&self, mut inner: Running, out: &mut [u8; DIGEST]) {
        inner.finish();
        let mut outer = Running { state: self.outer, block: BEHIND_DIGEST, length: BLOCK };
        put_words(&mut outer.block, &inner.state);
        outer.compress();
        put_words(out, &outer.state);
    }

    /// HMAC of a message in pieces, into an output with the digest's length.
    ///
    /// # Errors
    /// [`CryptoError::Failed`] for an output of another length.
    pub(super) fn mac_into<'m>(
        &self,
        message: impl IntoIterator<Item = &'m [u8]>,
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        let out = out.try_into().map_err(|_| CryptoError::Failed)?;
        let mut inner = self.begin();
        message.into_iter().for_each(|piece| inner.update(piece));
        self.end(inner, out);
        Ok(())
    }

    /// HKDF-Expand (RFC 5869, section 2.3) of the key.
    ///
    /// # Errors
    /// [`CryptoError::Failed`] for more than 255 digests.
    pub(super) fn expand(&self, info: &[&[u8]], out: &mut [u8]) -> Result<(), CryptoError> {
        if out.len() > MAX_DIGESTS * DIGEST {
            return Err(CryptoError::Failed);
        }
        let (mut digest, mut before) = ([0; DIGEST], 0);
        for (count, out) in (1..=u8::MAX).zip(out.chunks_mut(DIGEST)) {
            let mut inner = self.begin();
            inner.update(&digest[..before]);
            info.iter().for_each(|piece| inner.update(piece));
            inner.update(&[count]);
            self.end(inner, &mut digest);
            before = DIGEST;
            out.copy_from_slice(&digest[..out.len()]);
        }
        digest.fill(0);
        optimization_barrier(&digest);
        Ok(())
    }
}

impl Drop for Keyed {
    fn drop(&mut self) {
        (self.inner, self.outer) = ([0; 8], [0; 8]);
        optimization_barrier(self);
    }
}

/// A hash with a key before the message.
struct Running {
    state: State,
    block: [u8; BLOCK],
    /// Bytes so far; those that make no whole block are in `block`.
    length: usize,
}

impl Running {
    fn update(&mut self, mut piece: &[u8]) {
        while !piece.is_empty() {
            let used = self.length % BLOCK;
            let (now, rest) = piece.split_at(piece.len().min(BLOCK - used));
            self.block[used..used + now.len()].copy_from_slice(now);
            self.length += now.len();
            if self.length.is_multiple_of(BLOCK) {
                self.compress();
            }
            piece = rest;
        }
    }

    /// Adds the padding (FIPS 180-4, section 5.1.1).
    fn finish(&mut self) {
        let used = self.length % BLOCK;
        self.block[used] = 0x80;
        if used >= BEFORE_LENGTH {
            self.compress();
        }
        let bits = 8 * self.length as u64;
        self.block[BEFORE_LENGTH..].copy_from_slice(&bits.to_be_bytes());
        self.compress();
    }

    /// Takes a full block; the next is empty.
    fn compress(&mut self) {
        compress256(&mut self.state, &[self.block]);
        self.block = [0; BLOCK];
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        (self.state, self.block) = ([0; 8], [0; BLOCK]);
        optimization_barrier(self);
    }
}

fn xor(block: &mut [u8; BLOCK], key: &[u8]) {
    block.iter_mut().zip(key).for_each(|(to, byte)| *to ^= byte);
}

fn put_words(to: &mut [u8], state: &State) {
    to.as_chunks_mut().0.iter_mut().zip(state).for_each(|(to, word)| *to = word.to_be_bytes());
}

fn wipe(block: &mut [u8; BLOCK]) {
    block.fill(0);
    optimization_barrier(block);
}

#[cfg(test)]
mod tests {
    use getrandom::SysRng;
    use tidegate::crypto::{HashAlgorithm, Provider, rustcrypto::RustCrypto};

    use super::{DIGEST, Keyed};

    /// RustCrypto's own.
    fn expected(key: &[u8], message: &[u8]) -> [u8; DIGEST] {
        let mut out = [0; DIGEST];
        RustCrypto::new(SysRng).hmac(HashAlgorithm::Sha256, key, message, &mut out).unwrap();
        out
    }

    fn mac(keyed: &Keyed, pieces: &[&[u8]]) -> [u8; DIGEST] {
        let mut out = [0; DIGEST];
        keyed.mac_into(pieces.iter().copied(), &mut out).unwrap();
        out
    }

    #[test]
    fn keys_and_messages_of_all_lengths_about_a_block_and_two() {
        let bytes: Vec<u8> = (0..200).collect();
        for key in (0..=bytes.len()).map(|length| &bytes[..length]) {
            assert_eq!(mac(&Keyed::new(key), &[b"text"]), expected(key, b"text"), "{}", key.len());
        }
        let keyed = Keyed::new(b"key");
        for message in (0..=bytes.len()).map(|length| &bytes[..length]) {
            let pieces: Vec<_> = message.chunks(7).collect();
            assert_eq!(mac(&keyed, &[message]), expected(b"key", message), "{}", message.len());
            assert_eq!(mac(&keyed, &pieces), expected(b"key", message), "{}", message.len());
        }
    }

    #[test]
    fn expanding_as_far_as_it_goes() {
        let (secret, mut out) = ([3; DIGEST], [[0; 255 * DIGEST + 1]; 2]);
        let info: [&[u8]; 2] = [b"some ", b"info"];
        let keyed = Keyed::of_secret(&secret).unwrap();
        for length in [0, 1, DIGEST - 1, DIGEST, DIGEST + 1, 255 * DIGEST] {
            let [ours, theirs] = out.each_mut().map(|out| &mut out[..length]);
            keyed.expand(&info, ours).unwrap();
            let algorithm = HashAlgorithm::Sha256;
            RustCrypto::new(SysRng).hkdf_expand(algorithm, &secret, &info, theirs).unwrap();
            assert_eq!(ours, theirs, "{length}");
        }
        assert!(keyed.expand(&info, &mut out[0]).is_err());
        assert!(keyed.mac_into([&b"text"[..]], &mut [0; DIGEST - 1]).is_err());
        assert!(Keyed::of_secret(&[3; DIGEST - 1]).is_err());
    }
}
