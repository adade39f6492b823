//! The write machine: SSL_write(3) as one table.
//!
//! Rows W1 to W9 are the conditions of OpenSSL 3.0's write in the order in which they are tried (W1, a negative
//! length, can't be written here); V names are the deviations listed in [the parent](super).

mod event;
#[cfg(any(feature = "tls12", feature = "post-handshake-auth"))]
mod renegotiation;
mod sequence;

#[cfg(test)]
mod tests;

pub use event::{
    Address, BlockedBy, Close, Content, KeyUpdateRefused, Memory, TicketRefused, WriteEvent, WriteOutcome,
    WrongRetry,
};
#[cfg(any(feature = "tls12", feature = "post-handshake-auth"))]
pub use renegotiation::RenegotiationRefused;

use super::{Completion, Control, Handshake, Modes, Span, Terms, Writing};
use sequence::{Place, Remembered, Sequence};

/// Where a connection's writes stand between and within calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct WriteState {
    step: Step,
    sequence: Option<Sequence>,
    close: Close,
}

/// The question that the machine has asked and that the next event answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
enum Step {
    /// None: between calls.
    #[default]
    Rest,
    /// Is the handshake through?
    Handshake { len: usize },
    /// Is the control record out?
    Control { len: usize },
    /// Did all of the blocked record leave?
    Offer { len: usize },
    /// Is this record built?
    Seal { len: usize, span: Span },
    /// None ever again.
    Failed,
}

impl WriteState {
    /// Takes one step.
    #[must_use]
    pub fn step(mut self, event: WriteEvent, terms: &Terms) -> (Self, WriteOutcome) {
        let outcome = self.advance(event, terms);
        (self, outcome)
    }

    /// As [`WriteState::step`], where the state lies.
    pub(crate) fn advance(&mut self, event: WriteEvent, terms: &Terms) -> WriteOutcome {
        use WriteEvent as E;
        match (self.step, event) {
            (_, E::Fail) => self.failed(),
            (Step::Failed, _) => WriteOutcome::Failed,
            (Step::Rest, E::Call { len, content, address }) => self.on_call(len, (content, address), terms),
            (Step::Rest, E::Close) => self.on_close(),
            (Step::Rest, E::CloseNotifySealed) => self.on_close_notify(terms),
            (Step::Rest, E::Abandon) => self.on_abandon(),
            (Step::Handshake { len }, E::Ready) => self.on_handshake(len, terms),
            (Step::Control { len }, E::Ready) => self.next_record(len, terms),
            (Step::Handshake { .. } | Step::Control { .. }, E::NotReady) => {
                self.pause(BlockedBy::Driver, terms)
            }
            (Step::Offer { len }, E::TakenAll) => self.on_taken(len, terms),
            (Step::Offer { .. }, E::TakenPart) => self.blocked(BlockedBy::Outgoing),
            (Step::Seal { len, span }, E::Sealed) => self.on_sealed(len, span, terms),
            (Step::Seal { .. }, E::NoRoom) => self.pause(BlockedBy::Outgoing, terms),
            _ => WriteOutcome::OutOfTurn,
        }
    }

    /// The bytes of the caller's buffer by which a retry is known; none where the next write may be any.
    #[must_use]
    pub fn retry_span(&self) -> Option<Span> {
        self.sequence.map(Sequence::last_span)
    }

    /// How far the close of our direction is.
    #[must_use]
    pub const fn close(&self) -> Close {
        self.close
    }

    /// What the other machines must know of the writes.
    #[must_use]
    pub const fn writing(&self) -> Writing {
        match (self.step, self.close, self.sequence) {
            (Step::Failed, _, _) | (_, Close::Sent, _) => Writing::Over,
            (_, _, Some(_)) => Writing::InSequence,
            (_, _, None) => Writing::Idle,
        }
    }

    /// Whether control records may leave now: not within a sequence (V8), not after close_notify (V14).
    #[must_use]
    pub const fn control_may_leave(&self) -> bool {
        matches!(self.writing(), Writing::Idle)
    }

