//! The proof that the client has the key of its certificate (RFC 5246, section 7.4.8).

use super::{State, WaitChangeCipherSpec};
use crate::crypto::Provider;
use crate::engine::{Context, MasterSecret, Message, Order};
use crate::error::Error;
use crate::negotiation::signature;
use crate::wire::certificate::CertificateVerify;

#[derive(Debug)]
pub struct WaitCertificateVerify {
    master: MasterSecret,
}

impl WaitCertificateVerify {
    pub(super) const fn new(master: MasterSecret) -> Self {
        Self { master }
    }

    pub(super) fn on_certificate_verify<P: Provider>(
        self,
        message: Message<'_>,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        let verify = CertificateVerify::parse(message.body)?;
        signature::verify_tls12_transcript(&verify, context)?;
        #[cfg(feature = "client-auth")]
        {
            context.negotiated.client_signature_scheme = Some(verify.scheme);
        }
        context.hash_message(&message)?;
        context.space.drop_other_transcripts();
        Ok(State::WaitChangeCipherSpec(WaitChangeCipherSpec::new(self.master, Order::Full)))
    }
}
