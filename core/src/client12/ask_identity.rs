//! Asks the application which certificates to show, if any. The CertificateRequest is still there to look at.

use super::ticket::Ticket;
use super::{State, WaitServerHelloDone};
use crate::config::Identities;
use crate::crypto::Provider;
use crate::engine::{Context, Peer};
use crate::negotiation::certificate12;

#[derive(Debug)]
pub struct AskIdentity {
    ticket: Ticket,
}

impl AskIdentity {
    pub(super) const fn new(ticket: Ticket) -> Self {
        Self { ticket }
    }

    /// The identity is in the handshake space, if there is one. One without certificates is none: there is no key to prove.
    pub(super) fn on_chosen<P: Provider>(
        self,
        identities: &dyn Identities,
        context: &mut Context<'_, P>,
    ) -> State {
        let chosen = context.space.identity;
        let is_there = |id| certificate12::is_there(Peer::Client, identities, id, context);
        context.space.identity = chosen.filter(|(id, _)| is_there(*id));
        State::WaitServerHelloDone(WaitServerHelloDone::new(self.ticket))
    }
}
