//! Alerts: failing, and being told of a failure (RFC 8446, section 6).

use super::{Engine, Loan, Middleboxes, Role};
use crate::crypto::Provider;
use crate::error::{Error, LimitExceeded};
use crate::limits;
use crate::modes::read::ReadEvent;
use crate::modes::shutdown::ShutdownEvent;
use crate::modes::write::{Close, WriteEvent};
use crate::trace::{trace, trace_failure};
use crate::wire::enums::{AlertDescription, AlertLevel, ContentType, HandshakeType};

/// What an alert means where it is not an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AlertMeaning {
    /// Nothing.
    Ignored,
    /// The peer's direction is closed.
    CloseNotify,
}

impl<R: Role> Engine<R> {
    /// The connection fails: the error stays, its alert goes out, secrets go. A peer that nothing was said to or heard
    /// of is told nothing.
    pub(crate) fn fail<P: Provider>(&mut self, error: Error, lent: &mut Loan<'_, R, P>) -> Error {
        if let Some(earlier) = self.failed {
            return earlier;
        }
        trace_failure!("{}: failed: {}", R::NAME, error);
        self.failed = Some(error);
        self.state = R::failed();
        let hears = self.outgoing.has_begun() || self.incoming.used() > 0;
        if let Some(alert) = error.alert().filter(|_| hears && self.write.close() != Close::Sent) {
            let waited = !self.outgoing.is_empty();
            self.settle_with_middleboxes(lent);
            // The area for alerts takes one whatever happened before; a provider that fails here leaves none.
            let _ = self.send_alert(alert, lent);
            if !waited {
                self.offer(lent);
            }
        }
        let terms = self.terms(R::common(lent.config));
        self.write.advance(WriteEvent::Fail, &terms);
        self.read.advance(ReadEvent::Fail, &terms);
        (self.shutdown, _) = self.shutdown.step(ShutdownEvent::Fail, &terms);
        self.incoming.clear();
        self.forget_keys(lent);
        error
    }

    /// An encrypted alert before our flight comes behind the change_cipher_spec that would begin it, or middleboxes, and some
    /// peers, take it for none of ours. A record that can't be had is no reason to hold the alert back.
    fn settle_with_middleboxes<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) {
        let owed = lent.space.as_deref_mut().map(|space| core::mem::take(&mut space.middleboxes));
        if owed == Some(Middleboxes::Owed)
            && let Ok((_, mut context)) = self.split(HandshakeType::MESSAGE_HASH, lent)
        {
            let _ = context.send_change_cipher_spec();
        }
    }

    /// RFC 8446, section 6: those of a failed connection must be forgotten.
    fn forget_keys<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) {
        self.channel.read.wipe(lent.incoming.key.as_deref_mut());
        self.channel.write.wipe(lent.outgoing.key.as_deref_mut());
        self.exporter.wipe();
        #[cfg(feature = "psk")]
        if let Some(origin) = self.past.origin_mut() {
            origin.wipe();
        }
        if let Some(space) = lent.space.as_deref_mut() {
            space.wipe();
        }
    }

    /// Sends an alert under the protection of the moment.
    pub(crate) fn send_alert<P: Provider>(
        &mut self,
        alert: AlertDescription,
        lent: &mut Loan<'_, R, P>,
    ) -> Result<(), Error> {
        let level =
            if alert == AlertDescription::CLOSE_NOTIFY { AlertLevel::WARNING } else { AlertLevel::FATAL };
        trace!("{}: sending alert {}", R::NAME, alert);
        self.seal_control(ContentType::ALERT, &[level.0, alert.0], lent)
    }

    /// Seals a short record for which there is always room.
    pub(crate) fn seal_control<P: Provider>(
        &mut self,
        kind: ContentType,
        content: &[u8],
        lent: &mut Loan<'_, R, P>,
    ) -> Result<(), Error> {
        trace!("{}: sending {} by itself, {} bytes", R::NAME, kind, content.len());
        let sealer = self.channel.sealer(&mut *lent.provider);
        lent.outgoing.outgoing(&mut self.outgoing).seal_control(sealer, kind, content)
    }

    /// Whether a close_notify closes and does not break off.
    fn may_be_closed(&self) -> bool {
        #[cfg(feature = "tls12")]
        if self.is_established() {
            return true;
        }
        self.is_connected()
    }

    /// In TLS 1.3 all alerts but two are errors, whatever their level says.
    pub(crate) fn on_alert(&mut self, alert: AlertDescription) -> Result<AlertMeaning, Error> {
        trace!("{}: received alert {}", R::NAME, alert);
        match alert {
            AlertDescription::CLOSE_NOTIFY if self.may_be_closed() => Ok(AlertMeaning::CloseNotify),
            // In TLS 1.2 it was a warning, or it is fatal.
            #[cfg(feature = "tls12")]
            AlertDescription::USER_CANCELED if self.negotiated.is_tls12() => Err(Error::AlertReceived(alert)),
            AlertDescription::USER_CANCELED => {
                self.counters.warning_alerts = self.counters.warning_alerts.saturating_add(1);
                if self.counters.warning_alerts > limits::WARNING_ALERTS {
                    return Err(LimitExceeded::WarningAlerts.into());
                }
                Ok(AlertMeaning::Ignored)
            }
            _ => Err(Error::AlertReceived(alert)),
        }
    }
}
