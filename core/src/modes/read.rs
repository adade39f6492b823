//! The read machine: SSL_read(3) and SSL_peek as one table.
//!
//! Rows R1 to R12 are the conditions of OpenSSL 3.0's read in the order in which they are tried. R1 (a negative
//! length) can't be written here; R10 (a warning alert) is `Ignored`, R12 (a handshake message behind our close_notify in
//! TLS 1.2) a message whose processing drops it. The machine holds no data: the rest of the current record, what
//! SSL_pending(3) tells, belongs to the engine.

use super::{AfterMessage, Completion, Control, Handshake, Terms, UnexpectedEnd, Writing};

/// Where a connection's reads stand between and within calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ReadState {
    step: Step,
    end: End,
}

/// The question that the machine has asked and that the next event answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
enum Step {
    /// None: between calls.
    #[default]
    Rest,
    Handshake(Call),
    /// Is that through which a message has begun that was met in this call: a renegotiation, or the answer to a server that
    /// asks for a certificate?
    #[cfg(any(feature = "tls12", feature = "post-handshake-auth"))]
    Renegotiation(Call),
    /// Is the control record out? It stands before the whole call (R4).
    ControlFirst(Call),
    /// Is the control record out? It stands before a message that was met.
    ControlBeforeMessage(Call),
    Fetch(Call),
    Process(Call),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Call {
    len: usize,
    kind: ReadKind,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
enum End {
    #[default]
    Open,
    Closed,
    Failed,
}

/// Whether what is delivered is consumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReadKind {
    /// Consumed (`SSL_read`).
    Read,
    /// Kept for the next call (`SSL_peek`).
    Peek,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReadEvent {
    /// The application reads at most `len` bytes.
    Call {
        /// Length of the caller's buffer.
        len: usize,
        /// Read or peek.
        kind: ReadKind,
    },
    /// Answers `Handshake` (it is finished) and `SendControl` (it left).
    Ready,
    /// Answers `Handshake` and `SendControl`: not yet.
    NotReady,
    /// Answers `Fetch`: no complete record.
    NothingThere,
    /// Answers `Fetch`: application data of which `len` bytes are unread; 0 in an empty record. Answers `Handshake` in a
    /// renegotiation, where data may come until the peer's keys change: it is delivered before the handshake goes on.
    Data {
        /// Unread bytes of the current record.
        len: usize,
    },
    /// Answers `Fetch`: a handshake message, not processed yet. Until it is processed it is what `Fetch` meets.
    Message,
    /// Answers `Process`: done, keys switched where it says so.
    Processed,
    /// Answers `Fetch`: a record that asks for nothing: an ignored change_cipher_spec or warning. The read goes on,
    /// whatever the modes are.
    Ignored,
    /// Answers `Fetch`, and `Handshake` in a renegotiation: an authenticated close_notify. Allowed between calls too.
    CloseNotify,
    /// Answers `Fetch`, and `Handshake` in a renegotiation: the transport ended without a close_notify. Allowed between
    /// calls too.
    EndOfTransport,
    /// The connection failed, for whatever reason: an alert received or sent, the transport. Allowed at any time.
    Fail,
}

/// What to do, or what the call returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReadOutcome {
    /// Drive the handshake, then say `Ready` or `NotReady`; in a renegotiation `Data`, `CloseNotify` or `EndOfTransport`
    /// where that was met.
    Handshake,
    /// Send the control records that wait, then say `Ready` or `NotReady`. They are
    /// [`Queued`](Control::Queued) until they left.
    SendControl,
    /// Look at the current record or, where none is left of it, at the next.
    Fetch,
    /// Process the message that was met, then say `Processed`.
    Process,
    /// Returns: so many bytes, from the current record, consumed unless it was a peek.
    Deliver(usize),
    /// Returns: blocked until there are more incoming bytes.
    WantIncoming,
    /// Returns: blocked by what the handshake, or our control record, waits for.
    WantDriver,
    /// Returns: a handshake message was dealt with, and `AUTO_RETRY` is off (V18). OpenSSL says that it wants to
    /// read, though data may be there.
    Progress,
    /// Returns: the end of the stream, by the peer's close_notify.
    Closed,
    /// Returns: the end of the transport without a close_notify. The engine fails the connection with that error.
    Truncated,
    /// Returns: neither client nor server.
    NoRole,
    /// Returns: the stored error (V13).
    Failed,
    /// The event answers no question that was asked; nothing changed.
    OutOfTurn,
}

impl ReadState {
    /// Takes one step.
    #[must_use]
    pub fn step(mut self, event: ReadEvent, terms: &Terms) -> (Self, ReadOutcome) {
        let outcome = self.advance(event, terms);
        (self, outcome)
    }

