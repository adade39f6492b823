//! Reading, as the read machine says.

use tidegate::modes::read::{ReadEvent, ReadKind, ReadOutcome};
use tidegate::modes::write::Close;
use tidegate::modes::{Control, Writing};

use super::super::record::Content;
use super::control::Sent;
use super::handshake::Driven;
use super::incoming::Next as Record;
use super::renegotiation::Message;
use super::row::Row;
use super::sending::Outbound;
use super::status::{Answer, Peer, Status, Want};
use super::{Fragment, Life, Model, Said};

/// What a look at the current record, or at the next, finds.
pub(super) enum Found {
    Nothing,
    Data(usize),
    Message,
    Ignored,
    CloseNotify,
    End,
    Alert(u8),
}

enum Next {
    Event(ReadEvent),
    Answer(Answer),
}

impl Model {
    /// `SSL_read`, `SSL_read_ex`, `SSL_peek`.
    pub(super) fn read(&mut self, len: usize, kind: ReadKind) -> Answer {
        if self.ahead > 0 {
            return self.read_ahead_of_the_rest(len, kind);
        }
        if self.life == Life::Failed {
            return self.stored();
        }
        if self.read.is_closed() && kind == ReadKind::Read {
            self.status = Status::QUIET; // R3; a peek leaves it
        }
        self.begin_renegotiation();
        let mut event = ReadEvent::Call { len, kind };
        loop {
            let terms = self.terms();
            let (state, outcome) = self.read.step(event, &terms);
            self.read = state;
            match self.answer_read(outcome, kind) {
                Next::Event(next) => event = next,
                Next::Answer(answer) => return answer,
            }
        }
    }

    /// What was set aside came before everything else that there is to tell.
    fn read_ahead_of_the_rest(&mut self, len: usize, kind: ReadKind) -> Answer {
        self.status.want = Want::Nothing;
        let count = len.min(self.ahead);
        if kind == ReadKind::Read {
            self.ahead -= count;
            self.taken += count;
        }
        if count == 0 { Answer::fixed(0) } else { Answer::count(count) }
    }

    fn answer_read(&mut self, outcome: ReadOutcome, kind: ReadKind) -> Next {
        match outcome {
            ReadOutcome::Handshake => Next::Event(match self.drive() {
                Driven::Connected => ReadEvent::Ready,
                Driven::Waits => ReadEvent::NotReady,
                Driven::Data(len) => ReadEvent::Data { len },
                Driven::Closed => return Next::Answer(self.closed_in_handshake()),
                Driven::Failed(answer) => return Next::Answer(answer),
            }),
            ReadOutcome::SendControl => match self.send_control() {
                Sent::Ready => Next::Event(ReadEvent::Ready),
                Sent::NotReady => Next::Event(ReadEvent::NotReady),
            },
            ReadOutcome::Fetch => self.fetch_for_read(),
            ReadOutcome::Process => {
                self.process();
                Next::Event(ReadEvent::Processed)
            }
            ReadOutcome::Deliver(count) => Next::Answer(self.deliver_data(count, kind)),
            ReadOutcome::WantIncoming => {
                self.status = Status::WAITS_TO_READ;
                Next::Answer(Answer::fixed(-1))
            }
            ReadOutcome::Progress => Next::Answer(self.progress_made()),
            ReadOutcome::WantDriver => Next::Answer(self.waiting()),
            ReadOutcome::Closed => {
                self.peer = Peer::Closed;
                Next::Answer(Answer::fixed(0))
            }
            ReadOutcome::Truncated => {
                self.truncated();
                Next::Answer(Answer::ssl(0))
            }
            ReadOutcome::NoRole => Next::Answer(Answer::ssl(-1)),
            ReadOutcome::Failed | ReadOutcome::OutOfTurn => {
                unreachable!("the model asks the read machine in turn, and never after a failure")
            }
        }
    }

    /// R7: of nothing, the result is no success.
    fn deliver_data(&mut self, count: usize, kind: ReadKind) -> Answer {
        if kind == ReadKind::Read {
            self.rest -= count;
            self.taken += count;
        }
        if count == 0 { Answer::fixed(0) } else { Answer::count(count) }
    }

