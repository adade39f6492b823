//! Sessions by name, for as long as each is good.

use std::borrow::Borrow;
use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use crate::certificates::Chain;

/// How often a store is searched for sessions whose time is over. One that is asked for is looked at anyway.
pub(super) const SWEEP: Duration = Duration::from_secs(60);

/// A session, and who the peer was when it began. They come and go together.
#[derive(Clone)]
pub(crate) struct KeptSession {
    pub(crate) bytes: Zeroizing<Vec<u8>>,
    /// Empty if the peer showed none.
    pub(crate) certificates: Chain,
}

/// From when on something is good, and for how long.
#[derive(Clone, Copy)]
pub(super) struct Life {
    pub(super) since: Instant,
    pub(super) lifetime: Duration,
}

impl Life {
    pub(super) fn is_over(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.since) >= self.lifetime
    }
}

/// Sessions by name, and the names in the order in which they came.
pub(super) struct Store<K> {
    limit: usize,
    sessions: HashMap<K, (KeptSession, Life)>,
    order: VecDeque<K>,
    swept: Option<Instant>,
}

impl<K: Clone + Eq + Hash> Store<K> {
    /// One for so many sessions at most; the oldest goes first.
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, sessions: HashMap::new(), order: VecDeque::new(), swept: None }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.sessions.len()
    }

    /// The session of this name, if its time is not over.
    pub(super) fn get<Q: Eq + Hash + ?Sized>(&mut self, name: &Q, now: Instant) -> Option<&KeptSession>
    where
        K: Borrow<Q>,
    {
        self.sweep(now);
        if self.sessions.get(name).is_some_and(|(_, life)| life.is_over(now)) {
            self.remove(name);
        }
        self.sessions.get(name).map(|(session, _)| session)
    }

    pub(super) fn remove<Q: Eq + Hash + ?Sized>(&mut self, name: &Q)
    where
        K: Borrow<Q>,
    {
        if self.sessions.remove(name).is_some() {
            self.order.retain(|other| other.borrow() != name);
        }
    }

    /// Keeps a session whose life begins now, in place of the one of before.
    pub(super) fn put(&mut self, name: K, session: KeptSession, life: Life) {
        self.sweep(life.since);
        if self.sessions.insert(name.clone(), (session, life)).is_none() {
            self.order.push_back(name);
        }
        while self.order.len() > self.limit {
            self.order.pop_front().map(|oldest| self.sessions.remove(&oldest));
        }
    }

    /// Forgets the sessions whose time is over, whoever asks for what. Lives differ, so all are looked at, and not often.
    pub(super) fn sweep(&mut self, now: Instant) {
        let swept = self.swept.map(|since| Life { since, lifetime: SWEEP });
        if swept.is_some_and(|swept| !swept.is_over(now)) {
            return;
        }
        self.swept = Some(now);
        self.sessions.retain(|_, (_, life)| !life.is_over(now));
        self.order.retain(|name| self.sessions.contains_key(name));
    }

    /// The names, the oldest first.
    pub(super) const fn names(&self) -> &VecDeque<K> {
        &self.order
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use zeroize::Zeroizing;

    use super::{KeptSession, Life, SWEEP, Store};

    fn session(name: u8) -> KeptSession {
        KeptSession { bytes: Zeroizing::new(vec![name]), certificates: vec![vec![name].into()].into() }
    }

    fn hour(since: Instant) -> Life {
        Life { since, lifetime: Duration::from_secs(3600) }
    }

    #[test]
    fn a_full_store_forgets_the_oldest() {
        let (mut store, now) = (Store::<u8>::new(2), Instant::now());
        for name in [1, 2, 1, 3] {
            store.put(name, session(name), hour(now));
        }
        let mut names: Vec<u8> = store.sessions.keys().copied().collect();
        names.sort_unstable();
        assert_eq!((names, store.order.len()), (vec![2, 3], 2));
    }

    #[test]
    fn what_is_forgotten_makes_room() {
        let (mut store, now) = (Store::<u8>::new(2), Instant::now());
        for name in [1, 2] {
            store.put(name, session(name), hour(now));
        }
        store.remove(&1);
        store.put(3, session(3), hour(now));
        assert!(store.sessions.contains_key(&2) && store.sessions.contains_key(&3));
        assert_eq!(store.order, [2, 3]);
    }

    #[test]
    fn a_session_whose_time_is_over_is_not_found_and_gone() {
        let (mut store, now) = (Store::<u8>::new(2), Instant::now());
        store.put(1, session(1), Life { since: now, lifetime: SWEEP / 2 });
        assert!(store.get(&1, now + SWEEP / 2 - Duration::from_nanos(1)).is_some());
        assert!(store.get(&1, now + SWEEP / 2).is_none());
        assert!(store.sessions.is_empty() && store.order.is_empty());
    }

    #[test]
    fn whoever_asks_for_another_one_meets_those_whose_time_is_over() {
        let uses: [fn(&mut Store<u8>, Instant); 2] = [
            |store, now| assert!(store.get(&9, now).is_none()),
            |store, now| store.put(3, session(3), hour(now)),
        ];
        for uses in uses {
            let (mut store, now) = (Store::<u8>::new(9), Instant::now());
            store.put(1, session(1), Life { since: now, lifetime: SWEEP * 10 });
            store.put(2, session(2), Life { since: now, lifetime: SWEEP });
            uses(&mut store, now + SWEEP);
            assert!(store.sessions.contains_key(&1) && !store.sessions.contains_key(&2));
            assert!(!store.order.contains(&2) && store.order.len() == store.sessions.len());
        }
    }

    #[test]
    fn a_session_and_its_certificates_are_found_and_replaced_together() {
        let (mut store, now) = (Store::<u8>::new(1), Instant::now());
        for kept in [1, 2] {
            store.put(7, session(kept), hour(now));
            let found = store.get(&7, now).unwrap();
            assert_eq!((&found.bytes[..], &*found.certificates[0]), (&[kept][..], &[kept][..]));
        }
    }
}
