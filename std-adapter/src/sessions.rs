//! Sessions that go on in later connections of the same maker.

mod id;
mod keys;
mod piles;
mod store;
mod tickets;
mod time;
mod used;

use std::cell::RefCell;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use pki_types::UnixTime;
use tidegate::driver::Sessions;
use tidegate::{MAX_CLIENT_SESSION, Session, Ticket};
use zeroize::Zeroizing;

use crate::certificates::{Chain, PeerCertificates};
pub(crate) use id::SessionId;
use keys::TimedKeys;
use piles::Piles;
pub(crate) use store::KeptSession;
use store::{Life, Store};
pub(crate) use tickets::OwnTickets;
pub use tickets::{SharedTicketKeys, Tickets};
pub(crate) use time::Time;
use used::Used;

/// Servers whose sessions a client keeps at most; the oldest goes first.
const SERVERS: usize = 256;
/// Sessions that a server keeps at most itself; the oldest goes first.
const CLIENTS: usize = 4096;
/// How long a server's session is good for, and how long a key seals tickets: a ticket is opened for as long as it is good.
const LIFETIME: Duration = Duration::from_secs(12 * 60 * 60);

/// Tells the time for ages: [`Instant::now`], but for tests.
type Clock = fn() -> Instant;

/// The sessions of a connector, by the name of the server.
pub struct ClientSessions {
    pub(crate) time: Time,
    clock: Clock,
    store: Mutex<Store<String>>,
    /// Those of TLS 1.3. Each is used once: who looks on knows a ticket that comes twice.
    tickets: Mutex<Piles>,
}

impl Default for ClientSessions {
    fn default() -> Self {
        let (store, tickets) = (Mutex::new(Store::new(SERVERS)), Mutex::new(Piles::new(SERVERS)));
        Self { time: Time::default(), clock: Instant::now, store, tickets }
    }
}

impl ClientSessions {
    /// The session of TLS 1.2 with this server, if there is one.
    pub(crate) fn get(&self, server: &str) -> Option<KeptSession> {
        lock(&self.store).get(server, (self.clock)()).cloned()
    }

    /// The latest session of TLS 1.3 with this server, if there is one; it is not here any more.
    pub(crate) fn take(&self, server: &str) -> Option<KeptSession> {
        lock(&self.tickets).take(server, (self.clock)())
    }

    /// Keeps a session of TLS 1.3 with this server, which begins now, beside those of before.
    pub(crate) fn keep_ticket(&self, server: &str, session: NewSession, certificates: Chain) {
        let life = Life { since: (self.clock)(), lifetime: session.lifetime };
        let session = KeptSession { bytes: session.bytes, certificates };
        lock(&self.tickets).put(server, session, life);
    }

    /// Forgets the session with this server: a connection with it has failed (RFC 5246, section 7.2.2).
    pub(crate) fn forget(&self, server: &str) {
        lock(&self.store).remove(server);
    }

    /// Keeps a session with this server, which begins now, in place of the one of before.
    pub(crate) fn keep(&self, server: &str, session: NewSession, certificates: Chain) {
        let life = Life { since: (self.clock)(), lifetime: session.lifetime };
        let session = KeptSession { bytes: session.bytes, certificates };
        lock(&self.store).put(server.to_owned(), session, life);
    }
}

/// A session that begins now, at a client.
pub struct NewSession {
    pub(crate) bytes: Zeroizing<Vec<u8>>,
    lifetime: Duration,
    /// Bytes of early data that the server takes with it.
    pub(crate) max_early_data: u32,
}

impl NewSession {
    /// The session of a connection, if the time is known.
    pub(crate) fn of(session: &Session<'_>, time: &Time) -> Option<Self> {
        let mut bytes = Zeroizing::new(vec![0; MAX_CLIENT_SESSION]);
        let length = session.encode(time.now()?, &mut bytes)?;
        let lifetime = Duration::from_secs(session.lifetime().into());
        Some(Self { bytes: Zeroizing::new(bytes[..length].to_vec()), lifetime, max_early_data: 0 })
    }

    /// A session that was kept elsewhere. How long it is good for stands in it.
    pub(crate) fn kept(session: &[u8]) -> Self {
        Self { bytes: Zeroizing::new(session.to_vec()), lifetime: LIFETIME, max_early_data: 0 }
    }

    /// The session that goes on with a ticket, if the time is known.
    pub(crate) fn of_ticket(ticket: &mut Ticket<'_>, time: &Time) -> Option<Self> {
        let mut bytes = Zeroizing::new(vec![0; MAX_CLIENT_SESSION]);
        let length = ticket.encode(time.now()?, &mut bytes)?;
        let lifetime = Duration::from_secs(ticket.message().lifetime.into());
        let max_early_data = ticket.message().max_early_data.unwrap_or(0);
        Some(Self { bytes: Zeroizing::new(bytes[..length].to_vec()), lifetime, max_early_data })
    }
}

/// The sessions of an acceptor: tickets, whose key it changes by itself, and a store for clients without.
pub struct ServerSessions {
    clock: Clock,
    keys: Arc<Mutex<TimedKeys>>,
    /// In place of the keys.
    tickets: OwnTickets,
    /// None where clients without tickets are to do without sessions.
    store: Option<Mutex<Store<Vec<u8>>>>,
    /// The tickets that came with early data.
    used: Arc<Mutex<Used>>,
    time: Time,
}

impl Default for ServerSessions {
    fn default() -> Self {
        Self::with_tickets(OwnTickets::default())
    }
}

