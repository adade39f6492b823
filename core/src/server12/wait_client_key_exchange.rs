//! The client's half of the key exchange; the keys follow from the handshake up to here (RFC 7627, section 4).

use super::{State, WaitCertificateVerify, WaitChangeCipherSpec};
use crate::crypto::Provider;
use crate::engine::{Context, Message, Order};
use crate::error::{Error, Internal};
use crate::negotiation::key_exchange;
use crate::wire::tls12::client_key_exchange;

#[derive(Debug)]
pub struct WaitClientKeyExchange {
    proof: Proof,
}

/// Whether the client must prove that it has the key of its certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    NotNeeded,
    Needed,
}

impl WaitClientKeyExchange {
    pub(super) const fn new(proof: Proof) -> Self {
        Self { proof }
    }

    pub(super) fn on_client_key_exchange<P: Provider>(
        self,
        message: Message<'_>,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        let public_value = client_key_exchange::parse(message.body)?;
        let group = context.negotiated.group.ok_or(Internal::State)?;
        key_exchange::finish(group, public_value, context)?;
        context.hash_message(&message)?;
        let master = context.derive_master_secret()?;
        Ok(match self.proof {
            Proof::Needed => State::WaitCertificateVerify(WaitCertificateVerify::new(master)),
            Proof::NotNeeded => State::WaitChangeCipherSpec(WaitChangeCipherSpec::new(master, Order::Full)),
        })
    }
}
