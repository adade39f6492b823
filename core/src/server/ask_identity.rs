//! Asks the application which certificates to show. The ClientHello is still there to look at.

use super::{SendServerHello, State};
use crate::config::Identities;
use crate::crypto::Provider;
use crate::engine::Context;
use crate::error::{Error, Refused};
use crate::negotiation::selection::has_certificate;
use crate::record::incoming::RecordBoundary;

#[derive(Debug)]
pub struct AskIdentity {
    /// The client's hello ended its record.
    boundary: RecordBoundary,
}

impl AskIdentity {
    pub(super) const fn new(boundary: RecordBoundary) -> Self {
        Self { boundary }
    }

    /// The identity is in the handshake space.
    pub(super) fn on_chosen<P: Provider>(
        self,
        identities: &dyn Identities,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        if !context.space.identity.is_some_and(|(identity, _)| has_certificate(identities, identity)) {
            return Err(Refused::Identity.into());
        }
        let Context { provider, space, .. } = context;
        provider.fill_random(&mut space.server_random)?;
        context.negotiated.signature_scheme = space.identity.map(|(_, scheme)| scheme);
        Ok(State::SendServerHello(SendServerHello::new(self.boundary)))
    }
}
