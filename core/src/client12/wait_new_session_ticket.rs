//! The ticket that the server promised (RFC 5077, section 3.3).

use super::{State, WaitChangeCipherSpec};
use crate::crypto::Provider;
use crate::engine::{Context, MasterSecret, Message, Order};
use crate::error::Error;
use crate::wire::tls12::new_session_ticket::NewSessionTicket;

#[derive(Debug)]
pub struct WaitNewSessionTicket {
    master: MasterSecret,
    order: Order,
}

impl WaitNewSessionTicket {
    pub(super) const fn new(master: MasterSecret, order: Order) -> Self {
        Self { master, order }
    }

    /// It is kept once the handshake is done. One that is too long is not: the next handshake is a full one.
    pub(super) fn on_new_session_ticket<P: Provider>(
        self,
        message: Message<'_>,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        let given = NewSessionTicket::parse(message.body)?;
        context.hash_message(&message)?;
        let slots = &mut context.space.tls12.session;
        // An empty one says that there is none after all: the old one stays good.
        if !given.ticket.is_empty() {
            slots.forget_ticket();
            slots.ticket_lifetime = given.lifetime_hint;
            let _ = slots.ticket.extend_from_slice(given.ticket);
        }
        Ok(State::WaitChangeCipherSpec(WaitChangeCipherSpec::new(self.master, self.order)))
    }
}
