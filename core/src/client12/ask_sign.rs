//! Asks the application for a signature of the handshake so far.

use super::ticket::Ticket;
use super::{SendCertificateVerify, State};
use crate::engine::MasterSecret;

#[derive(Debug)]
pub struct AskSign {
    master: MasterSecret,
    ticket: Ticket,
}

impl AskSign {
    pub(super) const fn new(master: MasterSecret, ticket: Ticket) -> Self {
        Self { master, ticket }
    }

    /// The signature is in the handshake space.
    pub(super) const fn on_signed(self) -> State {
        State::SendCertificateVerify(SendCertificateVerify::new(self.master, self.ticket))
    }
}
