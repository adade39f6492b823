//! Tickets whose keys are the application's.

use std::fmt;
use std::sync::{Arc, Mutex};

use tidegate::ticket::{KEY, KEY_NAME, TicketKeys};

use super::lock;
use crate::provider::Software;

/// Seals the sessions of servers into tickets, and opens them, in place of the keys that a maker of servers has for itself.
///
/// Who opens the tickets of others shares their sessions: they must have the same identities, or be told apart by
/// [`session_context`](tidegate::config::Common::session_context).
pub trait Tickets: Send + Sync {
    /// Seals a session into `out`; how long the ticket is, or none where the client is to get none.
    fn seal(&self, session: &[u8], out: &mut [u8]) -> Option<usize>;

    /// Opens a ticket into `out`; how long the session is, or none for what was not sealed by a key that is here.
    fn open(&self, ticket: &[u8], out: &mut [u8]) -> Option<usize>;

    /// Whether a client of TLS 1.2 gets a new ticket for this one. The default says no.
    fn renews(&self, _ticket: &[u8]) -> bool {
        false
    }

    /// Whether nobody who opens it has seen this ticket in the last
    /// [`TICKET_MEMORY`](tidegate::limits::TICKET_MEMORY) seconds: early data that comes with it, which can be replayed, is let in then. It
    /// has been seen from now on. The default says no.
    fn is_first_use(&self, _ticket: &[u8]) -> bool {
        false
    }
}

/// Keys that several makers of servers share, in one process or in a fleet: see [`TicketKeys`]. Who shows a ticket of the key
/// before the last one gets a new one.
#[derive(Default)]
pub struct SharedTicketKeys(Mutex<TicketKeys>);

impl SharedTicketKeys {
    /// No key yet: nothing is sealed, no ticket is opened.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// From here on seals with this key, and opens what it or the one before it sealed. The name tells keys apart and is no
    /// secret.
    pub fn install(&self, name: [u8; KEY_NAME], key: &[u8; KEY]) {
        lock(&self.0).install(name, key);
    }
}

impl fmt::Debug for SharedTicketKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedTicketKeys").finish_non_exhaustive()
    }
}

impl Tickets for SharedTicketKeys {
    fn seal(&self, session: &[u8], out: &mut [u8]) -> Option<usize> {
        lock(&self.0).seal(&mut Software::default(), session, out).ok()
    }

    fn open(&self, ticket: &[u8], out: &mut [u8]) -> Option<usize> {
        lock(&self.0).open(&mut Software::default(), ticket, out)
    }

    fn renews(&self, ticket: &[u8]) -> bool {
        !lock(&self.0).is_current(ticket)
    }
}

impl<T: Tickets + ?Sized> Tickets for Arc<T> {
    fn seal(&self, session: &[u8], out: &mut [u8]) -> Option<usize> {
        T::seal(self, session, out)
    }

    fn open(&self, ticket: &[u8], out: &mut [u8]) -> Option<usize> {
        T::open(self, ticket, out)
    }

    fn renews(&self, ticket: &[u8]) -> bool {
        T::renews(self, ticket)
    }

    fn is_first_use(&self, ticket: &[u8]) -> bool {
        T::is_first_use(self, ticket)
    }
}

/// The application's tickets, if there are any.
#[derive(Clone, Default)]
pub(crate) struct OwnTickets(Option<Arc<dyn Tickets>>);

impl OwnTickets {
    pub(crate) fn new(tickets: impl Tickets + 'static) -> Self {
        Self(Some(Arc::new(tickets)))
    }

    pub(super) fn get(&self) -> Option<&dyn Tickets> {
        self.0.as_deref()
    }
}

impl fmt::Debug for OwnTickets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OwnTickets").field(&self.0.is_some()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::{SharedTicketKeys, Tickets};

    #[test]
    fn a_ticket_of_the_key_before_is_opened_and_renewed() {
        let (keys, fleet) = (SharedTicketKeys::new(), SharedTicketKeys::new());
        let (mut ticket, mut session) = ([0; 200], [0; 200]);
        assert_eq!(keys.seal(b"session", &mut ticket), None, "without a key");
        for each in [&keys, &fleet] {
            each.install([1; 16], &[1; 32]);
        }
        let length = keys.seal(b"session", &mut ticket).unwrap();
        let ticket = &ticket[..length];
        assert_eq!((fleet.open(ticket, &mut session), fleet.renews(ticket)), (Some(7), false));
        fleet.install([2; 16], &[2; 32]);
        assert_eq!((fleet.open(ticket, &mut session), fleet.renews(ticket)), (Some(7), true));
        fleet.install([3; 16], &[3; 32]);
        assert_eq!(fleet.open(ticket, &mut session), None);
    }
}
