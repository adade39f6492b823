//! Who provides the cryptography.

use core::borrow::Borrow;

use zeroize::Zeroize;

use super::{CryptoError, Digest, HashAlgorithm, MAX_SHARED_SECRET, NONCE, SecretLabel, SignatureAlgorithm};
use crate::secret::Secret;
use crate::wire::enums::{CipherSuite, HandshakeType, NamedGroup};

/// Which way a handshake message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To the peer.
    Sent,
    /// From the peer.
    Received,
}

/// HKDF-Expand of one secret: from an `info` in pieces into an output.
pub type Expand<'a> = &'a mut dyn FnMut(&[&[u8]], &mut [u8]) -> Result<(), CryptoError>;

/// The cryptography of a connection.
///
/// Every operation can fail, since a peripheral can. Lengths are the caller's duty: an output slice has exactly the
/// length of the result where nothing else is said, and a provider answers [`CryptoError::Failed`] to any other.
pub trait Provider {
    /// State of a running hash, of public bytes only: transcripts and hellos.
    type Hash: Clone;
    /// A hash that idle connections keep, where authentication may follow the handshake: the state itself, or a box of it
    /// where there is a heap.
    type KeptHash: From<Self::Hash> + Borrow<Self::Hash>;
    /// An expanded AEAD key. Wiped when dropped.
    type AeadKey;
    /// A slot for the secret half of a key exchange; stays where it is, wiped by [`Zeroize`] and when dropped.
    type KxSecret: Default + Zeroize;

    /// Cipher suites in order of preference; not empty.
    const SUITES: &'static [CipherSuite];
    /// Key exchange groups in order of preference; not empty.
    const GROUPS: &'static [NamedGroup];

    /// Signature algorithms that can be verified, in order of preference.
    fn signature_algorithms(&self) -> &'static [SignatureAlgorithm];

    /// Fills `out` with bytes fit for keys.
    ///
    /// # Errors
    /// [`CryptoError::Randomness`] if the source fails; nothing of `out` may be used then.
    fn fill_random(&mut self, out: &mut [u8]) -> Result<(), CryptoError>;

    /// Begins a hash.
    ///
    /// # Errors
    /// [`CryptoError::Unsupported`] for a hash that no suite of the provider has, else the provider's.
    fn hash_start(&mut self, algorithm: HashAlgorithm) -> Result<Self::Hash, CryptoError>;

    /// Adds bytes to a hash.
    ///
    /// # Errors
    /// [`CryptoError`] of the provider.
    fn hash_update(&mut self, hash: &mut Self::Hash, bytes: &[u8]) -> Result<(), CryptoError>;

    /// The digest of what was added so far; the hash may go on.
    ///
    /// # Errors
    /// [`CryptoError`] of the provider.
    fn hash_digest(&mut self, hash: &Self::Hash) -> Result<Digest, CryptoError>;

    /// HMAC (RFC 2104) of `message` into `out`, which has the digest's length.
    ///
    /// # Errors
    /// [`CryptoError`] of the provider.
    fn hmac(
        &mut self,
        algorithm: HashAlgorithm,
        key: &[u8],
        message: &[u8],
        out: &mut [u8],
    ) -> Result<(), CryptoError>;

    /// HMAC of a message in pieces into `out`, which has the digest's length: for the PRF of TLS 1.2 (RFC 5246,
    /// section 5). The default joins at most [`HMAC_PIECES`](super::HMAC_PIECES) bytes and wipes them; a provider that
    /// can update its HMAC does better.
    ///
    /// # Errors
    /// [`CryptoError::Failed`] for a longer message in the default, else the provider's.
    #[cfg(feature = "tls12")]
    fn hmac_pieces(
        &mut self,
        algorithm: HashAlgorithm,
        key: &[u8],
        message: &[&[u8]],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        let mut joined = Secret::<{ super::HMAC_PIECES }>::empty();
        let length = message.iter().fold(0_usize, |length, piece| length.saturating_add(piece.len()));
        let room = joined.fill(length);
        if room.len() < length {
            return Err(CryptoError::Failed);
        }
        room.iter_mut().zip(message.iter().copied().flatten()).for_each(|(to, from)| *to = *from);
        self.hmac(algorithm, key, joined.as_bytes(), out)
    }

    /// HKDF-Extract (RFC 5869, section 2.2) into `out`, which has the digest's length.
    ///
    /// # Errors
    /// [`CryptoError`] of the provider.
    fn hkdf_extract(
        &mut self,
        algorithm: HashAlgorithm,
        salt: &[u8],
        input: &[u8],
        out: &mut [u8],
    ) -> Result<(), CryptoError>;

