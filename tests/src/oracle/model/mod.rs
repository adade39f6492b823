//! What Tidegate's OpenSSL-shaped face returns, command by command: the pure machines of [`tidegate::modes`] in drained
//! completion, under a transport that takes and gives records as its budgets say. No keys and no bytes.
//!
//! The machines decide; the model only answers their questions, from counters. Where a result is not OpenSSL 3.0's, it
//! names the deviation that made it so.

mod control;
mod incoming;
mod read;
mod retry;
mod row;
mod sending;
mod shutdown;
mod status;
mod write;

#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use tidegate::modes::read::{ReadKind, ReadState};
use tidegate::modes::shutdown::ShutdownState;
use tidegate::modes::write::WriteState;
use tidegate::modes::{Handshake, Modes, UnexpectedEnd};

use super::record::Content;
use super::trace::{Command, Config, ModeCall, Start, TestedRole};
use control::{KeyUpdate, Progress};
use incoming::Incoming;
use retry::Place;
pub use row::Row;
use sending::Sending;
use status::{Answer, Answered, Peer, Status};

/// Fragment sizes that OpenSSL accepts.
const FRAGMENTS: std::ops::RangeInclusive<usize> = 512..=16384;

/// The tested end, as far as its results need it.
#[derive(Clone, Debug)]
pub struct Model {
    role: TestedRole,
    modes: Modes,
    context_modes: Modes,
    split: usize,
    unexpected_end: UnexpectedEnd,
    progress: Progress,
    write: WriteState,
    read: ReadState,
    shutdown: ShutdownState,
    sending: Sending,
    incoming: Incoming,
    /// Contents of the current record that were not looked at.
    contents: VecDeque<Content>,
    /// Unread bytes of the current content.
    rest: usize,
    /// The message that was met and not processed.
    message: Option<Content>,
    key_update: KeyUpdate,
    place: Option<Place>,
    status: Status,
    says_shutdown: Said,
    peer: Peer,
    failure: Option<Failure>,
    stale: Stale,
    accepted: usize,
    taken: usize,
    onlooker: Onlooker,
    rows: Vec<Row>,
}

/// What the model predicts of an operation; what is not recorded of it is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Predicted {
    /// What the call returns.
    pub ret: Option<i64>,
    /// Bytes that `SSL_write_ex` or `SSL_read_ex` reports.
    pub count: Option<usize>,
    /// A mask, or the result of `SSL_pending`.
    pub value: Option<i64>,
    /// `SSL_get_error` right after the call.
    pub error: Option<&'static str>,
    /// `SSL_want` after the call.
    pub want: Option<&'static str>,
    /// Bytes that the tested end has reported written so far.
    pub accepted: usize,
    /// Plaintext lengths of the application records completed on the wire in this operation.
    pub wire: Vec<usize>,
    /// Bytes that the tested end has read so far.
    pub read: usize,
    /// The shutdown flags: 1 own, 2 the peer's.
    pub shutdown: u8,
    /// Whether the connection failed. A transport that failed is none of its errors.
    pub fatal: bool,
    /// The modes of the connection.
    pub mode: u32,
    /// After a command of the peer: bytes delivered to its application so far.
    pub delivered: Option<usize>,
    /// The deviations that this operation used.
    pub rows: Vec<Row>,
}

/// Whether the application has called `SSL_shutdown`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    No,
    Yes,
}

/// Whether a foreign error is in the thread's queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stale {
    No,
    Yes,
}

/// Why every call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failure {
    Connection,
    Transport,
}

/// The two forms of a call: bytes as the result, or success as the result and bytes beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Plain,
    Ex,
}

/// The peer's application, as far as it takes what was sent.
#[derive(Clone, Copy, Debug)]
struct Onlooker {
    state: OnlookerState,
    delivered: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OnlookerState {
    Handshaking,
    Connected,
    Failed,
}

impl Model {
    /// The tested end of a trace with this configuration, before its first command.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let modes = Modes::from_bits(config.modes);
        let split = if config.split == 0 { config.fragment } else { config.split };
        let unexpected_end =
            if config.ignore_unexpected_end { UnexpectedEnd::Ignore } else { UnexpectedEnd::Fatal };
        let state = if config.start == Start::Done {
            OnlookerState::Connected
        } else {
            OnlookerState::Handshaking
        };
        Self {
            role: config.role,
            modes,
            context_modes: modes,
            split: split.min(config.fragment),
            unexpected_end,
            progress: Progress::new(config.start, config.role),
            write: WriteState::default(),
            read: ReadState::default(),
            shutdown: ShutdownState::default(),
            sending: Sending::new(),
            incoming: Incoming::new(config),
            contents: VecDeque::new(),
            rest: 0,
            message: None,
            key_update: KeyUpdate::None,
            place: None,
            status: Status::QUIET,
            says_shutdown: Said::No,
            peer: Peer::Open,
            failure: None,
            stale: Stale::No,
            accepted: 0,
            taken: 0,
            onlooker: Onlooker { state, delivered: 0 },
            rows: Vec::new(),
        }
    }

    /// Records that the peer put into the inbound queue since the last call, each with its contents, as seen on the
    /// wire.
    pub fn arrived(&mut self, records: &[Vec<Content>]) {
        records.iter().for_each(|record| self.incoming.arrived(record));
    }

    /// The handshake is over, however many records it took: for an onlooker that knows better than the model, which
    /// counts the messages of a plain one.
    pub fn connected(&mut self) {
        self.progress = Progress::new(Start::Done, self.role);
        self.sending.clear();
        self.incoming.drop_handshake();
    }

