//! Sends our Finished; after it, application data.

use super::{Connected, State};
use crate::crypto::Provider;
use crate::engine::{Context, Hashing, Peer, Sent};
use crate::error::Error;
use crate::schedule::ApplicationSecrets;
use crate::wire::encode_finished;

#[derive(Debug)]
pub struct SendFinished {
    cursor: usize,
    secrets: ApplicationSecrets,
}

impl SendFinished {
    pub(super) const fn new(secrets: ApplicationSecrets) -> Self {
        Self { cursor: 0, secrets }
    }

    pub(super) fn send_finished<P: Provider>(
        mut self,
        context: &mut Context<'_, P>,
    ) -> Result<(State, Sent), Error> {
        if self.cursor == 0 {
            context.make_own_verify_data(Peer::Client)?;
        }
        let sent = context.send_from_space(&mut self.cursor, Hashing::Now, &|space, writer| {
            encode_finished(writer, space.verify_data.as_bytes());
        })?;
        if sent == Sent::Part {
            return Ok((State::SendFinished(self), Sent::Part));
        }
        context.write_with_application_secret(Peer::Client)?;
        context.space.schedule.wipe();
        Ok((State::Connected(Connected::new(self.secrets)), Sent::All))
    }
}
