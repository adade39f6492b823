//! The tickets of a server, and the secret that they come from.

use crate::secret::wipe_bytes;

use crate::config::{Common, Resumption};
#[cfg(feature = "client-auth")]
use crate::crypto::CertificateDigest;
use crate::crypto::{HashAlgorithm, Provider};
use crate::engine::{Context, Hashing, Sent};
use crate::error::{Error, Internal};
use crate::schedule::ticket_key;
use crate::wire::new_session_ticket::NewSessionTicket;

impl<P: Provider> Context<'_, P> {
    /// Keeps what sessions come from, if they go on; the transcript ends with the client's Finished. The handshake's secrets
    /// are wiped after this.
    pub(crate) fn keep_origin(&mut self) -> Result<(), Error> {
        if !makes_sessions(self.common) {
            return Ok(());
        }
        let transcript = self.transcript()?;
        let suite = self.suite()?;
        let Self { provider, space, past, peer_certificate, common, .. } = self;
        let origin = past.origin_mut().ok_or(Internal::State)?;
        space.schedule.derive_resumption(*provider, suite, &transcript, &mut origin.resumption)?;
        **peer_certificate = space.psk.peer_certificate;
        Ok(origin.bind(*provider, &space.server_name, &common.session_context)?)
    }

    /// Notes who the client is: its sessions are those of this certificate.
    #[cfg(feature = "client-auth")]
    pub(crate) fn keep_peer_certificate(&mut self, leaf: Option<&[u8]>) -> Result<(), Error> {
        let suite = self.suite()?;
        let Self { provider, space, .. } = self;
        let Some(leaf) = leaf else { return Ok(()) };
        let mut hash = provider.hash_start(HashAlgorithm::of(suite))?;
        provider.hash_update(&mut hash, leaf)?;
        space.psk.peer_certificate = CertificateDigest::new(provider.hash_digest(&hash)?.as_bytes());
        Ok(())
    }

    /// Makes ready what goes with the next ticket; whether the client gets one.
    pub(crate) fn prepare_ticket(&mut self) -> Result<bool, Error> {
        let suite = self.suite()?;
        let Self { provider, space, past, common, .. } = self;
        let (origin, psk) = (past.origin_mut().ok_or(Internal::State)?, &mut space.psk);
        if psk.new_ticket.left == 0 || origin.resumption.is_empty() {
            return Ok(false);
        }
        let ticket = &mut psk.new_ticket;
        ticket.left = ticket.left.saturating_sub(1);
        ticket.nonce = origin.tickets.to_be_bytes();
        origin.tickets = origin.tickets.checked_add(1).ok_or(Internal::State)?;
        let mut age_add = [0; 4];
        provider.fill_random(&mut age_add)?;
        ticket.age_add = u32::from_be_bytes(age_add);
        let key = ticket.key.fill(HashAlgorithm::of(suite).len());
        ticket_key(*provider, suite, &origin.resumption, &ticket.nonce, key)?;
        wipe_bytes(&mut psk.identities);
        psk.identities.clear();
        ticket.id.clear();
        if common.resumption == Resumption::ById {
            ticket.id = [0; 32].into();
            provider.fill_random(&mut ticket.id)?;
            let _ = psk.identities.extend_from_slice(&ticket.id);
        }
        Ok(true)
    }
}

impl<P: Provider> Context<'_, P> {
    /// Sends the ticket that is in the handshake space. It is no part of the transcript.
    pub(crate) fn send_ticket(&mut self, cursor: &mut usize) -> Result<Sent, Error> {
        #[cfg(feature = "early-data")]
        let max_early_data = Some(self.common.max_early_data).filter(|bytes| *bytes > 0);
        #[cfg(not(feature = "early-data"))]
        let max_early_data = None;
        self.send_from_space(cursor, Hashing::Later, &|space, writer| {
            let ticket = &space.psk.new_ticket;
            let message = NewSessionTicket {
                lifetime: ticket.lifetime,
                age_add: ticket.age_add,
                nonce: &ticket.nonce,
                ticket: &space.psk.identities,
                max_early_data,
            };
            message.encode(writer);
        })
    }
}

/// Whether the connections of this configuration make sessions.
pub(crate) fn makes_sessions(common: &Common) -> bool {
    common.resumption != Resumption::Off
}
