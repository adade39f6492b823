//! What a client says in answer to a request.

use core::borrow::Borrow as _;

use crate::config::{Identities, IdentityId};
use crate::crypto::{HashAlgorithm, Provider};
use crate::engine::{Context, Hashing, Peer, Sent, signature_input};
use crate::error::{Error, Internal, LimitExceeded};
use crate::schedule::{finished_key, verify_data};
use crate::secret::Secret;
use crate::wire::Writer;
use crate::wire::certificate::{Certificate, CertificateVerify};
use crate::wire::certificate_request::CertificateRequest;
use crate::wire::{HANDSHAKE_HEADER, encode_finished};

impl<P: Provider> Context<'_, P> {
    /// Keeps a request, and begins its transcript: that of the handshake with the request behind it.
    pub(super) fn keep_late_request(&mut self, message: &[u8]) -> Result<(), Error> {
        let kept = self.late_transcript.as_deref().and_then(Option::as_ref);
        self.space.transcript = kept.map(|transcript| transcript.borrow().clone());
        self.space.late_request.clear();
        let kept = self.space.late_request.extend_from_slice(message);
        kept.map_err(|_| LimitExceeded::HandshakeMessage { length: message.len().into() })?;
        self.space.identity = None;
        self.space.hash(self.provider, message)
    }

    /// Puts what is to be signed into the handshake space, if certificates are shown: the transcript with a Certificate that
    /// has not left yet, since nothing may come between it and its proof.
    pub(super) fn prepare_late_signature(&mut self, identities: &dyn Identities) -> Result<bool, Error> {
        let shown = self.late_shown(identities);
        if !shown.is_there() {
            self.space.identity = None;
            return Ok(false);
        }
        let mut done = 0_usize;
        loop {
            let mut piece = [0; 128];
            let mut writer = Writer::new(&mut piece, done);
            shown.encode(&self.space.late_request, &mut writer);
            let (written, total) = (writer.written(), writer.total());
            self.space.hash(self.provider, piece.get(..written).unwrap_or_default())?;
            done = done.saturating_add(written);
            if done >= total {
                break;
            }
        }
        let transcript = self.transcript()?;
        self.space.signature_input = signature_input(Peer::Client, &transcript);
        Ok(true)
    }

    const fn late_shown<'i>(&self, identities: &'i dyn Identities) -> Shown<'i> {
        Shown {
            identities,
            identity: match self.space.identity {
                Some((identity, _)) => Some(identity),
                None => None,
            },
            #[cfg(feature = "raw-public-keys")]
            agreed: self.negotiated.client_certificate,
        }
    }

    pub(super) fn send_late_certificate(
        &mut self,
        cursor: &mut usize,
        identities: &dyn Identities,
    ) -> Result<Sent, Error> {
        let shown = self.late_shown(identities);
        // One that is proved was hashed for the signature.
        let hashing = if shown.identity.is_some() { Hashing::Later } else { Hashing::Now };
        self.send_from_space(cursor, hashing, &|space, writer| shown.encode(&space.late_request, writer))
    }

    pub(super) fn send_late_verify(&mut self, cursor: &mut usize) -> Result<Sent, Error> {
        let (_, scheme) = self.space.identity.ok_or(Internal::State)?;
        self.send_from_space(cursor, Hashing::Now, &|space, writer| {
            CertificateVerify { scheme, signature: &space.signature }.encode(writer);
        })
    }

    /// Under the secret of our present keys (RFC 8446, section 4.4).
    pub(super) fn send_late_finished(&mut self, cursor: &mut usize) -> Result<Sent, Error> {
        if *cursor == 0 {
            let transcript = self.transcript()?;
            let suite = self.suite()?;
            let (mut key, mut made) = (Secret::empty(), Secret::empty());
            let base = self.channel.write.traffic_secret();
            finished_key(self.provider, HashAlgorithm::of(suite), base, &mut key)?;
            verify_data(self.provider, suite, &key, &transcript, &mut made)?;
            self.space.verify_data.take_from(&mut made);
        }
        self.send_from_space(cursor, Hashing::Now, &|space, writer| {
            encode_finished(writer, space.verify_data.as_bytes());
        })
    }
}

/// What the client shows.
struct Shown<'a> {
    identities: &'a dyn Identities,
    identity: Option<IdentityId>,
    #[cfg(feature = "raw-public-keys")]
    agreed: crate::config::CertificateType,
}

impl Shown<'_> {
    /// A Certificate in answer to this request.
    fn encode(&self, request: &[u8], writer: &mut Writer<'_>) {
        Certificate::encode_with_context(writer, late_context(request), &|each| self.tell(each));
    }

    /// Whether there is anything to show. An identity without certificates is none: there is no key to prove.
    fn is_there(&self) -> bool {
        let mut shown = 0_usize;
        self.tell(&mut |_| shown = shown.saturating_add(1));
        shown > 0
    }

    fn tell(&self, each: &mut dyn FnMut(&[u8])) {
        let Some(identity) = self.identity else { return };
        #[cfg(not(feature = "raw-public-keys"))]
        self.identities.for_each_certificate(identity, each);
        #[cfg(feature = "raw-public-keys")]
        self.agreed.tell(self.identities, identity, each);
    }
}

/// What an answer repeats of its request.
fn late_context(message: &[u8]) -> &[u8] {
    let body = message.get(HANDSHAKE_HEADER..).unwrap_or_default();
    CertificateRequest::parse(body).map(|request| request.context).unwrap_or_default()
}
