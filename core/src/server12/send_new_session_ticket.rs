//! Sends the ticket that was promised (RFC 5077, section 3.3).

use super::{SendChangeCipherSpec, State};
use crate::crypto::Provider;
use crate::engine::{Context, Hashing, MasterSecret, Order, Sent};
use crate::error::Error;
use crate::wire::tls12::new_session_ticket::NewSessionTicket;

#[derive(Debug)]
pub struct SendNewSessionTicket {
    cursor: usize,
    master: MasterSecret,
    order: Order,
}

impl SendNewSessionTicket {
    pub(super) const fn new(master: MasterSecret, order: Order) -> Self {
        Self { cursor: 0, master, order }
    }

    pub(super) fn send_new_session_ticket<P: Provider>(
        mut self,
        context: &mut Context<'_, P>,
    ) -> Result<(State, Sent), Error> {
        let sent = context.send_from_space(&mut self.cursor, Hashing::Now, &|space, writer| {
            let slots = &space.tls12.session;
            NewSessionTicket { lifetime_hint: slots.ticket_lifetime, ticket: &slots.ticket }.encode(writer);
        })?;
        if sent == Sent::Part {
            return Ok((State::SendNewSessionTicket(self), Sent::Part));
        }
        let next = SendChangeCipherSpec::new(self.master, self.order);
        Ok((State::SendChangeCipherSpec(next), Sent::All))
    }
}
