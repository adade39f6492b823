//! Finished, and what binds handshakes to one another.

use subtle::ConstantTimeEq;

use crate::crypto::{CertificateDigest, Digest, HashAlgorithm, Provider};
use crate::engine::{Context, Hashing, Peer, Sent};
use crate::error::{Error, Internal, PeerMisbehaved};
use crate::schedule12::{Finisher, VERIFY_DATA, verify_data};
use crate::wire::encode_finished;
use crate::wire::enums::SignatureScheme;

impl<P: Provider> Context<'_, P> {
    /// Sends our Finished over the transcript without it, from `cursor` on.
    pub(crate) fn send_tls12_finished(&mut self, cursor: &mut usize, own: Peer) -> Result<Sent, Error> {
        if *cursor == 0 {
            let made = self.make_tls12_verify_data(own)?;
            self.past.keep_tls12(|tls12| *tls12.verify_data_mut(own) = made.into());
        }
        let made = self.past.verify_data(own);
        self.send_message(cursor, Hashing::Now, &|writer| encode_finished(writer, &made))
    }

    /// Checks the peer's Finished over the transcript so far, in constant time; it binds the next handshake to this one.
    pub(crate) fn check_tls12_finished(&mut self, peer: Peer, body: &[u8]) -> Result<(), Error> {
        let expected = self.make_tls12_verify_data(peer)?;
        // One of another length is as wrong as any.
        if !bool::from(body.ct_eq(&expected)) {
            return Err(PeerMisbehaved::BadFinished.into());
        }
        self.past.keep_tls12(|tls12| *tls12.verify_data_mut(peer) = expected.into());
        Ok(())
    }

    fn make_tls12_verify_data(&mut self, owner: Peer) -> Result<[u8; VERIFY_DATA], Error> {
        let transcript = self.transcript()?;
        let algorithm = HashAlgorithm::of(self.cipher()?);
        let Self { provider, space, .. } = self;
        let label = match owner {
            Peer::Client => Finisher::Client,
            Peer::Server => Finisher::Server,
        };
        let mut made = [0; VERIFY_DATA];
        verify_data(*provider, algorithm, &space.tls12.session.master, (label, &transcript), &mut made)?;
        Ok(made)
    }

    /// Puts what a client signs into the handshake space: the transcript by the hash of the scheme (RFC 5246,
    /// section 7.4.8).
    pub(crate) fn put_digest_to_sign(&mut self, scheme: SignatureScheme) -> Result<(), Error> {
        let digest = self.transcript_for(scheme)?;
        let input = heapless::Vec::from_slice(digest.as_bytes()).map_err(|_| Internal::State)?;
        self.space.signature_input = input;
        Ok(())
    }

    /// The transcript so far, by the hash of a scheme.
    pub(crate) fn transcript_for(&mut self, scheme: SignatureScheme) -> Result<Digest, Error> {
        let suite = self.suite()?;
        let Self { provider, space, .. } = self;
        space.transcript_for(*provider, suite, scheme)
    }

    /// The `renegotiated_connection` of a ServerHello: what both ends said at the end of the last handshake, nothing in a
    /// first one (RFC 5746, section 3.2).
    pub(crate) fn renegotiated_connection(&self) -> heapless::Vec<u8, { 2 * VERIFY_DATA }> {
        // There is room for both. Collecting would have a path that panics.
        let mut both = heapless::Vec::new();
        let _ = both.extend_from_slice(&self.past.verify_data(Peer::Client));
        let _ = both.extend_from_slice(&self.past.verify_data(Peer::Server));
        both
    }

    /// The certificate that the peer shows now, if it shows one. In a renegotiation it is the one of before, unless the
    /// configuration lets it change: who was authenticated once must not become somebody else unseen.
    pub(crate) fn check_peer_certificate(&mut self, leaf: Option<&[u8]>) -> Result<(), Error> {
        let shown = leaf.map_or(Ok(CertificateDigest::NONE), |leaf| self.digest_of(leaf))?;
        self.space.tls12.peer_certificate = shown;
        let before = *self.peer_certificate;
        let may_change = self.common.renegotiation.new_identity == crate::config::Permission::Granted;
        let same = before.as_bytes() == shown.as_bytes();
        // A client that was nobody yet may become somebody: that is what a server asks again for.
        if !self.past.is_bound() || before.is_empty() || same || may_change {
            return Ok(());
        }
        Err(PeerMisbehaved::ChangedIdentity.into())
    }

    /// By the same hash in every handshake, one that the provider has.
    fn digest_of(&mut self, bytes: &[u8]) -> Result<CertificateDigest, Error> {
        let suite = P::SUITES.first().ok_or(Internal::Configuration)?;
        let mut hash = self.provider.hash_start(HashAlgorithm::of(*suite))?;
        self.provider.hash_update(&mut hash, bytes)?;
        Ok(CertificateDigest::new(self.provider.hash_digest(&hash)?.as_bytes()))
    }
}
