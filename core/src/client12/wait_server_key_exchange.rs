//! The server's half of the key exchange, signed with the key of its certificate (RFC 8422, section 5.4).

use super::ticket::Ticket;
use super::{State, WaitServerHelloDoneOrRequest};
use crate::crypto::Provider;
use crate::engine::{Context, Message};
use crate::error::{Error, PeerMisbehaved};
use crate::negotiation::{key_exchange, signature};
use crate::wire::tls12::server_key_exchange::ServerKeyExchange;

#[derive(Debug)]
pub struct WaitServerKeyExchange {
    ticket: Ticket,
}

impl WaitServerKeyExchange {
    pub(super) const fn new(ticket: Ticket) -> Self {
        Self { ticket }
    }

    pub(super) fn on_server_key_exchange<P: Provider>(
        self,
        message: Message<'_>,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        let exchange = ServerKeyExchange::parse(message.body)?;
        if !context.space.groups.contains(&exchange.group) || !exchange.group.is_for_tls12() {
            return Err(PeerMisbehaved::IllegalParameter.into());
        }
        signature::verify_tls12_params(&exchange, context)?;
        context.negotiated.signature_scheme = Some(exchange.scheme);
        context.negotiated.group = Some(exchange.group);
        key_exchange::respond(exchange.group, exchange.public_value, context)?;
        context.hash_message(&message)?;
        Ok(State::WaitServerHelloDoneOrRequest(WaitServerHelloDoneOrRequest::new(self.ticket)))
    }
}
