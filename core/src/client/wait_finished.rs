//! WAIT_FINISHED: the server's Finished ends its flight.

#[cfg(feature = "early-data")]
use super::SendEndOfEarlyData;
use super::ask_verify_peer::OwnCertificate;
use super::{SendCertificate, SendFinished, State};
use crate::crypto::Provider;
#[cfg(feature = "early-data")]
use crate::engine::EarlyPhase;
use crate::engine::{Context, HelloRetry, Message, Middleboxes, Peer};
use crate::error::Error;
use crate::schedule::HandshakeSecrets;

#[derive(Debug)]
pub struct WaitFinished {
    secrets: HandshakeSecrets,
    own: OwnCertificate,
}

impl WaitFinished {
    pub(super) const fn new(secrets: HandshakeSecrets, own: OwnCertificate) -> Self {
        Self { secrets, own }
    }

    pub(super) fn on_finished<P: Provider>(
        self,
        message: Message<'_>,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        context.check_finished(Peer::Server, message.body)?;
        context.hash_message(&message)?;
        let transcript = context.transcript()?;
        let suite = context.suite()?;
        let schedule = &mut context.space.schedule;
        let secrets = schedule.enter_application(context.provider, suite, &transcript, self.secrets)?;
        context.keep_application_secrets(&secrets);
        context.read_with_application_secret(Peer::Server, message.boundary?)?;
        #[cfg(feature = "early-data")]
        if context.early.phase == EarlyPhase::Open {
            context.end_early_data();
            return Ok(State::SendEndOfEarlyData(SendEndOfEarlyData::new(secrets)));
        }
        context.space.middleboxes = Middleboxes::Settled;
        // With early data one has left already.
        #[cfg(feature = "early-data")]
        let first = context.early.phase == EarlyPhase::None;
        #[cfg(not(feature = "early-data"))]
        let first = true;
        if first && context.negotiated.hello_retry == HelloRetry::No {
            // Before the second flight, as RFC 8446, appendix D.4 says; a second ClientHello was that flight.
            context.send_change_cipher_spec()?;
        }
        Ok(match self.own {
            OwnCertificate::NotRequested => State::SendFinished(SendFinished::new(secrets)),
            OwnCertificate::Requested => State::SendCertificate(SendCertificate::new(secrets)),
        })
    }
}
