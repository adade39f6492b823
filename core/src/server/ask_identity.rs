//! Asks the application which certificates to show. The ClientHello is still there to look at.

use super::{SendServerHello, State};
use crate::crypto::Provider;
use crate::engine::Context;
use crate::error::Error;
use crate::record::incoming::RecordBoundary;

#[derive(Debug)]
pub struct AskIdentity {
    /// Whether a HelloRetryRequest came before.
    retried: bool,
    /// The client's hello ended its record.
    boundary: RecordBoundary,
}

impl AskIdentity {
    pub(super) const fn new(retried: bool, boundary: RecordBoundary) -> Self {
        Self { retried, boundary }
    }

    /// The identity is in the handshake space.
    pub(super) fn on_chosen<P: Provider>(self, context: &mut Context<'_, P>) -> Result<State, Error> {
        let Context { provider, space, .. } = context;
        provider.fill_random(&mut space.server_random)?;
        context.negotiated.signature_scheme = space.identity.map(|(_, scheme)| scheme);
        Ok(State::SendServerHello(SendServerHello::new(self.retried, self.boundary)))
    }
}
