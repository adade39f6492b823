//! The facts that the machines are told, our own KeyUpdate, and what a call says that waits or has failed.

use tidegate::modes::read::ReadEvent;
use tidegate::modes::shutdown::ShutdownEvent;
use tidegate::modes::write::{KeyUpdateRefused, TicketRefused, WriteEvent};
use tidegate::modes::{Control, Handshake, ReadAhead, Terms, UnexpectedEnd};

use super::super::trace::TestedRole;
use super::renegotiation::Message;
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

/// Tickets that a server's application asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tickets {
    due: usize,
    urgency: Urgency,
}

/// When they leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Urgency {
    /// They were asked for while a write was blocked.
    #[default]
    Owed,
    Queued,
}

impl Tickets {
    pub(super) fn are_due(self) -> bool {
        self.due > 0
    }
}

/// Whether the control record left. Where it did not, the status says why.
pub(super) enum Sent {
    Ready,
    NotReady,
}

impl Model {
    /// The facts under which the machines take a step.
    pub(super) fn terms(&self) -> Terms {
        let handshake = match self.progress.handshake() {
            // The last flight of a later one is a control record (V11).
            Handshake::Done if self.is_again() || !self.sending.holds(Outbound::Handshake) => Handshake::Done,
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
            read_ahead: match self.renegotiation.message_was {
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
        match (self.key_update_control(), self.ticket_control()) {
            (Control::Queued, _) | (_, Control::Queued) => Control::Queued,
            (Control::Owed, _) | (_, Control::Owed) => Control::Owed,
            (Control::None, Control::None) => Control::None,
        }
    }

    fn ticket_control(&self) -> Control {
        match self.tickets {
            _ if self.sending.holds(Outbound::Ticket) => Control::Queued,
            Tickets { due: 0, .. } => Control::None,
            Tickets { urgency: Urgency::Queued, .. } => Control::Queued,
            Tickets { urgency: Urgency::Owed, .. } => Control::Owed,
        }
    }

    fn key_update_control(&self) -> Control {
        match self.key_update {
            KeyUpdate::Owed => Control::Owed,
            KeyUpdate::Queued => Control::Queued,
            KeyUpdate::Built if self.sending.holds(Outbound::KeyUpdate) => Control::Queued,
            KeyUpdate::None | KeyUpdate::Built
                if self.is_again() && self.sending.holds(Outbound::Handshake) =>
            {
                Control::Queued
            }
            KeyUpdate::None | KeyUpdate::Built => Control::None,
        }
    }

    /// The peer asks for a KeyUpdate; one that waits already answers it (V19).
    pub(super) fn owe_key_update(&mut self) {
        if self.key_update_control() == Control::None {
            self.key_update = KeyUpdate::Owed;
        }
    }

    /// `SSL_key_update`: whether it was accepted.
    pub(super) fn update_keys(&mut self) -> i64 {
        match self.write.key_update_refused(&self.terms()) {
            _ if self.life == Life::Failed || self.config.version == 12 => 0,
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

    /// `SSL_new_session_ticket`: whether it was accepted.
    pub(super) fn new_ticket(&mut self) -> i64 {
        let terms = self.terms();
        let is_client = self.role == TestedRole::Client;
        match self.write.ticket_refused(&terms) {
            _ if self.life == Life::Failed || self.config.version == 12 || is_client => 0,
            None => self.owe_ticket(),
            Some(TicketRefused::Queued) if self.tickets.are_due() => self.owe_ticket(),
            Some(TicketRefused::Closed) => {
                // OpenSSL looks only whether another record is on its way.
                if terms.control != Control::Queued || self.tickets.are_due() {
                    self.used(Row::V14);
                }
                0
            }
            Some(_) => 0,
        }
    }

    fn owe_ticket(&mut self) -> i64 {
        self.tickets.due += 1;
        if self.write.control_may_leave() {
            self.tickets.urgency = Urgency::Queued;
        }
        1
    }

    /// Sends the KeyUpdate that waits, or else the tickets, each once what is before it has left.
    pub(super) fn send_control(&mut self) -> Sent {
        let updates = self.key_update_control() != Control::None;
        if self.key_update.is_due() {
            self.sending.push(Outbound::KeyUpdate);
            self.key_update = KeyUpdate::Built;
        }
        loop {
            if let Flushed::Part | Flushed::Broken = self.flush() {
                return Sent::NotReady;
            }
            if updates {
                self.tickets.urgency = Urgency::Owed;
                return Sent::Ready;
            }
            if !self.tickets.are_due() {
                self.tickets = Tickets::default();
                return Sent::Ready;
            }
            self.tickets = Tickets { due: self.tickets.due - 1, urgency: Urgency::Queued };
            self.sending.push(Outbound::Ticket);
        }
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