    /// HKDF-Expand (RFC 5869, section 2.3) into `out`, of any length up to 255 digests. `info` comes in pieces.
    ///
    /// # Errors
    /// [`CryptoError`] of the provider.
    fn hkdf_expand(
        &mut self,
        algorithm: HashAlgorithm,
        secret: &[u8],
        info: &[&[u8]],
        out: &mut [u8],
    ) -> Result<(), CryptoError>;

    /// [`Provider::hkdf_expand`] of one secret, as often as `work` calls what it is given. The default begins anew each time; a
    /// provider that keeps the state of an HMAC with that key does half of the work.
    ///
    /// # Errors
    /// [`CryptoError`] of the provider, or what `work` answers.
    fn hkdf_expand_several(
        &mut self,
        algorithm: HashAlgorithm,
        secret: &[u8],
        work: &mut dyn FnMut(Expand<'_>) -> Result<(), CryptoError>,
    ) -> Result<(), CryptoError> {
        work(&mut |info, out| self.hkdf_expand(algorithm, secret, info, out))
    }

    /// Expands the key of a suite's AEAD; `key` has [`aead_key_len`](super::aead_key_len) bytes.
    ///
    /// # Errors
    /// [`CryptoError`] of the provider.
    fn aead_key(&mut self, suite: CipherSuite, key: &[u8]) -> Result<Self::AeadKey, CryptoError>;

    /// Encrypts all but the last [`TAG`](super::TAG) bytes of `record` where they lie; the tag takes those last bytes.
    ///
    /// # Errors
    /// [`CryptoError`] of the provider.
    fn seal(
        &mut self,
        key: &Self::AeadKey,
        nonce: &[u8; NONCE],
        additional_data: &[u8],
        record: &mut [u8],
    ) -> Result<(), CryptoError>;

    /// Decrypts all but the last [`TAG`](super::TAG) bytes of `record` where they lie, if those last bytes are their tag.
    ///
    /// # Errors
    /// [`CryptoError::InvalidInput`] if the tag does not match or is not there; nothing of `record` may be used then.
    fn open(
        &mut self,
        key: &Self::AeadKey,
        nonce: &[u8; NONCE],
        additional_data: &[u8],
        record: &mut [u8],
    ) -> Result<(), CryptoError>;

    /// Begins a key exchange as the client: makes a secret in its slot, writes the public value as it goes into a
    /// `KeyShareEntry`, returns that value's length. `public` has [`MAX_PUBLIC_VALUE`](super::MAX_PUBLIC_VALUE) bytes.
    ///
    /// A secret of X25519MLKEM768 ends an exchange of X25519 as well, with the end of the same public value, where the
    /// provider has both groups: a client may send shares of both.
    ///
    /// # Errors
    /// [`CryptoError::Unsupported`] for a group not in [`Provider::GROUPS`], else the provider's.
    fn kx_start(
        &mut self,
        group: NamedGroup,
        secret: &mut Self::KxSecret,
        public: &mut [u8],
    ) -> Result<usize, CryptoError>;

    /// Ends a key exchange as the client. The slot is wiped, whatever the result.
    ///
    /// # Errors
    /// [`CryptoError::InvalidInput`] for a public value that is not valid or a result that is all zero
    /// (RFC 8446, section 7.4.2), else the provider's.
    fn kx_finish(
        &mut self,
        group: NamedGroup,
        secret: &mut Self::KxSecret,
        peer_public: &[u8],
        shared: &mut Secret<MAX_SHARED_SECRET>,
    ) -> Result<(), CryptoError>;

    /// A whole key exchange as the server: from the client's public value to our public value (its length is
    /// returned) and the shared secret. `public` has [`MAX_PUBLIC_VALUE`](super::MAX_PUBLIC_VALUE) bytes.
    ///
    /// # Errors
    /// As [`Provider::kx_start`] and [`Provider::kx_finish`].
    fn kx_respond(
        &mut self,
        group: NamedGroup,
        peer_public: &[u8],
        public: &mut [u8],
        shared: &mut Secret<MAX_SHARED_SECRET>,
    ) -> Result<usize, CryptoError>;

    /// Told of each secret that a key log records, when it is derived. The default keeps it to itself: only a
    /// provider made for debugging does anything here.
    fn on_secret(&mut self, _label: SecretLabel, _client_random: &[u8; 32], _secret: &[u8]) {}

    /// Told of each message of the handshake, with its length in bytes, header included: when it begins to leave, or
    /// when all of it has come. For looking on; the default does nothing.
    fn on_message(&mut self, _direction: Direction, _kind: HandshakeType, _length: usize) {}
}
