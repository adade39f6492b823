//! Sessions of TLS 1.2 that go on in later connections of the same maker.

use std::borrow::Borrow;
use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use pki_types::UnixTime;
use tidegate::driver::Sessions;
use tidegate::ticket::TicketKeys;
use tidegate::{MAX_CLIENT_SESSION, Session};
use zeroize::Zeroizing;

use crate::provider::{Onlookers, Software};

/// Servers whose sessions a client keeps at most; the oldest goes first.
const SERVERS: usize = 256;
/// Sessions that a server keeps at most for clients that know no tickets; the oldest goes first.
const CLIENTS: usize = 4096;
/// How long a session is good for, and how long a key seals tickets: a ticket is opened for as long as it is good.
const LIFETIME: Duration = Duration::from_secs(12 * 60 * 60);

/// The sessions of a connector, by the name of the server.
#[derive(Default)]
pub struct ClientSessions(Mutex<Store<String>>);

impl ClientSessions {
    /// The session with this server, if there is one.
    pub(crate) fn get(&self, server: &str) -> Option<Zeroizing<Vec<u8>>> {
        lock(&self.0).sessions.get(server).cloned()
    }

    /// Forgets the session with this server: a connection with it has failed (RFC 5246, section 7.2.2).
    pub(crate) fn forget(&self, server: &str) {
        lock(&self.0).remove(server);
    }

    /// Keeps a session with this server in place of the one of before.
    pub(crate) fn keep(&self, server: &str, session: Zeroizing<Vec<u8>>) {
        lock(&self.0).put(server.to_owned(), session, SERVERS);
    }
}

/// The bytes of a session that begins now.
pub(crate) fn encoded(session: &Session<'_>) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(vec![0; MAX_CLIENT_SESSION]);
    let length = session.encode(now()?, &mut bytes)?;
    Some(Zeroizing::new(bytes[..length].to_vec()))
}

/// The sessions of an acceptor: tickets, whose key it changes by itself, and a store for clients without.
pub struct ServerSessions {
    keys: Arc<Mutex<TimedKeys>>,
    /// None where clients without tickets are to do without sessions.
    store: Option<Mutex<Store<Vec<u8>>>>,
}

impl ServerSessions {
    /// Those of clients that know tickets: by the same keys, without the store.
    pub(crate) fn by_ticket_alone(&self) -> Self {
        Self { keys: Arc::clone(&self.keys), store: None }
    }

    /// Forgets the session under this id. One in a ticket stays good: there is nothing to forget.
    pub(crate) fn forget(&self, id: &[u8]) {
        if let Some(store) = &self.store {
            lock(store).remove(id);
        }
    }
}

/// Keys, and when the present one was made; none before the first ticket.
struct TimedKeys {
    keys: TicketKeys,
    made: Option<Instant>,
}

impl Default for ServerSessions {
    fn default() -> Self {
        let keys = TimedKeys { keys: TicketKeys::new(), made: None };
        Self { keys: Arc::new(Mutex::new(keys)), store: Some(Mutex::default()) }
    }
}

impl Sessions for ServerSessions {
    fn now(&self) -> Option<UnixTime> {
        now()
    }

    fn lifetime(&self) -> u32 {
        u32::try_from(LIFETIME.as_secs()).unwrap_or(0)
    }

    fn open(&self, ticket: &[u8], out: &mut [u8]) -> Option<usize> {
        lock(&self.keys).keys.open(&mut software(), ticket, out)
    }

    fn seal(&self, session: &[u8], out: &mut [u8]) -> Option<usize> {
        let mut keys = lock(&self.keys);
        if keys.made.is_none_or(|made| made.elapsed() >= LIFETIME) {
            keys.keys.renew(&mut software()).ok()?;
            keys.made = Some(Instant::now());
        }
        keys.keys.seal(&mut software(), session, out).ok()
    }

    fn find(&self, id: &[u8], out: &mut [u8]) -> Option<usize> {
        let store = lock(self.store.as_ref()?);
        let session = store.sessions.get(id)?;
        out.get_mut(..session.len())?.copy_from_slice(session);
        Some(session.len())
    }

    fn keep(&self, id: &[u8], session: &[u8]) {
        if let Some(store) = &self.store {
            lock(store).put(id.to_vec(), Zeroizing::new(session.to_vec()), CLIENTS);
        }
    }
}

/// Sessions by name, and the names in the order in which they came.
struct Store<K> {
    sessions: HashMap<K, Zeroizing<Vec<u8>>>,
    order: VecDeque<K>,
}

impl<K> Default for Store<K> {
    fn default() -> Self {
        Self { sessions: HashMap::new(), order: VecDeque::new() }
    }
}

impl<K: Clone + Eq + Hash> Store<K> {
    fn remove<Q: Eq + Hash + ?Sized>(&mut self, name: &Q)
    where
        K: Borrow<Q>,
    {
        if self.sessions.remove(name).is_some() {
            self.order.retain(|other| other.borrow() != name);
        }
    }

    fn put(&mut self, name: K, session: Zeroizing<Vec<u8>>, limit: usize) {
        if self.sessions.insert(name.clone(), session).is_none() {
            self.order.push_back(name);
        }
        while self.order.len() > limit {
            self.order.pop_front().map(|oldest| self.sessions.remove(&oldest));
        }
    }
}

impl fmt::Debug for ClientSessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientSessions").field("servers", &lock(&self.0).order).finish()
    }
}

impl fmt::Debug for ServerSessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = self.store.as_ref().map(|store| lock(store).order.len());
        f.debug_struct("ServerSessions").field("kept", &kept).finish()
    }
}

/// The time of this machine; none before 1970.
pub(crate) fn now() -> Option<UnixTime> {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok().map(UnixTime::since_unix_epoch)
}

fn software() -> Software {
    Software::new(Onlookers::default())
}

/// What a thread that panicked left behind is whole: nothing here panics between two changes.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use tidegate::driver::Sessions as _;
    use zeroize::Zeroizing;

    use super::{ServerSessions, Store};

    #[test]
    fn a_full_store_forgets_the_oldest() {
        let mut store = Store::<u8>::default();
        for name in [1, 2, 1, 3] {
            store.put(name, Zeroizing::new(vec![name]), 2);
        }
        let mut names: Vec<u8> = store.sessions.keys().copied().collect();
        names.sort_unstable();
        assert_eq!((names, store.order.len()), (vec![2, 3], 2));
    }

    #[test]
    fn what_is_forgotten_makes_room() {
        let mut store = Store::<u8>::default();
        for name in [1, 2] {
            store.put(name, Zeroizing::new(vec![name]), 2);
        }
        store.remove(&1);
        store.put(3, Zeroizing::new(vec![3]), 2);
        assert!(store.sessions.contains_key(&2) && store.sessions.contains_key(&3));
        assert_eq!(store.order, [2, 3]);
    }

    #[test]
    fn tickets_are_good_at_the_server_that_sealed_them() {
        let (one, other) = (ServerSessions::default(), ServerSessions::default());
        let (mut ticket, mut session) = ([0; 200], [0; 200]);
        let length = one.seal(b"session", &mut ticket).unwrap();
        assert_eq!(one.open(&ticket[..length], &mut session), Some(7));
        assert_eq!(&session[..7], b"session");
        assert_eq!(other.open(&ticket[..length], &mut session), None);
    }
}
