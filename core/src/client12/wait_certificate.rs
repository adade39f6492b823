//! The server's certificates.

use super::ticket::Ticket;
use super::{AskVerifyPeer, State};
use crate::crypto::Provider;
use crate::engine::{Context, Message, Peer};
use crate::error::{Error, PeerMisbehaved};
use crate::negotiation::certificate12;

#[derive(Debug)]
pub struct WaitCertificate {
    ticket: Ticket,
}

impl WaitCertificate {
    pub(super) const fn new(ticket: Ticket) -> Self {
        Self { ticket }
    }

    /// The chain stays in the incoming buffer until the application has judged it.
    pub(super) fn on_certificate<P: Provider>(
        self,
        message: Message<'_>,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        let chain = certificate12::read(message.body, Peer::Server, context)?;
        let leaf = chain.iter().next().ok_or(PeerMisbehaved::NoCertificate)?;
        context.check_peer_certificate(Some(leaf))?;
        context.hash_message(&message)?;
        Ok(State::AskVerifyPeer(AskVerifyPeer::new(self.ticket)))
    }
}