    /// As [`ReadState::step`], where the state lies.
    pub(crate) fn advance(&mut self, event: ReadEvent, terms: &Terms) -> ReadOutcome {
        use ReadEvent as E;
        match (self.step, event) {
            _ if self.end == End::Failed => ReadOutcome::Failed,
            (_, E::Fail) => self.over(End::Failed, ReadOutcome::Failed), // R9, V13
            (Step::Rest, E::Call { len, kind }) => self.on_call(Call { len, kind }, terms),
            (Step::Rest | Step::Fetch(_), E::CloseNotify) => self.over(End::Closed, ReadOutcome::Closed), // R8
            (Step::Rest | Step::Fetch(_), E::EndOfTransport) => self.on_end(terms),
            (Step::Handshake(call), E::Ready) => self.on_handshake(call, terms),
            (Step::ControlFirst(call), E::Ready) => self.fetch(call),
            (Step::ControlBeforeMessage(call), E::Ready) => self.rule_a(call, terms),
            (Step::Handshake(_) | Step::ControlFirst(_) | Step::ControlBeforeMessage(_), E::NotReady) => {
                self.rest(ReadOutcome::WantDriver)
            }
            (Step::Fetch(_), E::NothingThere) => self.rest(ReadOutcome::WantIncoming), // R5
            (Step::Fetch(call), E::Data { len }) => self.on_data(call, len),
            (Step::Fetch(call), E::Message) => self.on_message(call, terms),
            (Step::Fetch(call), E::Ignored) => self.fetch(call), // no handshake message, no rule A
            (Step::Process(call), E::Processed) => self.on_processed(call, terms),
            #[cfg(any(feature = "tls12", feature = "post-handshake-auth"))]
            (Step::Handshake(_) | Step::Renegotiation(_), event) => self.on_renegotiation(event, terms),
            _ => ReadOutcome::OutOfTurn,
        }
    }

    /// Whether the peer's direction has ended cleanly.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.end == End::Closed
    }

    fn on_call(&mut self, call: Call, terms: &Terms) -> ReadOutcome {
        match (terms.handshake, self.end) {
            (Handshake::NoRole, _) => ReadOutcome::NoRole, // R2
            (_, End::Closed) => ReadOutcome::Closed,       // R3
            (Handshake::InProgress, _) => self.ask(Step::Handshake(call), ReadOutcome::Handshake), // R4
            (Handshake::Done, _) => self.control_first(call, terms),
        }
    }

    /// A handshake that ends here falls through to the data: rule A is for messages met in the loop.
    fn on_handshake(&mut self, call: Call, terms: &Terms) -> ReadOutcome {
        match terms.handshake {
            Handshake::Done => self.control_first(call, terms),
            Handshake::InProgress | Handshake::NoRole => self.rest(ReadOutcome::WantDriver),
        }
    }

    /// R4, own messages: never while a write is pending (V8), and only where leaving is what counts.
    fn control_first(&mut self, call: Call, terms: &Terms) -> ReadOutcome {
        match (terms.control, may_send(terms)) {
            (Control::Queued, true) => self.ask(Step::ControlFirst(call), ReadOutcome::SendControl),
            (Control::None | Control::Owed | Control::Queued, _) => self.fetch(call),
        }
    }

    /// R5. A message that was left there is met again.
    fn fetch(&mut self, call: Call) -> ReadOutcome {
        self.ask(Step::Fetch(call), ReadOutcome::Fetch)
    }

