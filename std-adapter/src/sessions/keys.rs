//! Keys of tickets, which change by themselves.

use std::collections::VecDeque;
use std::time::Instant;

use tidegate::ticket::TicketKeys;

use super::LIFETIME;
use super::store::Life;
use crate::provider::Software;

/// Keys, the oldest first. Each seals tickets for as long as one is good, and opens them for as long again.
#[derive(Default)]
pub(super) struct TimedKeys(VecDeque<TimedKey>);

struct TimedKey {
    /// One alone. It stays where it is, so that no copy of it is left behind, and is wiped when it is dropped.
    key: Box<TicketKeys>,
    made: Instant,
}

impl TimedKey {
    fn is_past(&self, now: Instant, lifetimes: u32) -> bool {
        Life { since: self.made, lifetime: LIFETIME * lifetimes }.is_over(now)
    }
}

impl TimedKeys {
    /// Opens a ticket into `out`; how long the session is.
    pub(super) fn open(&mut self, now: Instant, ticket: &[u8], out: &mut [u8]) -> Option<usize> {
        self.expire(now);
        self.0.iter().find_map(|timed| timed.key.open(&mut Software::default(), ticket, out))
    }

    /// Seals a session into `out`; how long the ticket is.
    pub(super) fn seal(&mut self, now: Instant, session: &[u8], out: &mut [u8]) -> Option<usize> {
        self.expire(now);
        if self.0.back().is_none_or(|latest| latest.is_past(now, 1)) {
            let mut key = Box::new(TicketKeys::new());
            key.renew(&mut Software::default()).ok()?;
            self.0.push_back(TimedKey { key, made: now });
        }
        self.0.back()?.key.seal(&mut Software::default(), session, out).ok()
    }

    /// Drops the keys none of whose tickets is good any more.
    pub(super) fn expire(&mut self, now: Instant) {
        while self.0.front().is_some_and(|oldest| oldest.is_past(now, 2)) {
            self.0.pop_front();
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{LIFETIME, TimedKeys};

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_key_seals_for_one_lifetime_and_opens_for_two() {
        let (mut keys, start) = (TimedKeys::default(), Instant::now());
        let (mut ticket, mut other, mut session) = ([0; 200], [0; 200], [0; 200]);
        let length = keys.seal(start, b"session", &mut ticket).unwrap();
        for (age, expected) in [(LIFETIME - SECOND, 1), (LIFETIME, 2)] {
            keys.seal(start + age, b"other", &mut other).unwrap();
            assert_eq!(keys.len(), expected, "{age:?}");
        }
        let mut open = |age| keys.open(start + age, &ticket[..length], &mut session);
        assert_eq!(open(LIFETIME * 2 - SECOND), Some(7));
        assert_eq!(open(LIFETIME * 2), None);
        assert_eq!(keys.len(), 1, "the key is gone, and not only out of use");
        assert_eq!(keys.open(start + LIFETIME * 3 - SECOND, &other[..length - 2], &mut session), Some(5));
        keys.expire(start + LIFETIME * 3);
        assert_eq!(keys.len(), 0);
    }
}
