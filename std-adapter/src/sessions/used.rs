//! Which tickets were used with early data (RFC 8446, section 8.1).

use std::collections::{HashSet, VecDeque};
use std::time::{Duration, Instant};

use pki_types::UnixTime;
use tidegate::crypto::{Digest, HashAlgorithm, Provider};
use tidegate::limits::TICKET_MEMORY;

use crate::provider::Software;

/// Tickets that are remembered at most: 10 MB. Where there is no room for another one, its early data is refused and the
/// handshake goes on.
const TICKETS: usize = 1 << 16;

/// How long one is remembered: later its age, as the early data tells it, is wrong.
const MEMORY: Duration = Duration::from_secs(TICKET_MEMORY as u64);

/// The time that goes on, and the one that ages are told by, which may stand still or be set back.
#[derive(Clone, Copy)]
pub(super) struct Now {
    pub(super) instant: Instant,
    pub(super) told: Option<UnixTime>,
}

impl Now {
    /// Whether a ticket of then has the wrong age by now, by either.
    fn is_long_after(self, then: Self) -> bool {
        let told = match (self.told, then.told) {
            (Some(now), Some(then)) => now.as_secs().saturating_sub(then.as_secs()) >= MEMORY.as_secs(),
            _ => true, // without a time no session goes on
        };
        told && self.instant.saturating_duration_since(then.instant) >= MEMORY
    }
}

/// The tickets of the last time, by their digests.
#[derive(Default)]
pub(super) struct Used {
    digests: HashSet<Box<[u8]>>,
    /// The same, the oldest first.
    order: VecDeque<(Now, Box<[u8]>)>,
}

impl Used {
    /// Whether this ticket was not used before; it is from now on. No where that can't be said.
    pub(super) fn is_first_use(&mut self, ticket: &[u8], now: Now) -> bool {
        self.forget_old(now);
        let Some(digest) = digest(ticket) else { return false };
        let name: Box<[u8]> = digest.as_bytes().into();
        if self.digests.contains(&name) || self.order.len() >= TICKETS {
            return false;
        }
        self.order.push_back((now, name.clone()));
        self.digests.insert(name)
    }

    fn forget_old(&mut self, now: Now) {
        while let Some((since, name)) = self.order.front()
            && now.is_long_after(*since)
        {
            self.digests.remove(name);
            self.order.pop_front();
        }
    }
}

fn digest(ticket: &[u8]) -> Option<Digest> {
    let mut software = Software::default();
    let mut hash = software.hash_start(HashAlgorithm::Sha256).ok()?;
    software.hash_update(&mut hash, ticket).ok()?;
    software.hash_digest(&hash).ok()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use pki_types::UnixTime;

    use super::{MEMORY, Now, TICKETS, Used};

    /// So long after a beginning, by each clock.
    fn after(begin: Instant, passed: Duration, told: Duration) -> Now {
        let told = Some(UnixTime::since_unix_epoch(Duration::from_secs(1 << 30) + told));
        Now { instant: begin + passed, told }
    }

    #[test]
    fn a_ticket_is_used_once_as_long_as_its_age_may_be_right() {
        let (mut used, begin) = (Used::default(), Instant::now());
        let at = |passed| after(begin, passed, passed);
        assert!(used.is_first_use(b"ticket", at(Duration::ZERO)));
        assert!(used.is_first_use(b"another", at(Duration::ZERO)));
        assert!(!used.is_first_use(b"ticket", at(MEMORY - Duration::from_nanos(1))));
        assert!(used.is_first_use(b"ticket", at(MEMORY)));
        assert_eq!((used.digests.len(), used.order.len()), (1, 1), "the other one is forgotten");
    }

    #[test]
    fn a_clock_that_is_set_back_makes_no_ticket_new() {
        let (mut used, begin) = (Used::default(), Instant::now());
        assert!(used.is_first_use(b"ticket", after(begin, Duration::ZERO, MEMORY)));
        assert!(!used.is_first_use(b"ticket", after(begin, MEMORY, MEMORY)), "it stands still");
        assert!(!used.is_first_use(b"ticket", after(begin, 2 * MEMORY, Duration::ZERO)), "it was set back");
        assert!(!used.is_first_use(b"ticket", after(begin, Duration::ZERO, 2 * MEMORY)), "it was set on");
        assert!(used.is_first_use(b"ticket", after(begin, 2 * MEMORY, 2 * MEMORY)));
    }

    #[test]
    fn where_there_is_no_room_nothing_is_new() {
        let (mut used, begin) = (Used::default(), Instant::now());
        let mut is_new =
            |ticket: usize, age| used.is_first_use(&ticket.to_be_bytes(), after(begin, age, age));
        assert!((0..TICKETS).all(|ticket| is_new(ticket, Duration::ZERO)));
        assert!(!is_new(TICKETS, Duration::ZERO));
        assert!(is_new(TICKETS, MEMORY));
    }
}