    /// R7: at most one record a call, empty ones are skipped, and a read of nothing keeps the record.
    fn on_data(&mut self, call: Call, len: usize) -> ReadOutcome {
        match len {
            0 => self.fetch(call),
            _ => self.rest(ReadOutcome::Deliver(call.len.min(len))),
        }
    }

    /// R11: what is owed leaves first, unless a write is pending (V8) or nothing may follow (V14).
    fn on_message(&mut self, call: Call, terms: &Terms) -> ReadOutcome {
        match (terms.control, may_send(terms)) {
            (Control::Owed | Control::Queued, true) => {
                self.ask(Step::ControlBeforeMessage(call), ReadOutcome::SendControl)
            }
            (Control::None | Control::Owed | Control::Queued, _) => self.process(call),
        }
    }

    /// A message that begins a renegotiation, or asks for a certificate, is dealt with once that is over, as far as this call
    /// can see.
    fn on_processed(&mut self, call: Call, terms: &Terms) -> ReadOutcome {
        #[cfg(any(feature = "tls12", feature = "post-handshake-auth"))]
        if terms.handshake == Handshake::InProgress {
            return self.ask(Step::Renegotiation(call), ReadOutcome::Handshake);
        }
        self.rule_a(call, terms)
    }

    /// What else the driver meets or does in mid-connection. Behind an empty record it goes on.
    #[cfg(any(feature = "tls12", feature = "post-handshake-auth"))]
    fn on_renegotiation(&mut self, event: ReadEvent, terms: &Terms) -> ReadOutcome {
        use ReadEvent as E;
        match (self.step, event) {
            (Step::Renegotiation(call), E::Ready) if terms.handshake == Handshake::Done => {
                self.rule_a(call, terms)
            }
            (Step::Renegotiation(_), E::Ready | E::NotReady) => self.rest(ReadOutcome::WantDriver),
            (step, E::Data { len: 0 }) => self.ask(step, ReadOutcome::Handshake),
            (Step::Handshake(call) | Step::Renegotiation(call), E::Data { len }) => self.on_data(call, len),
            (_, E::CloseNotify) => self.over(End::Closed, ReadOutcome::Closed),
            (_, E::EndOfTransport) => self.on_end(terms),
            _ => ReadOutcome::OutOfTurn,
        }
    }

    fn process(&mut self, call: Call) -> ReadOutcome {
        self.ask(Step::Process(call), ReadOutcome::Process)
    }

    /// Rule A holds for each run of the driver: one sends what is owed and leaves the message that it was run for, which
    /// the next one processes.
    fn rule_a(&mut self, call: Call, terms: &Terms) -> ReadOutcome {
        match terms.after_message() {
            AfterMessage::Return => self.rest(ReadOutcome::Progress),
            AfterMessage::GoOn => self.fetch(call),
        }
    }

    /// R6, and what the ignore option makes of it. After a close_notify the end is no news.
    fn on_end(&mut self, terms: &Terms) -> ReadOutcome {
        match (self.end, terms.unexpected_end) {
            (End::Open | End::Failed, UnexpectedEnd::Fatal) => self.over(End::Failed, ReadOutcome::Truncated),
            (End::Open | End::Failed, UnexpectedEnd::Ignore) | (End::Closed, _) => {
                self.over(End::Closed, ReadOutcome::Closed)
            }
        }
    }

    fn over(&mut self, end: End, outcome: ReadOutcome) -> ReadOutcome {
        (self.step, self.end) = (Step::Rest, end);
        outcome
    }

    fn ask(&mut self, step: Step, outcome: ReadOutcome) -> ReadOutcome {
        self.step = step;
        outcome
    }

    fn rest(&mut self, outcome: ReadOutcome) -> ReadOutcome {
        self.ask(Step::Rest, outcome)
    }
}

/// Whether a read sends control records. In sealed completion they leave by themselves as soon as no write is
/// pending, so that no read ever waits for room; the reply owed stays one (V19).
fn may_send(terms: &Terms) -> bool {
    terms.completion == Completion::Drained && terms.writing == Writing::Idle
}

#[cfg(test)]
mod tests;
