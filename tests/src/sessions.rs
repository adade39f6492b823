//! The sessions that a server keeps, or seals into tickets.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use getrandom::SysRng;
use tidegate::crypto::HashAlgorithm;
use tidegate::crypto::rustcrypto::RustCrypto;
use tidegate::driver::Sessions;
use tidegate::ticket::TicketKeys;
use tidegate::wire::pre_shared_key::{ImportedIdentity, PskIdentity};
use tidegate::{Event, MAX_CLIENT_SESSION, Ticket, UnixTime};

/// A store, and keys for tickets.
#[derive(Debug)]
pub struct Kept {
    keys: TicketKeys,
    /// The sessions by their ids.
    pub by_id: RefCell<HashMap<Vec<u8>, Vec<u8>>>,
    /// Seconds that this server's clock is ahead.
    pub ahead: u64,
    /// Seconds that its sessions are good for; 0 for the default.
    pub lifetime: u32,
    /// Whether clients of TLS 1.2 get a new ticket for the one that they show.
    pub renews: bool,
    /// The tickets that were used, where early data is let in.
    pub used: Option<RefCell<HashSet<Vec<u8>>>>,
    /// The early data that came.
    pub early_data: RefCell<Vec<u8>>,
    /// External keys by their identities.
    pub external: HashMap<Vec<u8>, External>,
}

/// An external key, and how it is used.
#[derive(Clone, Copy, Debug)]
pub enum External {
    /// As it is, with this hash.
    Plain([u8; 32], HashAlgorithm),
    /// Imported (RFC 9258), by clients that name this context.
    Imported([u8; 32], &'static [u8]),
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
        Self {
            keys,
            by_id: RefCell::default(),
            ahead: 0,
            lifetime: 0,
            renews: false,
            used: None,
            early_data: RefCell::default(),
            external: HashMap::new(),
        }
    }
}

impl Kept {
    /// Answers a client that offers an external key that is known; other events come back.
    pub fn answer_external<'a>(&self, event: Event<'a>) -> Option<Event<'a>> {
        let Event::FindPsk(ask) = event else { return Some(event) };
        let known = |psk: PskIdentity<'_>| {
            let imported = ImportedIdentity::parse(psk.identity).ok();
            let name = imported.map_or(psk.identity, |imported| imported.external_identity);
            let key = *self.external.get(name)?;
            let context = imported.map(|imported| imported.context);
            let fits = !matches!(key, External::Imported(_, own) if Some(own) != context);
            fits.then_some((psk.index, key))
        };
        let found = ask.identities().find_map(known);
        let answered = match found {
            Some((index, External::Plain(key, hash))) => ask.external(index, &key, hash),
            Some((index, External::Imported(key, _))) => ask.imported(index, &key, HashAlgorithm::Sha256),
            None => return Some(Event::FindPsk(ask)),
        };
        answered.unwrap_or(());
        None
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

    fn lifetime(&self) -> u32 {
        self.lifetime
    }

    fn open(&self, ticket: &[u8], out: &mut [u8]) -> Option<usize> {
        self.keys.open(&mut RustCrypto::new(SysRng), ticket, out)
    }

    fn seal(&self, session: &[u8], out: &mut [u8]) -> Option<usize> {
        self.keys.seal(&mut RustCrypto::new(SysRng), session, out).ok()
    }

    fn renews(&self, _: &[u8]) -> bool {
        self.renews
    }

    fn is_first_use(&self, ticket: &[u8]) -> bool {
        self.used.as_ref().is_some_and(|used| used.borrow_mut().insert(ticket.to_vec()))
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

/// The session that goes on with a ticket.
#[must_use]
pub fn kept(ticket: &mut Ticket<'_>) -> Option<Vec<u8>> {
    let mut bytes = vec![0; MAX_CLIENT_SESSION];
    let length = ticket.encode(now()?, &mut bytes)?;
    bytes.truncate(length);
    Some(bytes)
}
