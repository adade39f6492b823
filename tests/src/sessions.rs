//! The sessions that a server keeps, or seals into tickets.

use std::cell::RefCell;
use std::collections::HashMap;

use getrandom::SysRng;
use tidegate::UnixTime;
use tidegate::crypto::rustcrypto::RustCrypto;
use tidegate::driver::Sessions;
use tidegate::ticket::TicketKeys;

/// A store, and keys for tickets.
#[derive(Debug)]
pub struct Kept {
    keys: TicketKeys,
    /// The sessions by their ids.
    pub by_id: RefCell<HashMap<Vec<u8>, Vec<u8>>>,
    /// Seconds that this server's clock is ahead.
    pub ahead: u64,
}

impl Kept {
    /// Nothing is kept, and there is a fresh key.
    ///
    /// # Panics
    /// If there is no randomness.
    #[must_use]
    pub fn new() -> Self {
        let mut keys = TicketKeys::new();
        keys.renew(&mut RustCrypto::new(SysRng)).unwrap();
        Self { keys, by_id: RefCell::default(), ahead: 0 }
    }
}

impl Default for Kept {
    fn default() -> Self {
        Self::new()
    }
}

impl Sessions for Kept {
    fn now(&self) -> Option<UnixTime> {
        let ahead = std::time::Duration::from_secs(self.ahead);
        now().map(|now| UnixTime::since_unix_epoch(ahead + std::time::Duration::from_secs(now.as_secs())))
    }

    fn open(&self, ticket: &[u8], out: &mut [u8]) -> Option<usize> {
        self.keys.open(&mut RustCrypto::new(SysRng), ticket, out)
    }

    fn seal(&self, session: &[u8], out: &mut [u8]) -> Option<usize> {
        self.keys.seal(&mut RustCrypto::new(SysRng), session, out).ok()
    }

    fn find(&self, id: &[u8], out: &mut [u8]) -> Option<usize> {
        let kept = self.by_id.borrow();
        let session = kept.get(id)?;
        out.get_mut(..session.len())?.copy_from_slice(session);
        Some(session.len())
    }

    fn keep(&self, id: &[u8], session: &[u8]) {
        self.by_id.borrow_mut().insert(id.to_vec(), session.to_vec());
    }
}

/// The time of this machine.
#[must_use]
pub fn now() -> Option<UnixTime> {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(UnixTime::since_unix_epoch(since))
}
