//! What only a handshake of TLS 1.2 needs.

use super::session::SessionSlots;
#[cfg(feature = "tls12-sha512")]
use crate::crypto::CryptoError;
use crate::crypto::{CertificateDigest, Digest, HashAlgorithm, Provider};
use crate::engine::HandshakeSpace;
use crate::error::{Error, Internal, PeerMisbehaved};
use crate::schedule12::KEY_BLOCK;
use crate::secret::Secret;
use crate::wire::enums::{CipherSuite, SignatureScheme};

/// The slots of a handshake space that are TLS 1.2's.
#[derive(Debug)]
pub(crate) struct Tls12Space<H> {
    /// The keys that the next change_cipher_spec of each direction puts in force.
    pub(crate) key_block: Secret<KEY_BLOCK>,
    /// The transcript by the other hash, while it is not known which one counts.
    pub(crate) other_transcript: Option<H>,
    /// The transcript by SHA-512, as long as somebody may sign by it.
    #[cfg(feature = "tls12-sha512")]
    pub(crate) sha512_transcript: Option<H>,
    /// The suites that a server may choose: with ECDSA, with RSA.
    pub(crate) suites: [Option<CipherSuite>; 2],
    pub(crate) session: SessionSlots,
    /// A digest of the certificate that the peer showed in this handshake, or in the one that its session is of. Who it is,
    /// it has proved when the handshake is done.
    pub(crate) peer_certificate: CertificateDigest,
    /// What a renegotiation settled about the sizes of records, sent and received: it holds under the new keys.
    pub(crate) sizes: Option<Sizes>,
}

/// Bytes of content that records may have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sizes {
    pub(crate) send: usize,
    pub(crate) receive: usize,
}

impl<H> Tls12Space<H> {
    pub(crate) const fn new() -> Self {
        Self {
            key_block: Secret::empty(),
            other_transcript: None,
            #[cfg(feature = "tls12-sha512")]
            sha512_transcript: None,
            suites: [None; 2],
            session: SessionSlots::new(),
            peer_certificate: CertificateDigest::NONE,
            sizes: None,
        }
    }

    pub(crate) fn wipe(&mut self) {
        self.key_block.wipe();
        self.drop_other_transcripts();
        self.suites = [None; 2];
        self.session.forget();
        self.peer_certificate = CertificateDigest::NONE;
        self.sizes = None;
    }

    fn drop_other_transcripts(&mut self) {
        self.other_transcript = None;
        #[cfg(feature = "tls12-sha512")]
        {
            self.sha512_transcript = None;
        }
    }
}

/// The hashes that a handshake is hashed by while somebody may sign it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SignedHashes {
    suites: &'static [CipherSuite],
    #[cfg(feature = "tls12-sha512")]
    sha512: Option<()>,
}

impl SignedHashes {
    /// Whether the handshake can be signed by a scheme of this hash.
    pub(crate) fn has(self, algorithm: HashAlgorithm) -> bool {
        #[cfg(feature = "tls12-sha512")]
        if algorithm == HashAlgorithm::Sha512 {
            return self.sha512.is_some();
        }
        self.suites.iter().any(|suite| HashAlgorithm::of(*suite) == algorithm)
    }
}

impl<P: Provider> HandshakeSpace<P> {
    /// Makes room for another handshake of the same connection: all is wiped but the name of the peer.
    pub(crate) fn begin_anew(&mut self) {
        let name = core::mem::take(&mut self.server_name);
        self.wipe();
        self.server_name = name;
    }

    /// The id under which the server keeps this session, if it does.
    pub(crate) fn keep_session_id(&mut self, id: &[u8]) -> Result<(), Error> {
        self.session_id.clear();
        Ok(self.session_id.extend_from_slice(id).map_err(|_| Internal::State)?)
    }

    /// Begins the transcript by both hashes, as far as the provider's suites have them: a server learns which one counts
    /// after it has the ClientHello, and a client signs with the one that its key goes with.
    pub(crate) fn start_transcripts(&mut self, provider: &mut P) -> Result<(), Error> {
        let mut start = |algorithm| {
            let is_used = P::SUITES.iter().any(|suite| HashAlgorithm::of(*suite) == algorithm);
            is_used.then(|| provider.hash_start(algorithm)).transpose()
        };
        let (sha256, sha384) = (start(HashAlgorithm::Sha256)?, start(HashAlgorithm::Sha384)?);
        (self.transcript, self.tls12.other_transcript) =
            if sha256.is_none() { (sha384, None) } else { (sha256, sha384) };
        #[cfg(feature = "tls12-sha512")]
        {
            self.tls12.sha512_transcript = match provider.hash_start(HashAlgorithm::Sha512) {
                Err(CryptoError::Unsupported) => None,
                started => Some(started?),
            };
        }
        Ok(())
    }

    /// What the handshake is hashed by.
    pub(crate) const fn signed_hashes(&self) -> SignedHashes {
        SignedHashes {
            suites: P::SUITES,
            #[cfg(feature = "tls12-sha512")]
            sha512: if self.tls12.sha512_transcript.is_some() { Some(()) } else { None },
        }
    }

    /// Which of both transcripts counts, now that the suite is chosen.
    pub(crate) fn settle_transcript(&mut self, suite: CipherSuite) {
        let there_are_both = self.tls12.other_transcript.is_some();
        if there_are_both && HashAlgorithm::of(suite) == HashAlgorithm::Sha384 {
            core::mem::swap(&mut self.transcript, &mut self.tls12.other_transcript);
        }
    }

    /// Nobody signs the transcript: the hash of the suite is enough.
    pub(crate) fn drop_other_transcripts(&mut self) {
        self.tls12.drop_other_transcripts();
    }

    /// The transcript by the hash that a scheme of signatures goes with.
    pub(crate) fn transcript_for(
        &mut self,
        provider: &mut P,
        suite: CipherSuite,
        scheme: SignatureScheme,
    ) -> Result<Digest, Error> {
        let wanted = HashAlgorithm::of_scheme(scheme).ok_or(Internal::State)?;
        if wanted == HashAlgorithm::of(suite) {
            return self.transcript_digest(provider);
        }
        let other = match wanted {
            HashAlgorithm::Sha256 | HashAlgorithm::Sha384 => &self.tls12.other_transcript,
            #[cfg(feature = "tls12-sha512")]
            HashAlgorithm::Sha512 => &self.tls12.sha512_transcript,
        };
        // A scheme that was not asked for.
        let other = other.as_ref().ok_or(PeerMisbehaved::BadSignatureScheme)?;
        Ok(provider.hash_digest(other)?)
    }
}
