//! Asks the application which certificates to show. The ClientHello is still there to look at.

use super::{SendServerHello, State};
use crate::config::Identities;
use crate::crypto::Provider;
use crate::engine::Context;
use crate::error::{Error, Refused};
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

    /// The identity is in the handshake space. A server must show at least one certificate (RFC 8446, section 4.4.2).
    pub(super) fn on_chosen<P: Provider>(
        self,
        identities: &dyn Identities,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        let mut certificates = 0_usize;
        if let Some((identity, _)) = context.space.identity {
            identities.for_each_certificate(identity, &mut |_| certificates = certificates.saturating_add(1));
        }
        if certificates == 0 {
            return Err(Refused::Identity.into());
        }
        let Context { provider, space, .. } = context;
        provider.fill_random(&mut space.server_random)?;
        context.negotiated.signature_scheme = space.identity.map(|(_, scheme)| scheme);
        Ok(State::SendServerHello(SendServerHello::new(self.boundary)))
    }
}