impl ServerSessions {
    /// With tickets of the application's, if there are any.
    pub(crate) fn with_tickets(tickets: OwnTickets) -> Self {
        let store = Some(Mutex::new(Store::new(CLIENTS)));
        let (keys, used, time) = (Arc::default(), Arc::default(), Time::default());
        Self { clock: Instant::now, keys, tickets, store, used, time }
    }

    /// By this clock.
    pub(crate) fn at(self, time: Time) -> Self {
        Self { time, ..self }
    }

    /// Those of clients that know tickets: by the same keys, without the store.
    pub(crate) fn by_ticket_alone(&self) -> Self {
        let (keys, used) = (Arc::clone(&self.keys), Arc::clone(&self.used));
        let (tickets, time) = (self.tickets.clone(), self.time.clone());
        Self { clock: self.clock, keys, tickets, store: None, used, time }
    }

    /// Forgets the session under this id. One in a ticket stays good: there is nothing to forget.
    pub(crate) fn forget(&self, id: &[u8]) {
        self.expire();
        if let Some(store) = &self.store {
            lock(store).remove(id);
        }
    }

    fn is_first_use(&self, ticket: &[u8]) -> bool {
        match self.tickets.get() {
            Some(tickets) => tickets.is_first_use(ticket),
            None => {
                let now = used::Now { instant: (self.clock)(), told: self.time.now() };
                lock(&self.used).is_first_use(ticket, now)
            }
        }
    }

    /// How many are in the store.
    pub(crate) fn kept(&self) -> usize {
        self.store.as_ref().map_or(0, |store| lock(store).len())
    }

    fn open(&self, ticket: &[u8], out: &mut [u8]) -> Option<usize> {
        let now = self.expire();
        match self.tickets.get() {
            Some(tickets) => tickets.open(ticket, out),
            None => lock(&self.keys).open(now, ticket, out),
        }
    }

    fn seal(&self, session: &[u8], out: &mut [u8]) -> Option<usize> {
        let now = self.expire();
        match self.tickets.get() {
            Some(tickets) => tickets.seal(session, out),
            None => lock(&self.keys).seal(now, session, out),
        }
    }

    fn find(&self, id: &[u8]) -> Option<KeptSession> {
        let now = self.expire();
        lock(self.store.as_ref()?).get(id, now).cloned()
    }

    fn keep(&self, id: &[u8], session: KeptSession) {
        let life = Life { since: self.expire(), lifetime: LIFETIME };
        if let Some(store) = &self.store {
            lock(store).put(id.to_vec(), session, life);
        }
    }

    /// Gives up what is too old, whatever is asked for: keys of a server without tickets, sessions of one without other
    /// clients. The time.
    fn expire(&self) -> Instant {
        let now = (self.clock)();
        lock(&self.keys).expire(now);
        if let Some(store) = &self.store {
            lock(store).sweep(now);
        }
        now
    }
}

/// What becomes of early data that clients send, and that can be replayed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Replays {
    /// It is refused.
    #[default]
    Refused,
    /// It is let in, once for each ticket.
    LetIn,
}

/// The sessions of an acceptor for one of its connections. Each is kept with the certificates that the client showed, and
/// found with them.
pub(crate) struct SessionsOf<'a> {
    pub(crate) sessions: &'a ServerSessions,
    pub(crate) certificates: RefCell<&'a mut PeerCertificates>,
    pub(crate) replays: Replays,
}

impl Sessions for SessionsOf<'_> {
    fn now(&self) -> Option<UnixTime> {
        self.sessions.time.now()
    }

    fn lifetime(&self) -> u32 {
        u32::try_from(LIFETIME.as_secs()).unwrap_or(0)
    }

    fn open(&self, ticket: &[u8], out: &mut [u8]) -> Option<usize> {
        // Of a session that was looked at before and refused: this one is another client's.
        self.certificates.borrow_mut().found = Chain::default();
        self.sessions.open(ticket, out)
    }

    fn seal(&self, session: &[u8], out: &mut [u8]) -> Option<usize> {
        self.sessions.seal(session, out)
    }

    fn is_first_use(&self, ticket: &[u8]) -> bool {
        self.replays == Replays::LetIn && self.sessions.is_first_use(ticket)
    }

    fn renews(&self, ticket: &[u8]) -> bool {
        self.sessions.tickets.get().is_some_and(|tickets| tickets.renews(ticket))
    }

    fn find(&self, id: &[u8], out: &mut [u8]) -> Option<usize> {
        self.certificates.borrow_mut().found = Chain::default();
        let KeptSession { bytes, certificates } = self.sessions.find(id)?;
        out.get_mut(..bytes.len())?.copy_from_slice(&bytes);
        self.certificates.borrow_mut().found = certificates;
        Some(bytes.len())
    }

    fn keep(&self, id: &[u8], session: &[u8]) {
        let certificates = self.certificates.borrow().of_new_session().clone();
        let bytes = Zeroizing::new(session.to_vec());
        self.sessions.keep(id, KeptSession { bytes, certificates });
    }
}

impl fmt::Debug for ClientSessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientSessions").field("servers", lock(&self.store).names()).finish()
    }
}

impl fmt::Debug for ServerSessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = self.store.as_ref().map(|store| lock(store).names().len());
        f.debug_struct("ServerSessions").field("kept", &kept).finish()
    }
}

/// What a thread that panicked left behind is whole: nothing here panics between two changes.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
