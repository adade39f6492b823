//! Asks the application which certificates to show. The ClientHello is still there to look at.

use super::{SendServerHello, State};
use crate::config::Identities;
use crate::crypto::Provider;
use crate::engine::Context;
#[cfg(feature = "raw-public-keys")]
use crate::error::PeerIncompatible;
use crate::error::{Error, Refused};
#[cfg(feature = "raw-public-keys")]
use crate::negotiation::certificate_types::has_something;
#[cfg(not(feature = "raw-public-keys"))]
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
        #[cfg(feature = "raw-public-keys")]
        let agreed = context.negotiated.server_certificate;
        #[cfg(feature = "raw-public-keys")]
        if !context.common.own_certificates.has(agreed) {
            return Err(PeerIncompatible::CertificateType.into());
        }
        #[cfg(feature = "raw-public-keys")]
        let is_there = |id| has_something(identities, id, agreed);
        #[cfg(not(feature = "raw-public-keys"))]
        let is_there = |id| has_certificate(identities, id);
        if !context.space.identity.is_some_and(|(identity, _)| is_there(identity)) {
            return Err(Refused::Identity.into());
        }
        let Context { provider, space, .. } = context;
        provider.fill_random(&mut space.server_random)?;
        context.negotiated.signature_scheme = space.identity.map(|(_, scheme)| scheme);
        Ok(State::SendServerHello(SendServerHello::new(self.boundary)))
    }
}
