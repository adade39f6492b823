//! The handshake, and our own KeyUpdate: what is sent before the call's own work.

use std::collections::VecDeque;

use tidegate::modes::read::ReadEvent;
use tidegate::modes::shutdown::ShutdownEvent;
use tidegate::modes::write::KeyUpdateRefused;
use tidegate::modes::write::{Close, WriteEvent};
use tidegate::modes::{Control, Handshake, ReadAhead, Terms, UnexpectedEnd};

use super::super::record::Content;
use super::super::trace::{Config, Start, TestedRole};
use super::read::Found;
use super::renegotiation::{self, Hello, Message};
use super::row::Row;
use super::sending::{Flushed, Outbound};
use super::status::{Answer, Peer, Status};
use super::{Life, Model};
use tidegate::modes::Completion;

/// Our own KeyUpdate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyUpdate {
    None,
    /// The peer asked for it.
    Owed,
    /// The application asked for it.
    Queued,
    /// It is among what leaves.
    Built,
}

impl KeyUpdate {
    /// Whether it is not built yet.
    pub(super) fn is_due(self) -> bool {
        matches!(self, Self::Owed | Self::Queued)
    }
}

/// What is left of the handshake.
#[derive(Clone, Debug)]
pub(super) enum Progress {
    NoRole,
    Flights(VecDeque<Flight>),
}

/// A number of handshake records or messages.
#[derive(Clone, Copy, Debug)]
pub(super) enum Flight {
    /// Records that leave.
    Send(usize),
    /// Messages that are to come.
    Receive(usize),
}

/// How far the handshake was driven. Where it waits, the status says for what.
pub(super) enum Driven {
    Connected,
    Waits,
    /// In a renegotiation: so many bytes of data came.
    Data(usize),
    /// In a renegotiation: the peer closed, or the transport ended as if it had.
    Closed,
    Failed(Answer),
}

/// Whether the control record left. Where it did not, the status says why.
pub(super) enum Sent {
    Ready,
    NotReady,
}

impl Progress {
    pub(super) fn new(config: &Config) -> Self {
        match config.start {
            Start::Done => Self::Flights(VecDeque::new()),
            Start::Implicit => Self::begin(config),
            Start::NoRole => Self::NoRole,
        }
    }

    /// ServerHello, EncryptedExtensions, Certificate, CertificateVerify and Finished are the server's messages; with a
    /// change_cipher_spec they are as many records.
    pub(super) fn begin(config: &Config) -> Self {
        use Flight::{Receive, Send};
        Self::Flights(match (config.version, config.role) {
            (12, TestedRole::Client) => renegotiation::as_client(config.tickets),
            (12, TestedRole::Server) => {
                std::iter::once(Receive(1)).chain(renegotiation::as_server(config.tickets)).collect()
            }
            (_, TestedRole::Client) => [Send(1), Receive(5), Send(2)].into(),
            (_, TestedRole::Server) => [Receive(1), Send(6), Receive(1)].into(),
        })
    }

    /// Whether something of our handshake has not begun to leave.
    pub(super) fn has_to_send(&self) -> bool {
        match self {
            Self::NoRole => true,
            Self::Flights(left) => left.iter().any(|flight| matches!(flight, Flight::Send(_))),
        }
    }

    pub(super) fn handshake(&self) -> Handshake {
        match self {
            Self::NoRole => Handshake::NoRole,
            Self::Flights(left) if left.is_empty() => Handshake::Done,
            Self::Flights(_) => Handshake::InProgress,
        }
    }
}

impl Model {
    /// The facts under which the machines take a step.
    pub(super) fn terms(&self) -> Terms {
        let handshake = match self.progress.handshake() {
            Handshake::Done if !self.sending.holds(Outbound::Handshake) => Handshake::Done,
            Handshake::Done | Handshake::InProgress => Handshake::InProgress,
            Handshake::NoRole => Handshake::NoRole,
        };
        Terms {
            modes: self.modes,
            completion: Completion::Drained,
            split: self.split,
            handshake,
            control: self.control(),
            writing: self.write.writing(),
            read_ahead: match self.message_was {
                Message::Dropped => ReadAhead::Empty, // R12
                Message::Processed if self.incoming.holds_raw() => ReadAhead::Holds,
                Message::Processed => ReadAhead::Empty,
            },
            unexpected_end: self.unexpected_end,
        }
    }

    pub(super) fn ignores_end(&self) -> bool {
        self.unexpected_end == UnexpectedEnd::Ignore
    }

    fn control(&self) -> Control {
        match self.key_update {
            KeyUpdate::Owed => Control::Owed,
            KeyUpdate::Queued => Control::Queued,
            KeyUpdate::Built if self.sending.holds(Outbound::KeyUpdate) => Control::Queued,
            KeyUpdate::None | KeyUpdate::Built => Control::None,
        }
    }

    /// The peer asks for a KeyUpdate; one that waits already answers it (V19).
    pub(super) fn owe_key_update(&mut self) {
        if self.control() == Control::None {
            self.key_update = KeyUpdate::Owed;
        }
    }

    /// `SSL_key_update`: whether it was accepted.
    pub(super) fn update_keys(&mut self) -> i64 {
        match self.write.key_update_refused(&self.terms()) {
            _ if self.life == Life::Failed || self.version == 12 => 0,
            None => {
                self.key_update = KeyUpdate::Queued;
                1
            }
            Some(KeyUpdateRefused::Closed) if self.write.retry_span().is_none() => {
                // OpenSSL looks only whether a write is blocked or a KeyUpdate is queued.
                if self.control() != Control::Queued {
                    self.used(Row::V14);
                }
                0
            }
            Some(_) => 0,
        }
    }

