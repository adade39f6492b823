//! Sends our Finished, which ends our flight.

#[cfg(feature = "client-auth")]
use super::WaitCertificate;
#[cfg(feature = "early-data")]
use super::WaitEndOfEarlyData;
use super::{State, WaitFinished};
#[cfg(feature = "client-auth")]
use crate::config::PeerCertificate;
use crate::crypto::Provider;
#[cfg(feature = "early-data")]
use crate::engine::EarlyPhase;
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
        #[cfg(feature = "early-data")]
        if context.early.phase == EarlyPhase::Open {
            return Ok((State::WaitEndOfEarlyData(WaitEndOfEarlyData::new(secrets)), Sent::All));
        }
        #[cfg(feature = "client-auth")]
        if context.space.client_certificate != PeerCertificate::None {
            return Ok((State::WaitCertificate(WaitCertificate::new(secrets)), Sent::All));
        }
        Ok((State::WaitFinished(WaitFinished::new(secrets)), Sent::All))
    }
}
