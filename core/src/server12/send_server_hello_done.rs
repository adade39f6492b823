//! Sends ServerHelloDone, which ends our flight.

use super::{State, WaitClientKeyExchange};
use crate::crypto::Provider;
use crate::engine::{Context, Hashing, Sent};
use crate::error::Error;
use crate::wire::tls12::server_hello_done;

#[derive(Debug)]
pub struct SendServerHelloDone {
    cursor: usize,
}

impl SendServerHelloDone {
    pub(super) const fn new() -> Self {
        Self { cursor: 0 }
    }

    pub(super) fn send_server_hello_done<P: Provider>(
        mut self,
        context: &mut Context<'_, P>,
    ) -> Result<(State, Sent), Error> {
        Ok(match context.send_message(&mut self.cursor, Hashing::Now, &|w| server_hello_done::encode(w))? {
            Sent::All => (State::WaitClientKeyExchange(WaitClientKeyExchange), Sent::All),
            Sent::Part => (State::SendServerHelloDone(self), Sent::Part),
        })
    }
}
