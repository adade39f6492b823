//! Sends the certificates of the identity chosen, however long the chain and however short the buffer.

use super::{AskSign, State};
use crate::config::Identities;
use crate::crypto::Provider;
use crate::engine::{Context, Hashing, Sent};
use crate::error::{Error, Internal};
use crate::negotiation::signature;
use crate::wire::tls12::certificate;

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
        let (identity, _) = context.space.identity.ok_or(Internal::State)?;
        let sent = context.send_message(&mut self.cursor, Hashing::Now, &|writer| {
            certificate::encode(writer, &|each| identities.for_each_certificate(identity, each));
        })?;
        if sent == Sent::Part {
            return Ok((State::SendCertificate(self), Sent::Part));
        }
        signature::put_tls12_input(context)?;
        Ok((State::AskSign(AskSign), Sent::All))
    }
}
