//! Sends our half of the key exchange; the keys follow from the handshake up to here (RFC 7627, section 4).

use super::ticket::{Next, Ticket};
use super::{AskSign, SendChangeCipherSpec, State};
use crate::crypto::Provider;
use crate::engine::{Context, Hashing, Sent};
use crate::error::Error;
use crate::wire::tls12::client_key_exchange;

#[derive(Debug)]
pub struct SendClientKeyExchange {
    cursor: usize,
    ticket: Ticket,
}

impl SendClientKeyExchange {
    pub(super) const fn new(ticket: Ticket) -> Self {
        Self { cursor: 0, ticket }
    }

    pub(super) fn send_client_key_exchange<P: Provider>(
        mut self,
        context: &mut Context<'_, P>,
    ) -> Result<(State, Sent), Error> {
        let sent = context.send_from_space(&mut self.cursor, Hashing::Now, &|space, writer| {
            client_key_exchange::encode(writer, &space.public_value);
        })?;
        if sent == Sent::Part {
            return Ok((State::SendClientKeyExchange(self), Sent::Part));
        }
        let master = context.derive_master_secret()?;
        if let Some((_, scheme)) = context.space.identity {
            context.put_digest_to_sign(scheme)?;
            return Ok((State::AskSign(AskSign::new(master, self.ticket)), Sent::All));
        }
        context.space.drop_other_transcripts();
        Ok((
            State::SendChangeCipherSpec(SendChangeCipherSpec::new(master, Next::Server(self.ticket))),
            Sent::All,
        ))
    }
}
