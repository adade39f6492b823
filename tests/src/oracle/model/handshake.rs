//! The handshake, by the number of its records and messages.

use std::collections::VecDeque;

use tidegate::modes::write::Close;
use tidegate::modes::{Control, Handshake, Writing};

use super::super::record::Content;
use super::super::trace::{Config, Start, TestedRole};
use super::control::Sent;
use super::read::Found;
use super::renegotiation::{self, Hello};
use super::row::Row;
use super::sending::{Flushed, Outbound};
use super::status::{Answer, Peer, Status};
use super::{Life, Model};

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
            (_, TestedRole::Server) if config.tickets == 0 => [Receive(1), Send(6), Receive(1)].into(),
            (_, TestedRole::Server) => [Receive(1), Send(6), Receive(1), Send(config.tickets)].into(),
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
    /// `SSL_do_handshake`.
    pub(super) fn handshake(&mut self) -> Answer {
        if self.life == Life::Failed {
            return self.stored();
        }
        self.begin_renegotiation();
        let terms = self.terms();
        match (terms.handshake, terms.control) {
            (Handshake::NoRole, _) => Answer::ssl(-1),
            (Handshake::InProgress, _) => match self.drive_past_data() {
                Driven::Connected => Answer::fixed(1),
                Driven::Waits | Driven::Data(_) => self.waiting(),
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

    /// Goes on with the handshake as far as records come and leave. Behind a blocked record nothing of it is built (V8).
    pub(super) fn drive(&mut self) -> Driven {
        loop {
            match self.flush() {
                Flushed::Nothing | Flushed::All => {}
                Flushed::Part | Flushed::Broken => return Driven::Waits,
            }
            let Progress::Flights(flights) = &mut self.progress else { return Driven::Waits };
            match flights.front_mut() {
                None => return Driven::Connected,
                Some(Flight::Receive(0)) => drop(flights.pop_front()),
                Some(Flight::Send(count)) => {
                    // In a write's sequence one is built where nothing waits, as data is.
                    let built = if self.write.writing() == Writing::InSequence { 1 } else { *count };
                    *count -= built;
                    if *count == 0 {
                        flights.pop_front();
                    }
                    (0..built).for_each(|_| self.sending.push(Outbound::Handshake));
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
        let renegotiates = self.is_again();
        match self.next_content() {
            Ok(_) | Err(Found::End) if self.peer == Peer::Closed => {
                self.used(Row::V25); // OpenSSL says so again, or fails
                self.status = Status::WAITS_TO_READ;
                Some(Driven::Waits)
            }
            Ok(Content::Handshake) => {
                if let Progress::Flights(flights) = &mut self.progress
                    && let Some(Flight::Receive(count)) = flights.front_mut()
                {
                    *count -= 1;
                }
                self.renegotiation.hello = self.renegotiation.hello.answered();
                None
            }
            Ok(Content::ChangeCipherSpec | Content::HelloRequest) => None,
            Ok(Content::Data(0)) if self.renegotiation.hello == Hello::Unanswered => None,
            Ok(Content::Data(length)) if self.renegotiation.hello == Hello::Unanswered => {
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
}
