//! Sends the proof that we have the key of our certificate (RFC 5246, section 7.4.8).

use super::ticket::{Next, Ticket};
use super::{SendChangeCipherSpec, State};
use crate::crypto::Provider;
use crate::engine::{Context, Hashing, MasterSecret, Sent};
use crate::error::{Error, Internal};
use crate::wire::certificate::CertificateVerify;

#[derive(Debug)]
pub struct SendCertificateVerify {
    cursor: usize,
    master: MasterSecret,
    ticket: Ticket,
}

impl SendCertificateVerify {
    pub(super) const fn new(master: MasterSecret, ticket: Ticket) -> Self {
        Self { cursor: 0, master, ticket }
    }

    pub(super) fn send_certificate_verify<P: Provider>(
        mut self,
        context: &mut Context<'_, P>,
    ) -> Result<(State, Sent), Error> {
        let (_, scheme) = context.space.identity.ok_or(Internal::State)?;
        let sent = context.send_from_space(&mut self.cursor, Hashing::Now, &|space, writer| {
            CertificateVerify { scheme, signature: &space.signature }.encode(writer);
        })?;
        if sent == Sent::Part {
            return Ok((State::SendCertificateVerify(self), Sent::Part));
        }
        context.space.drop_other_transcript();
        let next = SendChangeCipherSpec::new(self.master, Next::Server(self.ticket));
        Ok((State::SendChangeCipherSpec(next), Sent::All))
    }
}
