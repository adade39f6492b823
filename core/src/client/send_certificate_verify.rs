//! Sends the proof that we have the key of our certificate.

use super::{SendFinished, State};
use crate::crypto::Provider;
use crate::engine::{Context, Hashing, Sent};
use crate::error::{Error, Internal};
use crate::schedule::ApplicationSecrets;
use crate::wire::certificate::CertificateVerify;

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
        let (_, scheme) = context.space.identity.ok_or(Internal::State)?;
        let sent = context.send_from_space(&mut self.cursor, Hashing::Now, &|space, writer| {
            CertificateVerify { scheme, signature: &space.signature }.encode(writer);
        })?;
        Ok(match sent {
            Sent::All => (State::SendFinished(SendFinished::new(self.secrets)), Sent::All),
            Sent::Part => (State::SendCertificateVerify(self), Sent::Part),
        })
    }
}
