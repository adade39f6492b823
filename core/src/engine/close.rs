//! Closing our direction (RFC 8446, section 6.1).

use super::{Engine, KeyUpdate, Loan, Role};
use crate::crypto::Provider;
use crate::error::{Error, Refused};
use crate::modes::Terms;
use crate::modes::write::{Close, WriteEvent};
use crate::wire::enums::AlertDescription;

impl<R: Role> Engine<R> {
    /// The application closes: close_notify follows what is pending. In a handshake there is nothing to wait for.
    pub(crate) fn close<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) {
        #[cfg(feature = "tls12")]
        let is_done = self.is_connected() || self.is_established();
        #[cfg(not(feature = "tls12"))]
        let is_done = self.is_connected();
        if !is_done {
            self.fail(Refused::Closed.into(), lent);
            return;
        }
        self.outgoing.give_up_reserved();
        #[cfg(feature = "psk")]
        self.more_tickets.give_up();
        let terms = self.terms(R::common(lent.config));
        self.write.advance(WriteEvent::Close, &terms);
        #[cfg(feature = "post-handshake-auth")]
        if self.late.has_begun() && self.drive(lent).is_err() {
            return;
        }
        if let Err(error) = self.settle_own_side(lent) {
            self.fail(error, lent);
        }
    }

    /// Sends what waited for the end of a write: our KeyUpdate, then close_notify.
    pub(crate) fn settle_own_side<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) -> Result<(), Error> {
        if self.owes_nothing() && lent.taker.is_none() || self.is_in_pieces() {
            return Ok(());
        }
        self.send_idle_key_update(lent)?;
        #[cfg(feature = "tls12")]
        self.send_refusal(lent)?;
        let closes = self.write.close() == Close::Asked && self.write.control_may_leave();
        if closes && self.key_update.is_queued() {
            self.send_key_update(lent)?; // V11
        }
        let control = self.unbuilt_control();
        #[cfg(feature = "psk")]
        let control = control.and(self.unbuilt_ticket(lent.common()));
        let terms = Terms { control, ..self.terms(R::common(lent.config)) };
        if !self.write.close_notify_due(terms.control) {
            return Ok(());
        }
        self.key_update = KeyUpdate::None; // V14: a reply that is merely owed
        #[cfg(feature = "psk")]
        self.more_tickets.give_up();
        self.send_alert(AlertDescription::CLOSE_NOTIFY, lent)?;
        self.write.advance(WriteEvent::CloseNotifySealed, &terms);
        Ok(())
    }
}
