//! Asks the application to keep the new session, or to seal it into a ticket, or into a new one where it goes on.

use super::{SendChangeCipherSpec, SendNewSessionTicket, State};
use crate::config::Resumption;
use crate::crypto::Provider;
use crate::engine::{Context, MasterSecret, Order};
use crate::wire::enums::ExtensionType;

#[derive(Debug)]
pub struct AskKeepSession {
    master: MasterSecret,
    order: Order,
}

impl AskKeepSession {
    pub(super) const fn new(master: MasterSecret, order: Order) -> Self {
        Self { master, order }
    }

    /// The ticket is in the handshake space, if there is one. A client that was promised one gets at least an empty one
    /// (RFC 5077, section 3.3).
    pub(super) fn on_answered<P: Provider>(self, context: &Context<'_, P>) -> State {
        let promised = context.space.offered.contains(ExtensionType::SESSION_TICKET)
            && context.common.resumption == Resumption::ByTicket;
        if promised {
            State::SendNewSessionTicket(SendNewSessionTicket::new(self.master, self.order))
        } else {
            State::SendChangeCipherSpec(SendChangeCipherSpec::new(self.master, self.order))
        }
    }
}
