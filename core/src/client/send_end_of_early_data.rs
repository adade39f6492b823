//! Ends the early data that the server took (RFC 8446, section 4.5); from here on the keys of the handshake.

use super::{SendFinished, State};
use crate::crypto::Provider;
use crate::engine::{Context, Hashing, Peer, Sent};
use crate::error::Error;
use crate::schedule::ApplicationSecrets;
use crate::wire::encode_handshake;
use crate::wire::enums::HandshakeType;

#[derive(Debug)]
pub struct SendEndOfEarlyData {
    cursor: usize,
    secrets: ApplicationSecrets,
}

impl SendEndOfEarlyData {
    pub(super) const fn new(secrets: ApplicationSecrets) -> Self {
        Self { cursor: 0, secrets }
    }

    pub(super) fn send_end_of_early_data<P: Provider>(
        mut self,
        context: &mut Context<'_, P>,
    ) -> Result<(State, Sent), Error> {
        let sent = context.send_message(&mut self.cursor, Hashing::Now, &|writer| {
            encode_handshake(writer, HandshakeType::END_OF_EARLY_DATA, &|_| ());
        })?;
        if sent == Sent::Part {
            return Ok((State::SendEndOfEarlyData(self), Sent::Part));
        }
        context.write_with_handshake_secret(Peer::Client)?;
        Ok((State::SendFinished(SendFinished::new(self.secrets)), Sent::All))
    }
}
