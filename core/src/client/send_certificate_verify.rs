//! Sends the proof that we have the key of our certificate.

use super::{SendFinished, State};
use crate::crypto::Provider;
use crate::engine::{Context, Sent};
use crate::error::Error;
use crate::schedule::ApplicationSecrets;

#[derive(Debug)]
pub struct SendCertificateVerify {
    cursor: usize,
    secrets: ApplicationSecrets,
}

impl SendCertificateVerify {
    pub(super) const fn new(secrets: ApplicationSecrets) -> Self {
        Self { cursor: 0, secrets }
    }

    pub(super) fn send_certificate_verify<P: Provider>(
        mut self,
        context: &mut Context<'_, P>,
    ) -> Result<(State, Sent), Error> {
        Ok(match context.send_certificate_verify(&mut self.cursor)? {
            Sent::All => (State::SendFinished(SendFinished::new(self.secrets)), Sent::All),
            Sent::Part => (State::SendCertificateVerify(self), Sent::Part),
        })
    }
}
