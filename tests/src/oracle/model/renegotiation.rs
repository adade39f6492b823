//! Handshakes in mid-connection (TLS 1.2): who begins them, and what comes in between.

use std::collections::VecDeque;

use tidegate::modes::Handshake;
use tidegate::modes::write::{Close, RenegotiationRefused};

use super::super::trace::{Config, TestedRole};
use super::Model;
use super::control::KeyUpdate;
use super::handshake::{Driven, Flight, Progress};
use super::row::Row;
use super::sending::Outbound;
use super::status::{Answer, Peer, Status};

/// How far the hellos of a handshake are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hello {
    /// It is the connection's first handshake.
    First,
    /// Of a later one our hello is not answered, or theirs: data may come.
    Unanswered,
    /// They are exchanged.
    Exchanged,
}

impl Hello {
    pub(super) fn answered(self) -> Self {
        if self == Self::First { Self::First } else { Self::Exchanged }
    }
}

/// A renegotiation that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Noted {
    No,
    Yes,
}

/// What became of the last handshake message in mid-connection. Where one is dropped a read without `AUTO_RETRY` ends,
/// whatever was read ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Message {
    Processed,
    Dropped,
}

/// What a server does with a client's hello in mid-connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClientHello {
    Refused,
    /// It is the answer to our HelloRequest.
    Requested,
    Allowed,
}

/// What is to be known of handshakes in mid-connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Renegotiation {
    pub(super) hello: Hello,
    pub(super) noted: Noted,
    pub(super) client_hello: ClientHello,
    pub(super) message_was: Message,
}

impl Renegotiation {
    pub(super) fn new(config: &Config) -> Self {
        let client_hello = if config.renegotiation { ClientHello::Allowed } else { ClientHello::Refused };
        Self { hello: Hello::First, noted: Noted::No, client_hello, message_was: Message::Processed }
    }
}

/// A client's handshake: ClientHello; ServerHello, Certificate, ServerKeyExchange, ServerHelloDone; ClientKeyExchange,
/// change_cipher_spec, Finished; Finished.
pub(super) fn as_client(tickets: usize) -> VecDeque<Flight> {
    use Flight::{Receive, Send};
    [Send(1), Receive(4), Send(3), Receive(1 + tickets.min(1))].into()
}

/// A server's, behind the ClientHello.
pub(super) fn as_server(tickets: usize) -> VecDeque<Flight> {
    use Flight::{Receive, Send};
    [Send(4), Receive(2), Send(2 + tickets.min(1))].into()
}

impl Model {
    /// `SSL_renegotiate`: whether it was noted.
    pub(super) fn renegotiate(&mut self) -> i64 {
        if self.config.version != 12 {
            return 0;
        }
        match self.write.renegotiation_refused(&self.terms(), self.direction()) {
            None => {
                self.renegotiation.noted = Noted::Yes;
                if self.role == TestedRole::Server && self.renegotiation.client_hello == ClientHello::Refused
                {
                    self.renegotiation.client_hello = ClientHello::Requested;
                }
                1
            }
            Some(RenegotiationRefused::Closed) => self.refuses_renegotiation(Row::V25),
            Some(RenegotiationRefused::Failed) => self.refuses_renegotiation(Row::V13),
            Some(RenegotiationRefused::Handshaking) => self.refuses_renegotiation(Row::V24),
        }
    }

    fn refuses_renegotiation(&mut self, row: Row) -> i64 {
        self.used(row);
        0
    }

    /// One that was noted begins with a call, if it may.
    pub(super) fn begin_renegotiation(&mut self) {
        let refused = self.write.renegotiation_refused(&self.terms(), self.direction());
        if self.renegotiation.noted == Noted::Yes && refused == Some(RenegotiationRefused::Closed) {
            self.used(Row::V25); // OpenSSL begins, and forgets that anybody has closed
        }
        if self.renegotiation.noted == Noted::No
            || !self.write.renegotiation_may_begin(&self.terms(), self.direction())
        {
            return;
        }
        self.renegotiation.noted = Noted::No;
        match self.role {
            TestedRole::Client => self.handshakes_again(as_client(self.config.tickets)),
            // A HelloRequest, which waits and leaves as a KeyUpdate does.
            TestedRole::Server => self.key_update = KeyUpdate::Queued,
        }
    }

    /// Whether the handshake is not the first.
    pub(super) fn is_again(&self) -> bool {
        self.renegotiation.hello != Hello::First
    }

    fn handshakes_again(&mut self, flights: VecDeque<Flight>) {
        self.progress = Progress::Flights(flights);
        self.renegotiation.hello = Hello::Unanswered;
    }

    /// A flight of ours is on its way: a server's first one has its hello in it.
    pub(super) fn sent_flight(&mut self) {
        if self.role == TestedRole::Server {
            self.renegotiation.hello = self.renegotiation.hello.answered();
        }
    }

    /// A handshake message in mid-connection. Behind our close_notify it is dropped (R12).
    pub(super) fn on_handshake(&mut self) {
        if self.config.version != 12 {
            return;
        }
        if self.write.close() != Close::Open {
            self.renegotiation.message_was = Message::Dropped;
            return;
        }
        match (self.role, self.renegotiation.client_hello) {
            (TestedRole::Client, _) => {
                if self.renegotiation.noted == Noted::Yes {
                    self.used(Row::V8); // OpenSSL builds its hello at once, and takes no data then
                }
                self.renegotiation.noted = Noted::Yes;
                self.begin_renegotiation();
            }
            (TestedRole::Server, ClientHello::Refused) => self.refuses_client_hello(),
            (TestedRole::Server, ClientHello::Requested | ClientHello::Allowed) => {
                if !self.sending.is_empty() {
                    self.used(Row::V8); // D2
                }
                if self.renegotiation.client_hello == ClientHello::Requested {
                    self.renegotiation.client_hello = ClientHello::Refused;
                }
                self.handshakes_again(as_server(self.config.tickets));
            }
        }
    }

    /// The warning goes behind whatever waits.
    fn refuses_client_hello(&mut self) {
        let waits = !self.sending.is_empty();
        self.sending.push(Outbound::Alert);
        if !waits {
            self.flush();
        }
        if !self.sending.is_empty() {
            self.used(Row::V8); // D5
        }
    }

    /// Drives for a call other than a read. Data is set aside for the next one (V8); OpenSSL's connection fails.
    pub(super) fn drive_past_data(&mut self) -> Driven {
        loop {
            let driven = self.drive();
            let Driven::Data(length) = driven else { return driven };
            self.used(Row::V8);
            self.ahead += length;
            self.rest = 0;
        }
    }

    /// Whether the peer has closed in the middle of a renegotiation.
    pub(super) fn is_closed_in_handshake(&self) -> bool {
        self.is_again() && self.peer == Peer::Closed && self.progress.handshake() == Handshake::InProgress
    }

    /// What a call says in whose handshake the peer closed.
    pub(super) fn closed_in_handshake(&mut self) -> Answer {
        self.peer_closed();
        self.status = Status::READ_FAILED;
        Answer::fixed(-1)
    }

    /// An alert other than close_notify. That a renegotiation is refused is a failure of ours, not the peer's last word.
    pub(super) fn on_alert(&mut self, code: u8) {
        if self.config.version == 12 && code == NO_RENEGOTIATION {
            self.sending.push(Outbound::Alert);
            self.flush();
            self.fail();
        } else {
            self.alerted();
        }
    }
}

/// The alert's number.
const NO_RENEGOTIATION: u8 = 100;
