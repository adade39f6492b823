//! Writing where the data will be sealed: the room is lent, then sealed.

use core::ops::Range;

use super::{Engine, Loan, Role, Step, WriteStop};
use crate::crypto::Provider;
use crate::error::Internal;
use crate::limits;
use crate::modes::write::{Address, Content, WriteEvent, WriteOutcome, WrongRetry};
use crate::modes::{Completion, Terms};

impl<R: Role> Engine<R> {
    /// Reserves room for one record's data. Until it is sealed, or another write gives it up, nothing moves in the
    /// outgoing buffer, and no KeyUpdate of ours is built that the data would overtake.
    pub(crate) fn lend_room<P: Provider>(
        &mut self,
        lent: &mut Loan<'_, R, P>,
    ) -> Result<Range<usize>, WriteStop> {
        self.outgoing.give_up_reserved();
        self.queue_due_key_update();
        if !self.may_write_at_once(lent) {
            // An empty write brings everything up to the point where data could be sealed.
            self.write(&[], lent)?;
        }
        if self.write.retry_span().is_some() {
            return Err(WriteStop::Refused(WrongRetry::Different));
        }
        let limit = self.record_limit(lent);
        if lent.outgoing.bytes.is_empty() {
            return Err(WriteStop::Blocked(Step::OutgoingBuffer));
        }
        let waits = lent.common().completion == Completion::Drained && !self.outgoing.is_empty();
        let mut outgoing = lent.outgoing.outgoing(&mut self.outgoing);
        let room = outgoing.room(limit);
        if waits || room < limit.min(limits::WORTHWHILE_ROOM) {
            return Err(WriteStop::Blocked(Step::Outgoing));
        }
        Ok(outgoing.reserve(room))
    }

    /// Seals the first `count` bytes of the room that was lent; how many there were. The write is complete with that, in
    /// either completion: there is nothing that a caller could repeat.
    pub(crate) fn seal_room<P: Provider>(
        &mut self,
        count: usize,
        lent: &mut Loan<'_, R, P>,
    ) -> Result<usize, WriteStop> {
        if let Some(error) = self.failed {
            return Err(WriteStop::Failed(error));
        }
        let count = count.min(self.outgoing.reserved());
        if count == 0 {
            self.outgoing.give_up_reserved();
            return Ok(0);
        }
        // What is owed now was asked for after the room was lent, and leaves behind the record; so does another handshake.
        let terms = Terms { split: count, ..Terms::connected(lent.common().completion, self.modes) };
        let mut event = WriteEvent::Call { len: count, content: Content::Same, address: Address::Same };
        loop {
            event = match self.write.advance(event, &terms) {
                WriteOutcome::Seal(_) => {
                    self.seal_data(count, lent).map_err(|error| WriteStop::Failed(self.fail(error, lent)))?;
                    WriteEvent::Sealed
                }
                WriteOutcome::Offer => WriteEvent::TakenPart,
                WriteOutcome::Blocked { .. } => WriteEvent::Abandon,
                WriteOutcome::Return(_) | WriteOutcome::Abandoned(_) => {
                    return self.write_ended(count, lent);
                }
                WriteOutcome::Closed => return Err(WriteStop::Closed),
                WriteOutcome::Handshake
                | WriteOutcome::SendControl
                | WriteOutcome::Refused(_)
                | WriteOutcome::NoRole
                | WriteOutcome::Failed
                | WriteOutcome::Noted
                | WriteOutcome::OutOfTurn => {
                    return Err(WriteStop::Failed(self.fail(Internal::State.into(), lent)));
                }
            };
        }
    }
}
