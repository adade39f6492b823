//! When a call has nothing to do but what it is for.

#[cfg(feature = "psk")]
use super::MoreTickets;
use super::{Engine, KeyUpdate, Loan, Role, Tell};
use crate::crypto::Provider;
use crate::modes::write::Close;

impl<R: Role> Engine<R> {
    /// Whether the handshake is over, that was told, and nothing of ours waits to be built.
    pub(super) fn is_quiet(&self) -> bool {
        #[cfg(feature = "post-handshake-auth")]
        if self.is_late() {
            return false;
        }
        #[cfg(feature = "early-data")]
        if self.holds_early_data() {
            return false;
        }
        self.tells.connected == Tell::Told
            && self.failed.is_none()
            && self.owes_nothing()
            && self.is_connected()
    }

    /// Whether nothing comes before the next application data, so that a write of nothing would do nothing.
    pub(super) fn may_write_at_once<P: Provider>(&self, lent: &Loan<'_, R, P>) -> bool {
        #[cfg(feature = "tls12")]
        if self.wishes_renegotiation() {
            return false;
        }
        self.is_quiet() && self.write.close() == Close::Open && lent.taker.is_none()
    }

    /// Whether nothing of ours waits to be built: no KeyUpdate, no ticket, no warning, no close_notify.
    pub(super) fn owes_nothing(&self) -> bool {
        #[cfg(feature = "psk")]
        if self.more_tickets != MoreTickets::default() {
            return false;
        }
        #[cfg(feature = "tls12")]
        if self.owes_refusal() {
            return false;
        }
        self.key_update == KeyUpdate::None && self.write.close() != Close::Asked
    }

    /// Whether some of a ticket or of a late answer has left and some has not: nothing may come between (RFC 8446, section
    /// 5.1).
    pub(super) fn is_in_pieces(&self) -> bool {
        #[cfg(feature = "psk")]
        if self.more_tickets.is_in_pieces() {
            return true;
        }
        #[cfg(feature = "post-handshake-auth")]
        if self.late.has_begun() {
            return true;
        }
        false
    }
}
