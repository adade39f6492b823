//! Offering outgoing bytes to a transport within a call.

use super::{Engine, Loan, Role};
use crate::crypto::Provider;

impl<R: Role> Engine<R> {
    /// Lets outgoing bytes leave as far as the transport takes them; how many did. None where the call has no taker.
    pub(crate) fn offer<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) -> usize {
        let Some(taker) = lent.taker.as_deref_mut() else { return 0 };
        let mut taken = 0_usize;
        loop {
            let pending = self.outgoing.pending(lent.outgoing.bytes);
            let count = if pending.is_empty() { 0 } else { taker(pending).min(pending.len()) };
            if count == 0 {
                return taken;
            }
            self.outgoing.sent(count);
            taken = taken.saturating_add(count);
        }
    }
}
