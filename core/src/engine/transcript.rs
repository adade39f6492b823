//! The transcript hash (RFC 8446, section 4.4.1).

use super::HandshakeSpace;
use crate::crypto::{Digest, HashAlgorithm, Provider};
use crate::error::{Error, Internal};
use crate::wire::enums::{CipherSuite, HandshakeType};

impl<P: Provider> HandshakeSpace<P> {
    /// Begins a transcript with the hash of a suite.
    pub(crate) fn start_transcript(&mut self, provider: &mut P, suite: CipherSuite) -> Result<(), Error> {
        self.transcript = Some(provider.hash_start(HashAlgorithm::of(suite))?);
        Ok(())
    }

    /// The hash that a client's first hello is hashed with while it leaves: that of the key that it offers first, or of the
    /// suite that it likes best.
    pub(crate) fn expected_hash(&self) -> Option<HashAlgorithm> {
        #[cfg(feature = "psk")]
        if let Some(slot) = self.psk.offered().next() {
            return Some(slot.algorithm);
        }
        self.cipher_suites.first().map(|suite| HashAlgorithm::of(*suite))
    }

    /// Adds bytes of a message.
    pub(crate) fn hash(&mut self, provider: &mut P, bytes: &[u8]) -> Result<(), Error> {
        let transcript = self.transcript.as_mut().ok_or(Internal::State)?;
        provider.hash_update(transcript, bytes)?;
        #[cfg(feature = "tls12")]
        if let Some(other) = &mut self.tls12.other_transcript {
            provider.hash_update(other, bytes)?;
        }
        #[cfg(feature = "tls12-sha512")]
        if let Some(sha512) = &mut self.tls12.sha512_transcript {
            provider.hash_update(sha512, bytes)?;
        }
        Ok(())
    }

    /// The hash of all messages so far.
    pub(crate) fn transcript_digest(&mut self, provider: &mut P) -> Result<Digest, Error> {
        let transcript = self.transcript.as_ref().ok_or(Internal::State)?;
        Ok(provider.hash_digest(transcript)?)
    }

    /// Replaces the first ClientHello by a message that holds its hash, before a HelloRetryRequest is added.
    pub(crate) fn fold_first_hello(&mut self, provider: &mut P, suite: CipherSuite) -> Result<(), Error> {
        let digest = self.transcript_digest(provider)?;
        self.start_transcript(provider, suite)?;
        self.hash_folded(provider, &digest)
    }

    /// Adds the message that stands for a first ClientHello with this hash.
    pub(crate) fn hash_folded(&mut self, provider: &mut P, digest: &Digest) -> Result<(), Error> {
        let length = u8::try_from(digest.as_bytes().len()).map_err(|_| Internal::State)?;
        self.hash(provider, &[HandshakeType::MESSAGE_HASH.0, 0, 0, length])?;
        self.hash(provider, digest.as_bytes())
    }
}
