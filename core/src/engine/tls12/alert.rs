//! Warnings (RFC 5246, section 7.2).

use super::renegotiation::Asked;
use crate::config::Unwanted;
use crate::crypto::Provider;
use crate::engine::{Engine, Loan, Role};
use crate::error::{Error, LimitExceeded, PeerIncompatible, Refused};
use crate::limits;
use crate::trace::trace;
use crate::wire::enums::{AlertDescription, AlertLevel, ContentType};

/// Whether our answer to a renegotiation that is not wanted has left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Refusal {
    #[default]
    None,
    /// It waits for room. One is enough, however often the peer asks.
    Owed,
}

impl<R: Role> Engine<R> {
    /// A warning asks for nothing, so many in a row are too many. The one that says no to a renegotiation ends the
    /// connection, as in OpenSSL: who asked for one had a reason.
    pub(crate) fn on_warning(&mut self, alert: AlertDescription) -> Result<(), Error> {
        trace!("{}: received warning {}", R::NAME, alert);
        if alert == AlertDescription::NO_RENEGOTIATION {
            return Err(PeerIncompatible::Renegotiation.into());
        }
        self.counters.warning_alerts = self.counters.warning_alerts.saturating_add(1);
        if self.counters.warning_alerts > limits::WARNING_ALERTS {
            return Err(LimitExceeded::WarningAlerts.into());
        }
        Ok(())
    }

    /// Says no to a renegotiation: by default a warning, and nothing else changes.
    pub(super) fn refuse_renegotiation<P: Provider>(
        &mut self,
        unwanted: Unwanted,
        lent: &mut Loan<'_, R, P>,
    ) -> Result<(), Error> {
        let refused = &mut self.renegotiation.refused;
        *refused = refused.saturating_add(1);
        if *refused > limits::REFUSED_RENEGOTIATIONS {
            return Err(LimitExceeded::Renegotiations.into());
        }
        match unwanted {
            Unwanted::Fail => Err(Refused::Renegotiation.into()),
            Unwanted::Ignore => {
                self.renegotiation.passed_over = Asked::Yes;
                Ok(())
            }
            Unwanted::Refuse => {
                self.renegotiation.refusal = Refusal::Owed;
                self.send_refusal(lent)
            }
        }
    }

    /// Whether a warning waits.
    pub(crate) fn owes_refusal(&self) -> bool {
        self.renegotiation.refusal == Refusal::Owed
    }

    /// Sends the refusal that is owed, behind whatever waits to leave, as soon as there is room.
    pub(crate) fn send_refusal<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) -> Result<(), Error> {
        if !self.owes_refusal() || !self.outgoing.takes_control() || !self.may_still_send() {
            return Ok(());
        }
        let waited = !self.outgoing.is_empty();
        let warning = [AlertLevel::WARNING.0, AlertDescription::NO_RENEGOTIATION.0];
        self.seal_control(ContentType::ALERT, &warning, lent)?;
        self.renegotiation.refusal = Refusal::None;
        if !waited {
            self.offer(lent);
        }
        Ok(())
    }
}
