//! Sends our Finished, which ends our flight.

use super::{State, WaitFinished};
use crate::crypto::{MAX_DIGEST, Provider};
use crate::engine::{Context, Hashing, Peer, Sent};
use crate::error::Error;
use crate::schedule::HandshakeSecrets;
use crate::secret::Secret;
use crate::wire::encode_finished;

#[derive(Debug)]
pub struct SendFinished {
    cursor: usize,
    /// Over the transcript without the message itself: made once, though the message may leave in pieces.
    verify_data: Secret<MAX_DIGEST>,
    secrets: HandshakeSecrets,
}

impl SendFinished {
    pub(super) const fn new(secrets: HandshakeSecrets) -> Self {
        Self { cursor: 0, verify_data: Secret::empty(), secrets }
    }

    pub(super) fn send_finished<P: Provider>(
        mut self,
        context: &mut Context<'_, P>,
    ) -> Result<(State, Sent), Error> {
        if self.verify_data.is_empty() {
            context.make_verify_data(Peer::Server, &mut self.verify_data)?;
        }
        let data = self.verify_data.as_bytes();
        let sent = context.send_message(&mut self.cursor, Hashing::Now, &|w| encode_finished(w, data))?;
        if sent == Sent::Part {
            return Ok((State::SendFinished(self), Sent::Part));
        }
        let transcript = context.transcript()?;
        let suite = context.suite()?;
        let schedule = &mut context.space.schedule;
        let secrets = schedule.enter_application(context.provider, suite, &transcript, self.secrets)?;
        context.keep_application_secrets(&secrets);
        context.write_with_application_secret(Peer::Server)?;
        Ok((State::WaitFinished(WaitFinished::new(secrets)), Sent::All))
    }
}