    /// Takes a command, and says what comes of it.
    pub fn step(&mut self, command: &Command) -> Predicted {
        self.rows.clear();
        let mut predicted = Predicted::default();
        match *command {
            Command::Write(span) => {
                let answer = self.write(span, Form::Plain);
                self.tell_write(answer, Form::Plain, &mut predicted);
            }
            Command::WriteEx(span) => {
                let answer = self.write(span, Form::Ex);
                self.tell_write(answer, Form::Ex, &mut predicted);
            }
            Command::Read(len) => {
                let answer = self.read(len, ReadKind::Read);
                self.tell(answer, Form::Plain, &mut predicted);
            }
            Command::ReadEx(len) => {
                let answer = self.read(len, ReadKind::Read);
                self.tell(answer, Form::Ex, &mut predicted);
            }
            Command::Peek(len) => {
                let answer = self.read(len, ReadKind::Peek);
                self.tell(answer, Form::Plain, &mut predicted);
            }
            Command::Handshake => {
                let answer = self.handshake();
                self.tell(answer, Form::Plain, &mut predicted);
            }
            Command::Shutdown => {
                let answer = self.shutdown();
                self.tell(answer, Form::Plain, &mut predicted);
            }
            _ => self.step_aside(command, &mut predicted),
        }
        self.complete(predicted)
    }

    /// Commands after which no error is asked for.
    fn step_aside(&mut self, command: &Command, predicted: &mut Predicted) {
        match *command {
            Command::Pending => {
                predicted.value = i64::try_from(self.rest).ok();
                predicted.ret = Some(1);
            }
            Command::KeyUpdate(_) => predicted.ret = Some(self.update_keys()),
            Command::NewTicket | Command::Renegotiate => predicted.ret = Some(0),
            Command::Mode(call) => {
                predicted.value = Some(change(&mut self.modes, call));
                predicted.ret = Some(1);
            }
            Command::ContextMode(call) => {
                predicted.value = Some(change(&mut self.context_modes, call));
                predicted.ret = Some(1);
            }
            Command::SetFragment(size) => {
                let accepted = FRAGMENTS.contains(&size);
                self.split = if accepted { self.split.min(size) } else { self.split };
                predicted.ret = Some(i64::from(accepted));
            }
            Command::SetState => {
                if matches!(self.progress, Progress::NoRole) {
                    self.progress = Progress::begin(self.role);
                }
                predicted.ret = Some(1);
            }
            Command::StaleError => self.stale = Stale::Yes,
            Command::SendBudget(budget) => self.sending.set_budget(budget),
            Command::ReceiveBudget(budget) => self.incoming.set_budget(budget),
            Command::EndOfTransport => self.incoming.end(),
            Command::SendError => self.sending.fail(),
            _ => predicted.delivered = Some(self.deliver(command)),
        }
    }

    /// A command of the peer: only one that reads delivers, and a peer in its handshake reads before it writes.
    fn deliver(&mut self, command: &Command) -> usize {
        let connects = self.onlooker.state == OnlookerState::Handshaking
            && self.terms().handshake == Handshake::Done;
        match (self.onlooker.state, *command) {
            (OnlookerState::Failed, _) => {}
            (_, Command::PeerFatal) => self.onlooker.state = OnlookerState::Failed,
            (_, Command::Drain) => self.onlooker.delivered = self.sending.data(),
            (OnlookerState::Handshaking, Command::PeerWrite(_)) if connects => {
                self.onlooker.delivered = self.sending.data();
            }
            _ => {}
        }
        if connects && matches!(*command, Command::Drain | Command::PeerWrite(_) | Command::PeerHandshake) {
            self.onlooker.state = OnlookerState::Connected;
        }
        self.onlooker.delivered
    }

    fn tell_write(&mut self, answer: Answer, form: Form, predicted: &mut Predicted) {
        if let Answered::Count(count) = answer.result {
            self.accepted += count;
        }
        self.tell(answer, form, predicted);
    }

    fn tell(&mut self, answer: Answer, form: Form, predicted: &mut Predicted) {
        let error = answer.error(self.status, self.peer);
        (predicted.ret, predicted.count) = match (answer.result, form) {
            (Answered::Count(count), Form::Plain) => (i64::try_from(count).ok(), None),
            (Answered::Count(count), Form::Ex) => (Some(1), Some(count)),
            (Answered::Fixed(ret), Form::Plain) => (Some(ret), None),
            (Answered::Fixed(ret), Form::Ex) => (Some(ret.max(0)), None),
        };
        predicted.error = Some(error);
        predicted.want = Some(self.status.want.name());
        if std::mem::replace(&mut self.stale, Stale::No) == Stale::Yes && !matches!(error, "NONE" | "SSL") {
            self.used(Row::V15);
        }
    }

    fn complete(&mut self, predicted: Predicted) -> Predicted {
        let own = u8::from(self.says_shutdown == Said::Yes);
        let peer = if self.peer == Peer::Closed { 2 } else { 0 };
        Predicted {
            accepted: self.accepted,
            wire: self.sending.take_completed(),
            read: self.taken,
            shutdown: own | peer,
            fatal: self.failure == Some(Failure::Connection),
            mode: self.modes.bits(),
            rows: std::mem::take(&mut self.rows),
            ..predicted
        }
    }

    fn used(&mut self, row: Row) {
        if !self.rows.contains(&row) {
            self.rows.push(row);
        }
    }
}

/// A mode call: the mask that it returns.
fn change(modes: &mut Modes, call: ModeCall) -> i64 {
    *modes = match call {
        ModeCall::Set(bits) => modes.set(Modes::from_bits(bits)),
        ModeCall::Clear(bits) => modes.clear(Modes::from_bits(bits)),
        ModeCall::Get => *modes,
    };
    i64::from(modes.bits())
}
