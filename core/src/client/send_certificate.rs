//! Answers a CertificateRequest with no certificates (RFC 8446, section 4.4.2.3); the server decides what that means.

use super::{SendFinished, State};
use crate::crypto::Provider;
use crate::engine::{Context, Hashing, Sent};
use crate::error::Error;
use crate::schedule::ApplicationSecrets;
use crate::wire::certificate::Certificate;

#[derive(Debug)]
pub struct SendCertificate {
    cursor: usize,
    secrets: ApplicationSecrets,
}

impl SendCertificate {
    pub(super) const fn new(secrets: ApplicationSecrets) -> Self {
        Self { cursor: 0, secrets }
    }

    pub(super) fn send_certificate<P: Provider>(
        mut self,
        context: &mut Context<'_, P>,
    ) -> Result<(State, Sent), Error> {
        let sent =
            context.send_message(&mut self.cursor, Hashing::Now, &|w| Certificate::encode(w, &|_| ()))?;
        Ok(match sent {
            Sent::All => (State::SendFinished(SendFinished::new(self.secrets)), Sent::All),
            Sent::Part => (State::SendCertificate(self), Sent::Part),
        })
    }
}
