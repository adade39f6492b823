//! HMAC and HKDF with SHA-256, for the short messages of a handshake.
//!
//! A handshake of TLS 1.3 computes some dozens of them, each over a block or two. What the library has for whole messages copies
//! and wipes more than it hashes then, so this holds the key's two states and lends them blocks. They are the library's, and
//! wipe themselves.

use hmac::KeyInit as _;
use hmac::block_api::HmacCore;
use hmac::digest::Output;
use hmac::digest::block_api::{Buffer, FixedOutputCore as _, UpdateCore as _};
use sha2::Sha256;
use tidegate::crypto::CryptoError;
use tidegate::secret::Secret;

/// Bytes of a digest.
const DIGEST: usize = 32;
/// The most digests that HKDF-Expand makes (RFC 5869, section 2.3).
const MAX_DIGESTS: usize = 255;

type Core = HmacCore<Sha256>;

/// A key (RFC 2104, section 2): the states of both hashes behind it.
pub(super) struct Keyed(Core);

impl Keyed {
    /// A key of any length.
    ///
    /// # Errors
    /// The library's, which takes any.
    pub(super) fn new(key: &[u8]) -> Result<Self, CryptoError> {
        Core::new_from_slice(key).map(Self).map_err(|_| CryptoError::Failed)
    }

    /// The key that a secret of HKDF is, which has a digest's length at least.
    ///
    /// # Errors
    /// [`CryptoError::Failed`] for a shorter one.
    pub(super) fn of_secret(secret: &[u8]) -> Result<Self, CryptoError> {
        if secret.len() < DIGEST { Err(CryptoError::Failed) } else { Self::new(secret) }
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
        let out: &mut Output<Core> = out.try_into().map_err(|_| CryptoError::Failed)?;
        let (mut core, mut buffer) = (self.0.clone(), Buffer::<Core>::default());
        for piece in message {
            buffer.digest_blocks(piece, |blocks| core.update_blocks(blocks));
        }
        core.finalize_fixed_core(&mut buffer, out);
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
        let (mut before, mut digest) = (Secret::<DIGEST>::empty(), Secret::<DIGEST>::empty());
        for (count, out) in (1..=u8::MAX).zip(out.chunks_mut(DIGEST)) {
            let message = [before.as_bytes()].into_iter().chain(info.iter().copied());
            self.mac_into(message.chain([&[count][..]]), digest.fill(DIGEST))?;
            out.copy_from_slice(&digest.as_bytes()[..out.len()]);
            before.take_from(&mut digest);
        }
        Ok(())
    }
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
            assert_eq!(mac(&Keyed::new(key).unwrap(), &[b"text"]), expected(key, b"text"), "{}", key.len());
        }
        let keyed = Keyed::new(b"key").unwrap();
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
