//! Closing our direction (RFC 8446, section 6.1).

use super::{Engine, KeyUpdate, Loan, Role};
use crate::crypto::Provider;
use crate::error::{Error, Refused};
use crate::modes::write::WriteEvent;
use crate::modes::{Control, Terms};
use crate::wire::enums::AlertDescription;

impl<R: Role> Engine<R> {
    /// The application closes: close_notify follows what is pending. In a handshake there is nothing to wait for.
    pub(crate) fn close<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) {
        if !self.is_connected() {
            self.fail(Refused::Closed.into(), lent);
            return;
        }
        self.outgoing.give_up_reserved();
        let terms = self.terms(R::common(lent.config));
        (self.write, _) = self.write.step(WriteEvent::Close, &terms);
        if let Err(error) = self.settle_own_side(lent) {
            self.fail(error, lent);
        }
    }

    /// Sends what waited for the end of a write: our KeyUpdate, then close_notify.
    pub(crate) fn settle_own_side<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) -> Result<(), Error> {
        self.send_idle_key_update(lent)?;
        let terms = Terms { control: Control::None, ..self.terms(R::common(lent.config)) };
        if !self.write.close_notify_due(terms.control) {
            return Ok(());
        }
        // V11: before close_notify if there is room for it; behind it a KeyUpdate would have no purpose (V14).
        if matches!(self.key_update, KeyUpdate::Queued(_)) {
            self.send_key_update(lent)?;
        }
        self.key_update = KeyUpdate::None;
        self.send_alert(AlertDescription::CLOSE_NOTIFY, lent)?;
        (self.write, _) = self.write.step(WriteEvent::CloseNotifySealed, &terms);
        Ok(())
    }
}