    /// Whether close_notify is to be built now: behind the pending write (V9) and the control records that are still to be
    /// built (V11). One that is built is [`None`](Control::None) here, even if it has not left: close_notify stands behind it.
    #[must_use]
    pub fn close_notify_due(&self, control: Control) -> bool {
        (self.close, self.writing()) == (Close::Asked, Writing::Idle) && control != Control::Queued
    }

    /// Whether, and why, our own KeyUpdate is refused now (`SSL_key_update`).
    #[must_use]
    pub const fn key_update_refused(&self, terms: &Terms) -> Option<KeyUpdateRefused> {
        match (self.step, terms.handshake, self.close, self.sequence, terms.control) {
            (Step::Failed, ..) => Some(KeyUpdateRefused::Failed),
            (_, Handshake::NoRole | Handshake::InProgress, ..) => Some(KeyUpdateRefused::Handshaking),
            (_, _, Close::Asked | Close::Sent, ..) => Some(KeyUpdateRefused::Closed),
            (_, _, Close::Open, Some(_), _) => Some(KeyUpdateRefused::Blocked),
            (_, _, Close::Open, None, Control::Queued) => Some(KeyUpdateRefused::Queued),
            (_, _, Close::Open, None, Control::None | Control::Owed) => None,
        }
    }

    /// Whether, and why, another ticket is refused now (`SSL_new_session_ticket`). A pending write does not stand in its way:
    /// it leaves behind that.
    #[must_use]
    pub const fn ticket_refused(&self, terms: &Terms) -> Option<TicketRefused> {
        match (self.step, terms.handshake, self.close, terms.control) {
            (Step::Failed, ..) => Some(TicketRefused::Failed),
            (_, Handshake::NoRole | Handshake::InProgress, ..) => Some(TicketRefused::Handshaking),
            (_, _, Close::Asked | Close::Sent, _) => Some(TicketRefused::Closed),
            (_, _, Close::Open, Control::Queued) => Some(TicketRefused::Queued),
            (_, _, Close::Open, Control::None | Control::Owed) => None,
        }
    }

    fn on_call(&mut self, len: usize, retry: (Content, Address), terms: &Terms) -> WriteOutcome {
        if terms.handshake == Handshake::NoRole {
            return WriteOutcome::NoRole; // W2
        }
        match (self.close, self.sequence) {
            (Close::Sent, _) | (Close::Asked, None) => return WriteOutcome::Closed, // W3
            (Close::Asked, Some(_)) if len == 0 => return WriteOutcome::Closed,     // W3, V6
            (Close::Asked | Close::Open, _) => {}
        }
        let Some(sequence) = &mut self.sequence else { return self.on_new(len, terms) };
        if len == 0 {
            return WriteOutcome::Return(0); // V6
        }
        if let Some(wrong) = sequence.wrong(len, retry, terms.modes) {
            return WriteOutcome::Refused(wrong); // W4 and W7 as V1 has them
        }
        sequence.offered = len;
        let place = sequence.place;
        self.on_retry(len, place, terms)
    }

    /// W5 and W6. OpenSSL drives the handshake for a write of length 0 too.
    fn on_new(&mut self, len: usize, terms: &Terms) -> WriteOutcome {
        match (terms.handshake, terms.control) {
            (Handshake::Done, Control::None) => self.next_record(len, terms),
            (Handshake::Done, Control::Owed | Control::Queued) => {
                self.ask(Step::Control { len }, WriteOutcome::SendControl)
            }
            (Handshake::InProgress | Handshake::NoRole, _) => {
                self.ask(Step::Handshake { len }, WriteOutcome::Handshake)
            }
        }
    }

    /// W7: the rest of the blocked record first.
    fn on_retry(&mut self, len: usize, place: Place, terms: &Terms) -> WriteOutcome {
        match (terms.completion, place) {
            (Completion::Sealed, _) => self.next_record(len, terms),
            (Completion::Drained, Place::Waits) => self.ask(Step::Offer { len }, WriteOutcome::Offer),
            (Completion::Drained, Place::Left) => self.on_taken(len, terms),
        }
    }

