//! Sends the proof that we have the key of our certificate (RFC 5246, section 7.4.8).

use super::ticket::{Next, Ticket};
use super::{SendChangeCipherSpec, State};
use crate::crypto::Provider;
use crate::engine::{Context, MasterSecret, Sent};
use crate::error::Error;

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
        if context.send_certificate_verify(&mut self.cursor)? == Sent::Part {
            return Ok((State::SendCertificateVerify(self), Sent::Part));
        }
        context.space.drop_other_transcripts();
        let next = SendChangeCipherSpec::new(self.master, Next::Server(self.ticket));
        Ok((State::SendChangeCipherSpec(next), Sent::All))
    }
}
