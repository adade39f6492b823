//! Asks the application which certificates to show, if any. The CertificateRequest is still there to look at.

use super::{State, WaitCertificate};
use crate::config::Identities;
use crate::crypto::Provider;
use crate::engine::Context;
#[cfg(feature = "raw-public-keys")]
use crate::negotiation::certificate_types::has_something;
#[cfg(not(feature = "raw-public-keys"))]
use crate::negotiation::selection::has_certificate;
use crate::schedule::HandshakeSecrets;

#[derive(Debug)]
pub struct AskIdentity {
    secrets: HandshakeSecrets,
}

impl AskIdentity {
    pub(super) const fn new(secrets: HandshakeSecrets) -> Self {
        Self { secrets }
    }

    /// The identity is in the handshake space, if there is one. One without certificates is none: there is no key to prove.
    pub(super) fn on_chosen<P: Provider>(
        self,
        identities: &dyn Identities,
        context: &mut Context<'_, P>,
    ) -> State {
        #[cfg(not(feature = "raw-public-keys"))]
        let is_there = |id| has_certificate(identities, id);
        #[cfg(feature = "raw-public-keys")]
        let agreed = context.negotiated.client_certificate;
        #[cfg(feature = "raw-public-keys")]
        let is_there =
            |id| context.common.own_certificates.has(agreed) && has_something(identities, id, agreed);
        context.space.identity = context.space.identity.filter(|(id, _)| is_there(*id));
        State::WaitCertificate(WaitCertificate::new(self.secrets))
    }
}
