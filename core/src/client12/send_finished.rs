//! Sends our Finished, the first message under the new keys.

use super::ticket::Next;
use super::{Connected, State};
use crate::crypto::Provider;
use crate::engine::{Context, MasterSecret, Order, Peer, Sent};
use crate::error::Error;

#[derive(Debug)]
pub struct SendFinished {
    cursor: usize,
    master: MasterSecret,
    next: Next,
}

impl SendFinished {
    pub(super) const fn new(master: MasterSecret, next: Next) -> Self {
        Self { cursor: 0, master, next }
    }

    pub(super) fn send_finished<P: Provider>(
        mut self,
        context: &mut Context<'_, P>,
    ) -> Result<(State, Sent), Error> {
        if context.send_tls12_finished(&mut self.cursor, Peer::Client)? == Sent::Part {
            return Ok((State::SendFinished(self), Sent::Part));
        }
        let state = match self.next {
            Next::Server(ticket) => ticket.before_change_cipher_spec(self.master, Order::Full),
            Next::Nothing => {
                context.end_tls12_handshake(self.master);
                State::Connected(Connected)
            }
        };
        Ok((state, Sent::All))
    }
}
