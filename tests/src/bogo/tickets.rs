//! Tickets as the flags want them.

use tidegate::ticket::{KEY, KEY_NAME};
use tidegate_std::{SharedTicketKeys, Tickets};

use super::flags::Config;
use super::noted::Noted;

/// A callback that seals and opens tickets, always with the same key.
pub(super) struct Callback {
    keys: SharedTicketKeys,
    noted: Noted,
}

impl Callback {
    /// The callback, if the flags want one.
    pub(super) fn wanted(config: &Config, noted: &Noted) -> Option<Self> {
        let flags = ["-use-ticket-callback", "-use-ticket-aead-callback"];
        flags.iter().any(|flag| config.has(flag)).then(|| {
            let keys = SharedTicketKeys::new();
            keys.install([0; KEY_NAME], &[0; KEY]);
            Self { keys, noted: noted.clone() }
        })
    }
}

impl Tickets for Callback {
    fn seal(&self, session: &[u8], out: &mut [u8]) -> Option<usize> {
        let skips = self.noted.lock().config.has("-skip-ticket");
        if skips { None } else { self.keys.seal(session, out) }
    }

    fn open(&self, ticket: &[u8], out: &mut [u8]) -> Option<usize> {
        let mut notes = self.noted.lock();
        if std::mem::replace(&mut notes.has_opened_ticket, true) {
            notes.complaint = Some("The ticket callback was called after completion.".to_owned());
            return None;
        }
        drop(notes);
        self.keys.open(ticket, out)
    }

    fn renews(&self, _: &[u8]) -> bool {
        self.noted.lock().config.has("-renew-ticket")
    }
}
