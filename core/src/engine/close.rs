//! Closing our direction (RFC 8446, section 6.1).

use super::{Engine, Lent, Role};
use crate::crypto::Provider;
use crate::error::{Error, Refused};
use crate::modes::write::WriteEvent;
use crate::wire::enums::AlertDescription;

impl<R: Role> Engine<R> {
    /// The application closes: close_notify follows what is pending. In a handshake there is nothing to wait for.
    pub(crate) fn close<P: Provider>(&mut self, lent: &mut Lent<'_, R, P>) {
        if !self.is_connected() {
            self.fail(Refused::Closed.into(), lent);
            return;
        }
        let terms = self.terms(R::common(lent.config));
        (self.write, _) = self.write.step(WriteEvent::Close, &terms);
        if let Err(error) = self.send_close_notify(lent) {
            self.fail(error, lent);
        }
    }

    /// Sends close_notify if its moment has come.
    pub(crate) fn send_close_notify<P: Provider>(&mut self, lent: &mut Lent<'_, R, P>) -> Result<(), Error> {
        let terms = self.terms(R::common(lent.config));
        if !self.write.close_notify_due(terms.control) {
            return Ok(());
        }
        self.send_alert(AlertDescription::CLOSE_NOTIFY, lent)?;
        (self.write, _) = self.write.step(WriteEvent::CloseNotifySealed, &terms);
        Ok(())
    }
}
