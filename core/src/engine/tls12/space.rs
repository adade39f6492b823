//! What only a handshake of TLS 1.2 needs.

use crate::crypto::{HashAlgorithm, Provider};
use crate::engine::HandshakeSpace;
use crate::error::Error;
use crate::schedule12::{KEY_BLOCK, MASTER_SECRET};
use crate::secret::Secret;
use crate::wire::enums::CipherSuite;

/// The slots of a handshake space that are TLS 1.2's.
#[derive(Debug)]
pub(crate) struct Tls12Space<H> {
    /// The master secret.
    pub(crate) master: Secret<MASTER_SECRET>,
    /// The keys that the next change_cipher_spec of each direction puts in force.
    pub(crate) key_block: Secret<KEY_BLOCK>,
    /// The transcript by the other hash, while it is not known which one counts.
    pub(crate) other_transcript: Option<H>,
    /// The suites that a server may choose: with ECDSA, with RSA.
    pub(crate) suites: [Option<CipherSuite>; 2],
}

impl<H> Tls12Space<H> {
    pub(crate) const fn new() -> Self {
        Self {
            master: Secret::empty(),
            key_block: Secret::empty(),
            other_transcript: None,
            suites: [None; 2],
        }
    }

    pub(crate) fn wipe(&mut self) {
        self.master.wipe();
        self.key_block.wipe();
        self.other_transcript = None;
        self.suites = [None; 2];
    }
}

impl<P: Provider> HandshakeSpace<P> {
    /// Makes room for another handshake of the same connection: all is wiped but the name of the peer.
    pub(crate) fn begin_anew(&mut self) {
        let name = core::mem::take(&mut self.server_name);
        self.wipe();
        self.server_name = name;
    }

    /// Begins the transcript by both hashes, as far as the provider's suites have them: a server learns which one counts
    /// after it has the ClientHello.
    pub(crate) fn start_both_transcripts(&mut self, provider: &mut P) -> Result<(), Error> {
        let mut start = |algorithm| {
            let is_used = P::SUITES.iter().any(|suite| HashAlgorithm::of(*suite) == algorithm);
            is_used.then(|| provider.hash_start(algorithm)).transpose()
        };
        let (sha256, sha384) = (start(HashAlgorithm::Sha256)?, start(HashAlgorithm::Sha384)?);
        (self.transcript, self.tls12.other_transcript) =
            if sha256.is_none() { (sha384, None) } else { (sha256, sha384) };
        Ok(())
    }

    /// Goes on with the transcript by the hash of this suite alone.
    pub(crate) fn settle_transcript(&mut self, suite: CipherSuite) {
        let sha384 = self.tls12.other_transcript.take();
        if sha384.is_some() && HashAlgorithm::of(suite) == HashAlgorithm::Sha384 {
            self.transcript = sha384;
        }
    }
}
