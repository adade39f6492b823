//! The client's certificates, or that it has none.

use super::wait_client_key_exchange::Proof;
use super::{AskVerifyPeer, State, WaitClientKeyExchange};
use crate::config::PeerCertificate;
use crate::crypto::Provider;
use crate::engine::{Context, Message, Peer};
use crate::error::{Error, PeerIncompatible};
use crate::negotiation::certificate12;

#[derive(Debug)]
pub struct WaitCertificate {
    clients: PeerCertificate,
}

impl WaitCertificate {
    pub(super) const fn new(clients: PeerCertificate) -> Self {
        Self { clients }
    }

    /// The chain stays in the incoming buffer until the application has judged it.
    pub(super) fn on_certificate<P: Provider>(
        self,
        message: Message<'_>,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        let chain = certificate12::read(message.body, Peer::Client, context)?;
        let leaf = chain.iter().next();
        if leaf.is_none() && self.clients == PeerCertificate::Required {
            return Err(PeerIncompatible::ClientCertificate.into());
        }
        context.check_peer_certificate(leaf)?;
        context.hash_message(&message)?;
        Ok(match leaf {
            Some(_) => State::AskVerifyPeer(AskVerifyPeer),
            None => {
                context.space.drop_other_transcripts();
                State::WaitClientKeyExchange(WaitClientKeyExchange::new(Proof::NotNeeded))
            }
        })
    }
}