    /// Rule A ends the call, once our reply that was due has left.
    fn progress_made(&mut self) -> Answer {
        if self.terms().control == Control::Queued && self.write.control_may_leave() {
            match self.send_control() {
                Sent::Ready => {}
                Sent::NotReady => return self.waiting(),
            }
        }
        self.status = Status::WAITS_TO_READ;
        Answer::fixed(-1)
    }

    fn fetch_for_read(&mut self) -> Next {
        Next::Event(match self.fetch() {
            Found::Nothing => ReadEvent::NothingThere,
            Found::Data(len) => ReadEvent::Data { len },
            Found::Message => ReadEvent::Message,
            Found::Ignored => ReadEvent::Ignored,
            Found::CloseNotify => ReadEvent::CloseNotify,
            Found::End => ReadEvent::EndOfTransport,
            Found::Alert(code) => {
                self.on_alert(code);
                let ret = if self.peer == Peer::Closed { 0 } else { -1 };
                return Next::Answer(Answer::ssl(ret)); // R9, R10
            }
        })
    }

    /// The current record, or the next.
    pub(super) fn fetch(&mut self) -> Found {
        self.renegotiation.message_was = Message::Processed;
        if self.message.is_some() {
            self.note_message();
            return Found::Message;
        }
        match self.next_content() {
            Ok(Content::Data(length)) => {
                self.rest = length;
                Found::Data(length)
            }
            Ok(
                message @ (Content::KeyUpdate { .. }
                | Content::Ticket
                | Content::HelloRequest
                | Content::Handshake),
            ) => {
                self.message = Some(message);
                self.note_message();
                Found::Message
            }
            Ok(Content::ChangeCipherSpec) => Found::Ignored,
            Ok(Content::CloseNotify) => Found::CloseNotify,
            // One that does not open is for the judge alone.
            Ok(Content::Alert(code)) => Found::Alert(code),
            Ok(Content::Unreadable(_)) => Found::Alert(0),
            Err(found) => found,
        }
    }

    /// What comes next; without anything, what that means.
    pub(super) fn next_content(&mut self) -> Result<Content, Found> {
        if self.rest > 0 {
            self.status = Status::QUIET;
            return Ok(Content::Data(self.rest));
        }
        while self.contents.is_empty() {
            match self.incoming.next() {
                Record::Nothing => {
                    self.status = Status::WAITS_TO_READ;
                    return Err(Found::Nothing);
                }
                Record::End => {
                    self.status = Status::READ_FAILED;
                    self.note_end();
                    return Err(Found::End);
                }
                Record::Held(contents) | Record::Record(contents) => self.contents.extend(contents),
            }
        }
        self.status = Status::QUIET;
        self.contents.pop_front().ok_or(Found::Nothing)
    }

    /// A message met where OpenSSL would send what it owes first: into a blocked record (V8), or behind its own
    /// close_notify (V14). After a change of the fragment size it makes its buffer anew here, though a record is
    /// blocked in it: what leaves then is no record (V8).
    fn note_message(&mut self) {
        let resized = std::mem::replace(&mut self.fragment, Fragment::Settled) == Fragment::Changed;
        match (self.key_update.is_due() || self.tickets.are_due(), self.write.writing()) {
            (true, Writing::InSequence) => self.used(Row::V8),
            (false, _) if resized && !self.sending.is_empty() => self.used(Row::V8),
            (true, Writing::Over) => self.used(Row::V14),
            (true, Writing::Idle) | (false, _) => {}
        }
    }

    /// Where OpenSSL takes the end for a close_notify it forgets that it has sent its own (V23).
    fn note_end(&mut self) {
        if self.ignores_end() && self.says_shutdown == Said::Yes {
            self.used(Row::V23);
        }
    }

    /// Processes the message that was met.
    pub(super) fn process(&mut self) {
        match self.message.take() {
            Some(Content::KeyUpdate { requested: true }) => self.owe_key_update(),
            Some(Content::HelloRequest | Content::Handshake) => self.on_handshake(),
            _ => {}
        }
    }

    /// R6: the connection fails, and says so to a peer that may still listen.
    pub(super) fn truncated(&mut self) {
        if self.write.close() != Close::Sent && self.sending.is_empty() {
            self.sending.push(Outbound::Alert);
            self.flush();
        }
        self.fail();
    }

    /// R9: the peer's alert is its last word.
    pub(super) fn alerted(&mut self) {
        self.peer = Peer::Closed;
        self.fail();
    }
}
