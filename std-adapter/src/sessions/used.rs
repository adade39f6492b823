//! Which tickets were used with early data (RFC 8446, section 8.1).

use std::collections::{HashSet, VecDeque};
use std::time::{Duration, Instant};

use tidegate::crypto::{Digest, HashAlgorithm, Provider};
use tidegate::limits::TICKET_AGE;

use crate::provider::Software;

/// Tickets that are remembered at most: 10 MB. Where there is no room for another one, its early data is refused and the
/// handshake goes on.
const TICKETS: usize = 1 << 16;

/// How long one is remembered: later its age, as the early data tells it, is wrong. Ages are whole seconds.
const MEMORY: Duration = Duration::from_secs(2 * TICKET_AGE as u64 + 2);

/// The tickets of the last time, by their digests.
#[derive(Default)]
pub(super) struct Used {
    digests: HashSet<Box<[u8]>>,
    /// The same, the oldest first.
    order: VecDeque<(Instant, Box<[u8]>)>,
}

impl Used {
    /// Whether this ticket was not used before; it is from now on. No where that can't be said.
    pub(super) fn is_first_use(&mut self, ticket: &[u8], now: Instant) -> bool {
        self.forget_old(now);
        let Some(digest) = digest(ticket) else { return false };
        let name: Box<[u8]> = digest.as_bytes().into();
        if self.digests.contains(&name) || self.order.len() >= TICKETS {
            return false;
        }
        self.order.push_back((now, name.clone()));
        self.digests.insert(name)
    }

    fn forget_old(&mut self, now: Instant) {
        while let Some((since, name)) = self.order.front()
            && now.saturating_duration_since(*since) >= MEMORY
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

    use super::{MEMORY, TICKETS, Used};

    #[test]
    fn a_ticket_is_used_once_as_long_as_its_age_may_be_right() {
        let (mut used, now) = (Used::default(), Instant::now());
        assert!(used.is_first_use(b"ticket", now) && used.is_first_use(b"another", now));
        assert!(!used.is_first_use(b"ticket", now + MEMORY - Duration::from_nanos(1)));
        assert!(used.is_first_use(b"ticket", now + MEMORY));
        assert_eq!((used.digests.len(), used.order.len()), (1, 1), "the other one is forgotten");
    }

    #[test]
    fn where_there_is_no_room_nothing_is_new() {
        let (mut used, now) = (Used::default(), Instant::now());
        let mut is_new = |ticket: usize, age| used.is_first_use(&ticket.to_be_bytes(), now + age);
        assert!((0..TICKETS).all(|ticket| is_new(ticket, Duration::ZERO)));
        assert!(!is_new(TICKETS, Duration::ZERO));
        assert!(is_new(TICKETS, MEMORY));
    }
}
