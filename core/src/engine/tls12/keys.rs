//! The secrets of TLS 1.2, and when they come into force (RFC 5246, sections 6.3, 7.1 and 8.1).

use super::space::Sizes;
use crate::crypto::{HashAlgorithm, Provider, SecretLabel, aead_key_len};
use crate::engine::{Channel, Context, Peer, Sent};
use crate::error::{Error, Internal};
use crate::limits;
use crate::record::incoming::RecordBoundary;
use crate::record::protection::iv_len;
use crate::schedule12::{self, KEY_BLOCK, Randoms};
use crate::secret::Secret;
use crate::wire::enums::{CipherSuite, ContentType};

/// Says that the master secret and the key block are in their slots.
#[derive(Debug)]
pub(crate) struct MasterSecret(());

impl<P: Provider> Context<'_, P> {
    /// The suite of TLS 1.3 with the AEAD and the hash of the one chosen.
    pub(crate) fn cipher(&self) -> Result<CipherSuite, Error> {
        let (_, cipher) = self.suite()?.tls12_parts().ok_or(Internal::State)?;
        Ok(cipher)
    }

    /// From the shared secret, which is wiped, and the transcript up to the ClientKeyExchange to the keys
    /// (RFC 7627, section 4).
    pub(crate) fn derive_master_secret(&mut self) -> Result<MasterSecret, Error> {
        let session = self.transcript()?;
        let algorithm = HashAlgorithm::of(self.cipher()?);
        let Self { provider, space, .. } = self;
        let space = &mut **space;
        let master = &mut space.tls12.session.master;
        schedule12::extended_master_secret(*provider, algorithm, &mut space.shared, &session, master)?;
        provider.on_secret(SecretLabel::ClientRandom, &space.client_random, master.as_bytes());
        self.derive_key_block()
    }

    /// From the master secret to the keys.
    pub(super) fn derive_key_block(&mut self) -> Result<MasterSecret, Error> {
        let cipher = self.cipher()?;
        let Self { provider, space, .. } = self;
        let space = &mut **space;
        let length = aead_key_len(cipher).saturating_add(iv_len(cipher)).saturating_mul(2);
        let randoms = Randoms { client: &space.client_random, server: &space.server_random };
        let (master, block) = (&space.tls12.session.master, &mut space.tls12.key_block);
        schedule12::key_block(*provider, HashAlgorithm::of(cipher), master, randoms, block.fill(length))?;
        Ok(MasterSecret(()))
    }

    /// From here on the peer's records are protected with its keys of this handshake.
    pub(crate) fn change_read_keys(&mut self, peer: Peer, _: RecordBoundary) -> Result<(), Error> {
        let cipher = self.cipher()?;
        let keys = keys_of(peer, cipher, &self.space.tls12.key_block)?;
        if let Some(sizes) = self.space.tls12.sizes {
            self.channel.receive_limit = sizes.receive.into();
        }
        self.channel.read.install_tls12(self.incoming_key.as_deref_mut(), cipher, keys)
    }

    /// Settles the sizes of records. In a renegotiation they change with the keys (RFC 8449, section 4).
    pub(crate) fn settle_sizes(
        &mut self,
        settle: impl FnOnce(&mut Self) -> Result<(), Error>,
    ) -> Result<(), Error> {
        if !self.past.is_bound() {
            return settle(self);
        }
        let (send, receive) = (self.channel.send_limit, self.channel.receive_limit);
        (self.channel.send_limit, self.channel.receive_limit) =
            (limits::PLAINTEXT.into(), limits::PLAINTEXT.into());
        settle(self)?;
        let Channel { send_limit, receive_limit, .. } = &mut *self.channel;
        self.space.tls12.sizes = Some(Sizes { send: send_limit.get(), receive: receive_limit.get() });
        (*send_limit, *receive_limit) = (send, receive);
        Ok(())
    }

    /// Sends a change_cipher_spec; from there on our records are protected with our keys of this handshake.
    pub(crate) fn change_write_keys(&mut self, own: Peer) -> Result<Sent, Error> {
        let space = self.outgoing.content_space(1);
        let Some(byte) = space.first_mut() else { return Ok(Sent::Part) };
        *byte = 1;
        let sealer = self.channel.sealer(self.provider);
        self.outgoing.seal(sealer, ContentType::CHANGE_CIPHER_SPEC, 1)?;
        let cipher = self.cipher()?;
        let keys = keys_of(own, cipher, &self.space.tls12.key_block)?;
        self.channel.write.install_tls12(self.outgoing.key.as_deref_mut(), cipher, keys)?;
        self.outgoing.at.follow(&self.channel.write);
        if let Some(sizes) = self.space.tls12.sizes {
            self.channel.send_limit = sizes.send.into();
        }
        Ok(Sent::All)
    }

    /// The handshake is done: what outlives it leaves the handshake space.
    pub(crate) fn end_tls12_handshake(&mut self, _: MasterSecret) {
        let Self { space, exporter, past, peer_certificate, .. } = self;
        exporter.take_from(&mut space.tls12.session.master);
        space.tls12.key_block.wipe();
        space.drop_other_transcripts();
        past.keep_tls12(|tls12| {
            (tls12.client_random, tls12.server_random) = (space.client_random, space.server_random);
        });
        **peer_certificate = space.tls12.peer_certificate;
    }
}

/// Key and IV of one end. The block has both keys, then both IVs, the client's first (RFC 5246, section 6.3).
fn keys_of(peer: Peer, cipher: CipherSuite, block: &Secret<KEY_BLOCK>) -> Result<(&[u8], &[u8]), Error> {
    let (keys, ivs) = {
        let both = aead_key_len(cipher).saturating_mul(2);
        block.as_bytes().split_at_checked(both).ok_or(Internal::State)?
    };
    let (client_key, server_key) = keys.split_at_checked(aead_key_len(cipher)).ok_or(Internal::State)?;
    let (client_iv, server_iv) = ivs.split_at_checked(iv_len(cipher)).ok_or(Internal::State)?;
    Ok(match peer {
        Peer::Client => (client_key, client_iv),
        Peer::Server => (server_key, server_iv),
    })
}
