//! Whether the server will give a ticket (RFC 5077, section 3.3).

use super::{State, WaitChangeCipherSpec, WaitNewSessionTicket};
use crate::engine::{MasterSecret, Order};

/// What the ServerHello says of a NewSessionTicket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ticket {
    None,
    /// One stands before the change_cipher_spec.
    Promised,
}

impl Ticket {
    /// What comes before the server's keys change.
    pub(super) const fn before_change_cipher_spec(self, master: MasterSecret, order: Order) -> State {
        match self {
            Self::None => State::WaitChangeCipherSpec(WaitChangeCipherSpec::new(master, order)),
            Self::Promised => State::WaitNewSessionTicket(WaitNewSessionTicket::new(master, order)),
        }
    }
}

/// What comes after our Finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// The server's last messages.
    Server(Ticket),
    /// Nothing: they came first.
    Nothing,
}
