//! Writing, as the write machine says.

use tidegate::modes::Modes;
use tidegate::modes::write::{BlockedBy, Close, Memory, WriteEvent, WriteOutcome, WrongRetry};

use super::super::trace::Span;
use super::control::Sent;
use super::handshake::Driven;
use super::retry::{self, Place};
use super::row::Row;
use super::sending::{Flushed, Outbound};
use super::status::{Answer, Status, Want};
use super::{Form, Life, Model};

/// What a write does at most.
enum Next {
    Event(WriteEvent),
    Answer(Answer),
}

impl Model {
    /// `SSL_write`, `SSL_write_ex`.
    pub(super) fn write(&mut self, call: Span, form: Form) -> Answer {
        if self.life == Life::Failed {
            return self.stored();
        }
        if self.sending.is_broken() {
            return self.stored_write(call);
        }
        if self.is_closed_in_handshake() {
            return self.behind_close();
        }
        self.begin_renegotiation();
        let pending = self.write.retry_span();
        let closing = self.write.close();
        let mut event = retry::call(call, self.known());
        loop {
            let terms = self.terms();
            let (state, outcome) = self.write.step(event, &terms);
            self.write = state;
            match self.answer_write(outcome, call) {
                Next::Event(next) => event = next,
                Next::Answer(answer) => {
                    let accepted = !matches!(outcome, WriteOutcome::Refused(_) | WriteOutcome::Closed);
                    if pending.is_some() && closing == Close::Asked && accepted {
                        self.used(Row::V9);
                    }
                    self.note_write(outcome, (call, form), pending.is_some());
                    return answer;
                }
            }
        }
    }

    /// Nothing can be sent any more, whatever is asked. OpenSSL tries a right retry again, and looks at others first.
    fn stored_write(&mut self, call: Span) -> Answer {
        let (_, outcome) = self.write.step(retry::call(call, self.known()), &self.terms());
        if matches!(outcome, WriteOutcome::Refused(_) | WriteOutcome::Closed | WriteOutcome::Return(_)) {
            self.used(Row::V16);
        }
        self.status = Status::WRITE_FAILED;
        self.waiting()
    }

    /// The rows that a result shows.
    fn note_write(&mut self, outcome: WriteOutcome, (call, form): (Span, Form), retry: bool) {
        let WriteOutcome::Return(count) = outcome else { return };
        if call.length == 0 && (retry || form == Form::Plain) {
            self.used(Row::V6);
        }
        if retry && 0 < count && count < call.length {
            self.used(Row::V7);
        }
    }

    fn answer_write(&mut self, outcome: WriteOutcome, call: Span) -> Next {
        match outcome {
            WriteOutcome::Handshake => Next::Event(match self.drive_past_data() {
                Driven::Connected => WriteEvent::Ready,
                Driven::Waits | Driven::Data(_) => WriteEvent::NotReady,
                Driven::Closed => return Next::Answer(self.closed_in_write()),
                Driven::Failed(answer) => return Next::Answer(answer),
            }),
            WriteOutcome::SendControl => match self.send_control() {
                Sent::Ready => Next::Event(WriteEvent::Ready),
                Sent::NotReady => Next::Event(WriteEvent::NotReady),
            },
            WriteOutcome::Offer => self.offer(),
            WriteOutcome::Seal(span) => {
                Next::Event(self.seal(Span { offset: call.offset + span.start, length: span.len(), ..call }))
            }
            WriteOutcome::Blocked { by, memory } => Next::Answer(self.blocked(by, memory, call)),
            WriteOutcome::Return(count) | WriteOutcome::Abandoned(count) => {
                self.settle();
                self.status = Status::QUIET;
                self.accepted += count;
                Next::Answer(Answer::count(count))
            }
            WriteOutcome::Refused(wrong) => Next::Answer(self.refused(call, wrong)),
            WriteOutcome::NoRole => Next::Answer(Answer::ssl(-1)),
            WriteOutcome::Closed => {
                self.status = Status::QUIET;
                Next::Answer(Answer::ssl(-1))
            }
            WriteOutcome::Failed | WriteOutcome::Noted | WriteOutcome::OutOfTurn => {
                unreachable!("the model asks the write machine in turn, and never after a failure")
            }
        }
    }

    /// A record is built once nothing stands before it: where an alert does, OpenSSL holds the write to its arguments
    /// (V8).
    fn seal(&mut self, span: Span) -> WriteEvent {
        if matches!(self.flush(), Flushed::Part | Flushed::Broken) {
            self.used(Row::V8);
            return WriteEvent::NoRoom;
        }
        self.sending.push(Outbound::Data(span));
        WriteEvent::Sealed
    }

    fn offer(&mut self) -> Next {
        match self.flush() {
            Flushed::Nothing | Flushed::All => Next::Event(WriteEvent::TakenAll),
            Flushed::Part | Flushed::Broken => Next::Event(WriteEvent::TakenPart),
        }
    }

    fn blocked(&mut self, by: BlockedBy, memory: Memory, call: Span) -> Answer {
        if let Memory::Store(span) = memory {
            self.place = Some(Place::of(call, span));
        }
        debug_assert!(by == BlockedBy::Driver || self.status.want == Want::Writing);
        self.waiting()
    }

    /// A wrong retry changes nothing (V1 to V4). After a shutdown OpenSSL refuses it, too.
    fn refused(&mut self, call: Span, _: WrongRetry) -> Answer {
        let moving = self.modes.contains(Modes::ACCEPT_MOVING_WRITE_BUFFER);
        if let Some(known) = self.known().filter(|_| self.write.close() == Close::Open) {
            self.used(retry::refused(call, known, moving));
        }
        self.status = Status::QUIET;
        Answer::ssl(-1)
    }

    /// What waited for the end of a write leaves (V9). A reply that is merely owed is dropped (V14).
    pub(super) fn settle(&mut self) {
        let terms = self.terms();
        if self.write.close_notify_due(terms.control) {
            let (state, _) = self.write.step(WriteEvent::CloseNotifySealed, &terms);
            self.write = state;
            self.sending.push(Outbound::CloseNotify);
            self.flush();
        }
    }

    /// The peer closed in the middle of a renegotiation: nothing can be written any more, and it is told so (V25).
    fn closed_in_write(&mut self) -> Answer {
        let terms = self.terms();
        for event in [WriteEvent::NotReady, WriteEvent::Abandon, WriteEvent::Close] {
            (self.write, _) = self.write.step(event, &terms);
        }
        self.settle();
        self.used(Row::V25);
        self.closed_in_handshake()
    }

    /// That handshake will not end: what is ours leaves, and only a read can tell more (V25).
    fn behind_close(&mut self) -> Answer {
        self.used(Row::V25);
        if matches!(self.flush(), Flushed::Nothing | Flushed::All) {
            self.status = Status::WAITS_TO_READ;
        }
        self.waiting()
    }

    fn known(&self) -> Option<retry::Known> {
        self.write.retry_span().zip(self.place)
    }
}
