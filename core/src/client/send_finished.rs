//! Sends our Finished; after it, application data.

use super::{Connected, State};
use crate::crypto::{MAX_DIGEST, Provider};
use crate::engine::{Context, Hashing, Peer, Sent};
use crate::error::Error;
use crate::schedule::ApplicationSecrets;
use crate::secret::Secret;
use crate::wire::encode_finished;

#[derive(Debug)]
pub struct SendFinished {
    cursor: usize,
    /// Over the transcript without the message itself: made once, though the message may leave in pieces.
    verify_data: Secret<MAX_DIGEST>,
    secrets: ApplicationSecrets,
}

impl SendFinished {
    pub(super) const fn new(secrets: ApplicationSecrets) -> Self {
        Self { cursor: 0, verify_data: Secret::empty(), secrets }
    }

    pub(super) fn send_finished<P: Provider>(
        mut self,
        context: &mut Context<'_, P>,
    ) -> Result<(State, Sent), Error> {
        if self.verify_data.is_empty() {
            context.make_verify_data(Peer::Client, &mut self.verify_data)?;
        }
        let data = self.verify_data.as_bytes();
        let sent = context.send_message(&mut self.cursor, Hashing::Now, &|w| encode_finished(w, data))?;
        if sent == Sent::Part {
            return Ok((State::SendFinished(self), Sent::Part));
        }
        context.write_with_application_secret(Peer::Client)?;
        context.space.schedule.wipe();
        Ok((State::Connected(Connected::new(self.secrets)), Sent::All))
    }
}