    /// The handshake is through. Without it nothing is sealed, whatever the engine says (V17).
    fn on_handshake(&mut self, len: usize, terms: &Terms) -> WriteOutcome {
        match (terms.handshake, self.sequence) {
            (Handshake::Done, None) => self.on_new(len, terms),
            (Handshake::Done, Some(_)) => self.next_record(len, terms),
            (Handshake::InProgress | Handshake::NoRole, _) => self.pause(BlockedBy::Driver, terms),
        }
    }

    /// W7 to W8: the record left. With PARTIAL that is the result, in a retry too (V7).
    fn on_taken(&mut self, len: usize, terms: &Terms) -> WriteOutcome {
        if let Some(sequence) = &mut self.sequence {
            sequence.place = Place::Left;
        }
        if terms.modes.contains(Modes::ENABLE_PARTIAL_WRITE) {
            return self.finish(self.total());
        }
        self.next_record(len, terms)
    }

    /// W8 and W9: the end, or the next record.
    fn next_record(&mut self, len: usize, terms: &Terms) -> WriteOutcome {
        let start = self.total();
        if start >= len {
            return self.finish(len);
        }
        if terms.handshake != Handshake::Done {
            return self.ask(Step::Handshake { len }, WriteOutcome::Handshake); // V17
        }
        let span = Span { start, end: len.min(start.saturating_add(terms.split.max(1))) };
        self.ask(Step::Seal { len, span }, WriteOutcome::Seal(span))
    }

    fn on_sealed(&mut self, len: usize, span: Span, terms: &Terms) -> WriteOutcome {
        self.sequence = Some(Sequence {
            before: span.start,
            last: span.len(),
            offered: len,
            place: Place::Waits,
            memory: Remembered::No,
        });
        match terms.completion {
            Completion::Drained => self.ask(Step::Offer { len }, WriteOutcome::Offer), // W9
            Completion::Sealed => self.next_record(len, terms),
        }
    }

    /// Nothing more can be done now. What is complete is a result with PARTIAL; else the call is blocked.
    fn pause(&mut self, by: BlockedBy, terms: &Terms) -> WriteOutcome {
        match self.total() {
            total if total > 0 && terms.modes.contains(Modes::ENABLE_PARTIAL_WRITE) => self.finish(total),
            _ => self.blocked(by),
        }
    }

    /// Remembers each last record once, so that the address of the call that built it stays the right one.
    fn blocked(&mut self, by: BlockedBy) -> WriteOutcome {
        let memory = match &mut self.sequence {
            Some(sequence) if sequence.memory == Remembered::No => {
                sequence.memory = Remembered::Yes;
                Memory::Store(sequence.last_span())
            }
            Some(_) | None => Memory::Keep,
        };
        self.ask(Step::Rest, WriteOutcome::Blocked { by, memory })
    }

    fn finish(&mut self, count: usize) -> WriteOutcome {
        self.sequence = None;
        self.ask(Step::Rest, WriteOutcome::Return(count))
    }

    fn on_close(&mut self) -> WriteOutcome {
        if self.close == Close::Open {
            self.close = Close::Asked;
        }
        WriteOutcome::Noted
    }

    fn on_close_notify(&mut self, terms: &Terms) -> WriteOutcome {
        if !self.close_notify_due(terms.control) {
            return WriteOutcome::OutOfTurn;
        }
        self.close = Close::Sent;
        WriteOutcome::Noted
    }

    fn on_abandon(&mut self) -> WriteOutcome {
        let count = self.total();
        self.sequence = None;
        WriteOutcome::Abandoned(count)
    }

    fn failed(&mut self) -> WriteOutcome {
        self.sequence = None;
        self.ask(Step::Failed, WriteOutcome::Failed)
    }

    fn ask(&mut self, step: Step, outcome: WriteOutcome) -> WriteOutcome {
        self.step = step;
        outcome
    }

    /// Bytes of the sequence that are in records.
    fn total(&self) -> usize {
        self.sequence.map_or(0, |sequence| sequence.last_span().end)
    }
}
