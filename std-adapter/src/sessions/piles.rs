//! Sessions that are used once each: several of every server.

use std::collections::{HashMap, VecDeque};
use std::time::Instant;

use super::store::{KeptSession, Life, SWEEP};

/// Sessions of a server that are kept at most; the oldest goes first. A client may make as many connections at once.
const EACH: usize = 8;

/// Sessions by the name of the server, and the names in the order in which they came.
pub(super) struct Piles {
    limit: usize,
    piles: HashMap<String, VecDeque<(KeptSession, Life)>>,
    order: VecDeque<String>,
    swept: Option<Instant>,
}

impl Piles {
    /// For so many servers at most; the oldest goes first, with all its sessions.
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, piles: HashMap::new(), order: VecDeque::new(), swept: None }
    }

    /// The latest session with this server whose time is not over; it is not here any more.
    pub(super) fn take(&mut self, name: &str, now: Instant) -> Option<KeptSession> {
        self.sweep(now);
        let pile = self.piles.get_mut(name)?;
        let found = std::iter::from_fn(|| pile.pop_back()).find(|(_, life)| !life.is_over(now));
        self.drop_empty();
        found.map(|(session, _)| session)
    }

    /// Keeps a session whose life begins now.
    pub(super) fn put(&mut self, name: &str, session: KeptSession, life: Life) {
        self.sweep(life.since);
        if !self.piles.contains_key(name) {
            self.order.push_back(name.to_owned());
        }
        let pile = self.piles.entry(name.to_owned()).or_default();
        pile.push_back((session, life));
        if pile.len() > EACH {
            pile.pop_front();
        }
        while self.order.len() > self.limit {
            self.order.pop_front().map(|oldest| self.piles.remove(&oldest));
        }
    }

    /// Forgets the sessions whose time is over, whoever asks for what.
    fn sweep(&mut self, now: Instant) {
        let swept = self.swept.map(|since| Life { since, lifetime: SWEEP });
        if swept.is_some_and(|swept| !swept.is_over(now)) {
            return;
        }
        self.swept = Some(now);
        self.piles.values_mut().for_each(|pile| pile.retain(|(_, life)| !life.is_over(now)));
        self.drop_empty();
    }

    fn drop_empty(&mut self) {
        self.piles.retain(|_, pile| !pile.is_empty());
        self.order.retain(|name| self.piles.contains_key(name));
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use zeroize::Zeroizing;

    use crate::certificates::Chain;

    use super::{EACH, KeptSession, Life, Piles, SWEEP};

    fn put(piles: &mut Piles, name: &str, session: u8, life: Life) {
        let session = KeptSession { bytes: Zeroizing::new(vec![session]), certificates: Chain::default() };
        piles.put(name, session, life);
    }

    fn take(piles: &mut Piles, name: &str, now: Instant) -> Option<u8> {
        piles.take(name, now).map(|session| session.bytes[0])
    }

    fn hour(since: Instant) -> Life {
        Life { since, lifetime: Duration::from_secs(3600) }
    }

    #[test]
    fn the_latest_comes_first_and_each_once() {
        let (mut piles, now) = (Piles::new(2), Instant::now());
        for session in 0..=EACH {
            put(&mut piles, "a", u8::try_from(session).unwrap(), hour(now));
        }
        put(&mut piles, "b", 99, hour(now));
        let taken: Vec<_> = std::iter::from_fn(|| take(&mut piles, "a", now)).collect();
        assert_eq!(taken, [8, 7, 6, 5, 4, 3, 2, 1], "the oldest went");
        assert_eq!([take(&mut piles, "b", now), take(&mut piles, "b", now)], [Some(99), None]);
        assert!(piles.piles.is_empty() && piles.order.is_empty());
    }

    #[test]
    fn the_oldest_server_makes_room() {
        let (mut piles, now) = (Piles::new(2), Instant::now());
        for (name, session) in [("a", 1), ("b", 2), ("a", 3), ("c", 4)] {
            put(&mut piles, name, session, hour(now));
        }
        assert_eq!(["a", "b", "c"].map(|name| take(&mut piles, name, now)), [None, Some(2), Some(4)]);
    }

    #[test]
    fn a_session_whose_time_is_over_is_gone_and_one_before_it_is_not() {
        let (mut piles, now) = (Piles::new(2), Instant::now());
        put(&mut piles, "a", 1, hour(now));
        put(&mut piles, "a", 2, Life { since: now, lifetime: SWEEP / 2 });
        assert_eq!(take(&mut piles, "a", now + SWEEP / 2), Some(1));
        put(&mut piles, "a", 3, Life { since: now, lifetime: SWEEP / 2 });
        assert_eq!(take(&mut piles, "b", now + SWEEP), None);
        assert!(piles.piles.is_empty() && piles.order.is_empty(), "whoever asks for another one");
    }
}
