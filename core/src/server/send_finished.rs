//! Sends our Finished, which ends our flight.

use super::{State, WaitFinished};
use crate::crypto::Provider;
use crate::engine::{Context, Peer, Sent};
use crate::error::Error;
use crate::schedule::HandshakeSecrets;

#[derive(Debug)]
pub struct SendFinished {
    cursor: usize,
    secrets: HandshakeSecrets,
}

impl SendFinished {
    pub(super) const fn new(secrets: HandshakeSecrets) -> Self {
        Self { cursor: 0, secrets }
    }

    pub(super) fn send_finished<P: Provider>(
        mut self,
        context: &mut Context<'_, P>,
    ) -> Result<(State, Sent), Error> {
        if context.send_finished(&mut self.cursor, Peer::Server)? == Sent::Part {
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
