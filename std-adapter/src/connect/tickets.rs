//! The tickets that servers give.

use std::sync::Arc;

use super::Acceptor;
use crate::sessions::{OwnTickets, ServerSessions, Tickets};

impl Acceptor {
    /// Seals sessions with this, in place of keys that no other maker of servers has and that change every 12 hours: with
    /// [`SharedTicketKeys`](crate::SharedTicketKeys), for example, those of a fleet. Sessions of before are left to the makers
    /// that this one was cloned from. Servers that ask clients for certificates give no tickets.
    #[must_use]
    pub fn with_tickets(mut self, tickets: impl Tickets + 'static) -> Self {
        self.tickets = OwnTickets::new(tickets);
        self.forget_sessions();
        self
    }

    /// Those of before. The tickets of the application stay good as long as it opens them.
    pub(super) fn forget_sessions(&mut self) {
        let sessions = ServerSessions::with_tickets(self.tickets.clone());
        self.shared().sessions = Arc::new(sessions);
    }
}
