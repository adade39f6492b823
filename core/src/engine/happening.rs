//! What comes next, for the application.

use core::ops::Range;

use super::{Engine, Late, Loan, ReadStop, Role, Step};
use crate::crypto::Provider;
use crate::error::Error;
use crate::modes::read::ReadKind;

/// An event, with ranges where the shell has slices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Happening {
    Step(Step),
    Connected,
    AppData,
    #[cfg(feature = "early-data")]
    EarlyData,
    /// The body of the message.
    Ticket(Range<usize>),
    PeerClosed,
    /// The peer's direction has ended and everything was told.
    Finished,
}

impl<R: Role> Engine<R> {
    /// Goes on with a handshake, and says what comes next of it; none where it is over and that was told.
    pub(crate) fn next_in_handshake<P: Provider>(
        &mut self,
        lent: &mut Loan<'_, R, P>,
    ) -> Result<Option<Happening>, Error> {
        if self.is_quiet() && lent.taker.is_none() {
            return Ok(None);
        }
        let step = self.drive(lent)?;
        #[cfg(feature = "tls12")]
        if let Some(happening) = self.happened_in_renegotiation(step, R::common(lent.config)) {
            return Ok(Some(happening));
        }
        #[cfg(feature = "early-data")]
        if step == Step::EarlyData {
            return Ok(Some(Happening::EarlyData));
        }
        if step != Step::Connected {
            return Ok(Some(Happening::Step(step)));
        }
        self.settle_own_side(lent).map_err(|error| self.fail(error, lent))?;
        if self.tells.connected.take() {
            return Ok(Some(Happening::Connected));
        }
        #[cfg(feature = "psk")]
        if let Some(step) = self.drive_tickets(lent).map_err(|error| self.fail(error, lent))? {
            return Ok(Some(Happening::Step(step)));
        }
        Ok(None)
    }

    /// Does what can be done now, and says what comes next.
    pub(crate) fn next_happening<P: Provider>(
        &mut self,
        lent: &mut Loan<'_, R, P>,
    ) -> Result<Happening, Error> {
        if let Some(happening) = self.next_in_handshake(lent)? {
            return Ok(happening);
        }
        loop {
            let mut late = Late::Nothing;
            let result = self.read((usize::MAX, ReadKind::Peek), Some(&mut late), lent);
            match (late, result) {
                (Late::Ticket(body), _) => return Ok(Happening::Ticket(body)),
                (Late::Nothing, Ok(_)) => return Ok(Happening::AppData),
                (Late::Nothing, Err(ReadStop::Progress)) => {}
                (Late::Nothing, Err(ReadStop::Blocked(step))) => return Ok(Happening::Step(step)),
                (Late::Nothing, Err(ReadStop::Failed(error))) => return Err(error),
                (Late::Nothing, Err(ReadStop::Closed)) if self.tells.peer_closed.take() => {
                    return Ok(Happening::PeerClosed);
                }
                (Late::Nothing, Err(ReadStop::Closed)) => return Ok(Happening::Finished),
            }
        }
    }
}
