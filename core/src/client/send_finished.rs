//! Sends our Finished; after it, application data.

use super::{Connected, State};
#[cfg(feature = "post-handshake-auth")]
use crate::config::PostHandshakeAuth;
use crate::crypto::Provider;
use crate::engine::{Context, Peer, Sent};
use crate::error::Error;
use crate::schedule::ApplicationSecrets;

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
        if context.send_finished(&mut self.cursor, Peer::Client)? == Sent::Part {
            return Ok((State::SendFinished(self), Sent::Part));
        }
        #[cfg(feature = "post-handshake-auth")]
        if context.common.post_handshake_auth == PostHandshakeAuth::Offered
            && let Some(place) = &mut context.late_transcript
        {
            **place = context.space.transcript.clone().map(P::KeptHash::from);
        }
        context.write_with_application_secret(Peer::Client)?;
        #[cfg(feature = "psk")]
        context.keep_origin()?;
        context.space.schedule.wipe();
        Ok((State::Connected(Connected::new(self.secrets, context.common)), Sent::All))
    }
}
