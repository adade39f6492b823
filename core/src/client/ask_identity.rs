//! Asks the application which certificates to show, if any. The CertificateRequest is still there to look at.

use super::{State, WaitCertificate};
use crate::config::Identities;
use crate::crypto::Provider;
use crate::engine::Context;
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
        context.space.identity = context.space.identity.filter(|(id, _)| has_certificate(identities, *id));
        State::WaitCertificate(WaitCertificate::new(self.secrets))
    }
}
