//! Sends the change_cipher_spec: from here on our records are under the keys of this handshake.

use super::ticket::Next;
use super::{SendFinished, State};
use crate::crypto::Provider;
use crate::engine::{Context, MasterSecret, Peer, Sent};
use crate::error::Error;

#[derive(Debug)]
pub struct SendChangeCipherSpec {
    master: MasterSecret,
    next: Next,
}

impl SendChangeCipherSpec {
    pub(super) const fn new(master: MasterSecret, next: Next) -> Self {
        Self { master, next }
    }

    pub(super) fn send_change_cipher_spec<P: Provider>(
        self,
        context: &mut Context<'_, P>,
    ) -> Result<(State, Sent), Error> {
        Ok(match context.change_write_keys(Peer::Client)? {
            Sent::All => (State::SendFinished(SendFinished::new(self.master, self.next)), Sent::All),
            Sent::Part => (State::SendChangeCipherSpec(self), Sent::Part),
        })
    }
}
