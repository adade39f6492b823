//! Sends the certificates of the identity chosen, however long the chain and however short the buffer.

use super::{AskSign, State};
use crate::config::Identities;
use crate::crypto::Provider;
use crate::engine::{Context, Peer, Sent};
use crate::error::Error;
use crate::negotiation::{certificate12, signature};

#[derive(Debug)]
pub struct SendCertificate {
    cursor: usize,
}

impl SendCertificate {
    pub(super) const fn new() -> Self {
        Self { cursor: 0 }
    }

    pub(super) fn send_certificate<P: Provider>(
        mut self,
        identities: &dyn Identities,
        context: &mut Context<'_, P>,
    ) -> Result<(State, Sent), Error> {
        if certificate12::send(&mut self.cursor, Peer::Server, identities, context)? == Sent::Part {
            return Ok((State::SendCertificate(self), Sent::Part));
        }
        signature::put_tls12_input(context)?;
        Ok((State::AskSign(AskSign), Sent::All))
    }
}
