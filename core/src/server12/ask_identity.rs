//! Asks the application which certificates to show. The ClientHello is still there to look at.

use super::{SendServerHello, State};
use crate::config::Identities;
use crate::crypto::Provider;
use crate::engine::Context;
use crate::error::{Error, Internal, PeerIncompatible, Refused};
use crate::negotiation::{key_exchange, selection};
use crate::wire::server_hello::DOWNGRADE_TO_TLS12;

#[derive(Debug)]
pub struct AskIdentity {
    formats: PointFormats,
}

/// Whether the client lists its formats of points, so that the server may list its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PointFormats {
    Unlisted,
    Listed,
}

impl AskIdentity {
    pub(super) const fn new(formats: PointFormats) -> Self {
        Self { formats }
    }

    /// The identity is in the handshake space; the suite follows from how it signs.
    pub(super) fn on_chosen<P: Provider>(
        self,
        identities: &dyn Identities,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        let (identity, scheme) = context.space.identity.ok_or(Internal::State)?;
        if !selection::has_certificate(identities, identity) {
            return Err(Refused::Identity.into());
        }
        let suite = context.space.tls12.suite_for(scheme).ok_or(PeerIncompatible::CipherSuite)?;
        context.negotiated.cipher_suite = Some(suite);
        context.negotiated.signature_scheme = Some(scheme);
        context.space.settle_transcript(suite);
        context.provider.fill_random(&mut context.space.server_random)?;
        if context.common.versions.has_tls13() && !context.tls12.is_bound() {
            let end = context.space.server_random.last_chunk_mut().ok_or(Internal::State)?;
            *end = DOWNGRADE_TO_TLS12;
        }
        key_exchange::begin(context.negotiated.group.ok_or(Internal::State)?, context)?;
        Ok(State::SendServerHello(SendServerHello::new(self.formats)))
    }
}
