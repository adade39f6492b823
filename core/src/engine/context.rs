//! What a state works with.

#[cfg(feature = "early-data")]
use super::Early;
#[cfg(any(feature = "tls12", feature = "psk"))]
use super::Past;
use super::{Channel, HandshakeSpace, Negotiated};
use crate::config::Common;
#[cfg(any(feature = "tls12", feature = "psk"))]
use crate::crypto::CertificateDigest;
use crate::crypto::{MAX_DIGEST, Provider, SecretLabel};
use crate::error::{Error, Internal};
use crate::record::incoming::RecordBoundary;
use crate::record::outgoing::Outgoing;
use crate::record::protection::KeySlot;
use crate::schedule::ApplicationSecrets;
use crate::secret::Secret;
use crate::wire::enums::{CipherSuite, HandshakeType};

/// Everything that a state may touch while a handshake lasts.
#[derive(Debug)]
pub struct Context<'a, P: Provider> {
    pub(crate) provider: &'a mut P,
    pub(crate) space: &'a mut HandshakeSpace<P>,
    /// The transcript of the handshake, where authentication may follow it.
    #[cfg(feature = "post-handshake-auth")]
    pub(crate) late_transcript: Option<&'a mut Option<P::KeptHash>>,
    pub(crate) channel: &'a mut Channel,
    pub(crate) negotiated: &'a mut Negotiated,
    pub(crate) exporter: &'a mut Secret<MAX_DIGEST>,
    #[cfg(any(feature = "tls12", feature = "psk"))]
    pub(crate) past: &'a mut Past,
    /// The certificate that the peer showed.
    #[cfg(any(feature = "tls12", feature = "psk"))]
    pub(crate) peer_certificate: &'a mut CertificateDigest,
    #[cfg(feature = "early-data")]
    pub(crate) early: &'a mut Early,
    pub(crate) incoming_key: KeySlot<'a, P::AeadKey>,
    pub(crate) outgoing: Outgoing<'a, P::AeadKey>,
    pub(crate) common: &'a Common,
    /// Bytes of a record of ours, at most, beside the peer's limit.
    pub(crate) max_send_fragment: usize,
    /// Bytes of the first incoming buffer.
    pub(crate) first_incoming: usize,
}

/// A handshake message that was received.
#[derive(Debug)]
pub struct Message<'a> {
    pub(crate) kind: HandshakeType,
    /// Header and body.
    pub(crate) bytes: &'a [u8],
    pub(crate) body: &'a [u8],
    /// Proof that it ends its record, or the error if it does not.
    pub(crate) boundary: Result<RecordBoundary, Error>,
}

impl<P: Provider> Context<'_, P> {
    /// The suite chosen.
    pub(crate) fn suite(&self) -> Result<CipherSuite, Error> {
        Ok(self.negotiated.cipher_suite.ok_or(Internal::State)?)
    }

    /// Adds a received message to the transcript.
    pub(crate) fn hash_message(&mut self, message: &Message<'_>) -> Result<(), Error> {
        self.space.hash(self.provider, message.bytes)
    }

    /// From here on the peer's records are protected with this secret, whose slot holds the key of its Finished afterwards.
    pub(crate) fn read_with_handshake_secret(&mut self, peer: Peer, _: RecordBoundary) -> Result<(), Error> {
        let suite = self.suite()?;
        let secret = peer.handshake_slot(self.space);
        self.channel.read.install_for_handshake(
            self.provider,
            self.incoming_key.as_deref_mut(),
            suite,
            secret,
        )
    }

    /// From here on our records are protected with this secret, whose slot holds the key of its Finished afterwards.
    pub(crate) fn write_with_handshake_secret(&mut self, own: Peer) -> Result<(), Error> {
        let suite = self.suite()?;
        let secret = own.handshake_slot(self.space);
        self.channel.write.install_for_handshake(
            self.provider,
            self.outgoing.key.as_deref_mut(),
            suite,
            secret,
        )
    }

    /// From here on the peer's records are application data. The slot is empty afterwards.
    pub(crate) fn read_with_application_secret(
        &mut self,
        peer: Peer,
        _: RecordBoundary,
    ) -> Result<(), Error> {
        let suite = self.suite()?;
        let secret = peer.application_secret(self.space);
        self.channel.read.install(self.provider, self.incoming_key.as_deref_mut(), suite, secret)
    }

    /// From here on our records are application data. The slot is empty afterwards.
    pub(crate) fn write_with_application_secret(&mut self, own: Peer) -> Result<(), Error> {
        let suite = self.suite()?;
        let secret = own.application_secret(self.space);
        self.channel.write.install(self.provider, self.outgoing.key.as_deref_mut(), suite, secret)
    }

    /// Tells the provider the handshake secrets, for a key log.
    pub(crate) fn log_handshake_secrets(&mut self) {
        let Self { provider, space, .. } = self;
        let schedule = &space.schedule;
        let random = &space.client_random;
        provider.on_secret(SecretLabel::ClientHandshakeTraffic, random, schedule.client_handshake.as_bytes());
        provider.on_secret(SecretLabel::ServerHandshakeTraffic, random, schedule.server_handshake.as_bytes());
    }

    /// Tells the provider the application secrets, for a key log, and keeps the exporter's for the connection.
    pub(crate) fn keep_application_secrets(&mut self, _: &ApplicationSecrets) {
        let Self { provider, space, exporter, .. } = self;
        let schedule = &mut space.schedule;
        let random = &space.client_random;
        provider.on_secret(SecretLabel::ClientTraffic, random, schedule.client_application.as_bytes());
        provider.on_secret(SecretLabel::ServerTraffic, random, schedule.server_application.as_bytes());
        provider.on_secret(SecretLabel::Exporter, random, schedule.exporter.as_bytes());
        exporter.take_from(&mut schedule.exporter);
    }
}

/// Whose secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peer {
    Client,
    Server,
}

impl Peer {
    /// The other end.
    #[cfg(feature = "_client-certificates")]
    pub(crate) const fn other(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }

    pub(crate) fn handshake_slot<P: Provider>(
        self,
        space: &mut HandshakeSpace<P>,
    ) -> &mut Secret<MAX_DIGEST> {
        match self {
            Self::Client => &mut space.schedule.client_handshake,
            Self::Server => &mut space.schedule.server_handshake,
        }
    }

    fn application_secret<P: Provider>(self, space: &mut HandshakeSpace<P>) -> &mut Secret<MAX_DIGEST> {
        match self {
            Self::Client => &mut space.schedule.client_application,
            Self::Server => &mut space.schedule.server_application,
        }
    }
}
