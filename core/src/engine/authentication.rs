//! CertificateVerify's input and Finished (RFC 8446, sections 4.4.3 and 4.4.4).

use heapless::Vec;
use subtle::ConstantTimeEq;

use super::space::SIGNATURE_INPUT;
use super::{Context, Hashing, Peer, Sent};
use crate::crypto::{Digest, MAX_DIGEST, Provider};
use crate::error::{Error, Internal, PeerMisbehaved};
use crate::schedule::verify_data;
use crate::secret::Secret;
use crate::wire::certificate::CertificateVerify;
use crate::wire::encode_finished;

/// What a CertificateVerify of this end signs.
pub(crate) fn signature_input(signer: Peer, transcript: &Digest) -> Vec<u8, SIGNATURE_INPUT> {
    let label: &[u8] = match signer {
        Peer::Server => b"TLS 1.3, server CertificateVerify\0",
        Peer::Client => b"TLS 1.3, client CertificateVerify\0",
    };
    let mut input = Vec::new();
    for part in [&[b' '; 64], label, transcript.as_bytes()] {
        // There is room for all; collecting would have a path that panics.
        let _ = input.extend_from_slice(part);
    }
    input
}

impl<P: Provider> Context<'_, P> {
    /// Sends the CertificateVerify with the signature in the handshake space, from `cursor` on.
    pub(crate) fn send_certificate_verify(&mut self, cursor: &mut usize) -> Result<Sent, Error> {
        let (_, scheme) = self.space.identity.ok_or(Internal::State)?;
        self.send_from_space(cursor, Hashing::Now, &|space, writer| {
            CertificateVerify { scheme, signature: &space.signature }.encode(writer);
        })
    }

    /// Sends our Finished over the transcript without it, from `cursor` on.
    pub(crate) fn send_finished(&mut self, cursor: &mut usize, own: Peer) -> Result<Sent, Error> {
        if *cursor == 0 {
            let mut made = Secret::empty();
            self.make_verify_data(own, &mut made)?;
            self.space.verify_data.take_from(&mut made);
        }
        self.send_from_space(cursor, Hashing::Now, &|space, writer| {
            encode_finished(writer, space.verify_data.as_bytes());
        })
    }

    fn make_verify_data(&mut self, owner: Peer, out: &mut Secret<MAX_DIGEST>) -> Result<(), Error> {
        let transcript = self.transcript()?;
        let suite = self.suite()?;
        let Self { provider, space, .. } = self;
        Ok(verify_data(*provider, suite, owner.handshake_slot(space), &transcript, out)?)
    }

    /// Checks the peer's Finished over the transcript so far, in constant time.
    pub(crate) fn check_finished(&mut self, owner: Peer, body: &[u8]) -> Result<(), Error> {
        let mut expected = Secret::empty();
        self.make_verify_data(owner, &mut expected)?;
        // One of another length is as wrong as any.
        if bool::from(body.ct_eq(expected.as_bytes())) {
            Ok(())
        } else {
            Err(PeerMisbehaved::BadFinished.into())
        }
    }
}