    /// `SSL_do_handshake`.
    pub(super) fn handshake(&mut self) -> Answer {
        if self.life == Life::Failed {
            return self.stored();
        }
        self.begin_renegotiation();
        let terms = self.terms();
        match (terms.handshake, terms.control) {
            (Handshake::NoRole, _) => Answer::ssl(-1),
            (Handshake::InProgress, _) => match self.drive() {
                Driven::Connected => Answer::fixed(1),
                Driven::Waits => self.waiting(),
                Driven::Data(_) => self.data_waits(),
                Driven::Closed => self.closed_in_handshake(),
                Driven::Failed(answer) => answer,
            },
            (Handshake::Done, Control::Queued) if self.write.close() == Close::Open => {
                match self.send_control() {
                    Sent::Ready => Answer::fixed(1),
                    Sent::NotReady => self.waiting(),
                }
            }
            (Handshake::Done, Control::None | Control::Owed | Control::Queued) => Answer::fixed(1),
        }
    }

    /// Sends the KeyUpdate that waits.
    pub(super) fn send_control(&mut self) -> Sent {
        if self.key_update.is_due() {
            self.sending.push(Outbound::KeyUpdate);
            self.key_update = KeyUpdate::Built;
        }
        match self.flush() {
            Flushed::Nothing | Flushed::All => Sent::Ready,
            Flushed::Part | Flushed::Broken => Sent::NotReady,
        }
    }

    /// Goes on with the handshake as far as records come and leave. Behind a blocked record nothing of it is built (V8).
    pub(super) fn drive(&mut self) -> Driven {
        loop {
            match self.flush() {
                Flushed::Nothing | Flushed::All => {}
                Flushed::Part | Flushed::Broken => return self.waits_behind_record(),
            }
            let Progress::Flights(flights) = &mut self.progress else { return Driven::Waits };
            match flights.front_mut() {
                None => return Driven::Connected,
                Some(Flight::Receive(0)) => drop(flights.pop_front()),
                Some(Flight::Send(count)) => {
                    (0..*count).for_each(|_| self.sending.push(Outbound::Handshake));
                    flights.pop_front();
                    self.sent_flight();
                }
                Some(Flight::Receive(_)) => {
                    if let Some(driven) = self.receive_handshake() {
                        return driven;
                    }
                }
            }
        }
    }

    /// Takes one record's content of the handshake; what ends the drive, if that does.
    fn receive_handshake(&mut self) -> Option<Driven> {
        let renegotiates = self.hello != Hello::First;
        match self.next_content() {
            Ok(_) if self.peer == Peer::Closed => {
                self.used(Row::V25); // OpenSSL says so again
                self.status = Status::WAITS_TO_READ;
                Some(Driven::Waits)
            }
            Ok(Content::Handshake) => {
                if let Progress::Flights(flights) = &mut self.progress
                    && let Some(Flight::Receive(count)) = flights.front_mut()
                {
                    *count -= 1;
                }
                self.hello = self.hello.answered();
                None
            }
            Ok(Content::ChangeCipherSpec | Content::HelloRequest) => None,
            Ok(Content::Data(0)) if self.hello == Hello::Unanswered => None,
            Ok(Content::Data(length)) if self.hello == Hello::Unanswered => {
                self.rest = length;
                Some(Driven::Data(length))
            }
            Ok(Content::CloseNotify) if renegotiates => Some(Driven::Closed),
            Err(Found::Nothing) => Some(Driven::Waits),
            Err(_) if renegotiates && self.ignores_end() => Some(Driven::Closed),
            Err(_) => {
                self.truncated();
                Some(self.handshake_failed())
            }
            Ok(Content::Alert(code)) => {
                self.on_alert(code);
                Some(self.handshake_failed())
            }
            Ok(_) => {
                self.fail();
                Some(self.handshake_failed())
            }
        }
    }

    /// Whatever was said on the way, OpenSSL still wants to read.
    fn handshake_failed(&mut self) -> Driven {
        self.status = Status::READ_FAILED;
        Driven::Failed(Answer::ssl(-1))
    }

    /// Lets leave what the transport takes, which is what the status then tells.
    pub(super) fn flush(&mut self) -> Flushed {
        let flushed = self.sending.flush();
        match flushed {
            Flushed::Nothing => {}
            Flushed::All => self.status = Status::QUIET,
            Flushed::Part => self.status = Status::WAITS_TO_WRITE,
            Flushed::Broken => self.status = Status::WRITE_FAILED,
        }
        flushed
    }

    /// What a call returns that waits: for what the status says, or in vain.
    pub(super) fn waiting(&mut self) -> Answer {
        if self.status != Status::WRITE_FAILED {
            return Answer::fixed(-1);
        }
        if self.peer == Peer::Closed {
            self.used(Row::V16); // OpenSSL: ZERO_RETURN
        }
        Answer::syscall()
    }

    pub(super) fn fail(&mut self) {
        let terms = self.terms();
        self.life = Life::Failed;
        (self.write, _) = self.write.step(WriteEvent::Fail, &terms);
        (self.read, _) = self.read.step(ReadEvent::Fail, &terms);
        (self.shutdown, _) = self.shutdown.step(ShutdownEvent::Fail, &terms);
        self.sending.clear();
        self.rest = 0;
    }

    /// What a call returns after a failure of the connection, for ever (V13).
    pub(super) fn stored(&mut self) -> Answer {
        self.used(Row::V13);
        self.status = Status::QUIET;
        Answer::ssl(-1)
    }
}
