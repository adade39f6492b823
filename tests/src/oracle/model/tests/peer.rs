//! The peer, played: what a libssl at the other end puts on the wire, as far as its records' kinds and order go.

use std::collections::VecDeque;

use super::super::super::record::Content;
use super::super::super::trace::{Command, Config, Operation, Start, TestedRole, WireRecord};

const RECORD: usize = 16384;
const BAD_RECORD_MAC: u8 = 20;

pub(super) struct Peer {
    /// What the tested end sent and the peer did not read.
    unread: VecDeque<Seen>,
    sent: Vec<Vec<Content>>,
    update: Update,
    /// Whether the tested end's next KeyUpdate asks for one.
    asked: Update,
    direction: Direction,
    handshake: Handshake,
    /// Records of the flight that it waits for, which it has read.
    flight: usize,
    tickets: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    Data,
    Handshake,
    KeyUpdate(Update),
    Alert,
}

/// Whether a KeyUpdate is owed, or asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Update {
    No,
    Yes,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Open,
    Closed,
}

/// What the peer waits for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Handshake {
    ToBegin,
    ClientHello,
    ServerFinished,
    ClientFinished,
    Nothing,
}

impl Handshake {
    /// Records in the flight that is waited for.
    fn records(self) -> usize {
        match self {
            Self::ToBegin | Self::Nothing => 0,
            Self::ClientHello => 1,
            Self::ServerFinished => 6,
            Self::ClientFinished => 2,
        }
    }
}

impl Peer {
    pub(super) fn new(config: &Config) -> Self {
        let handshake = match (config.start, config.role) {
            (Start::Done, _) => Handshake::Nothing,
            (_, TestedRole::Client) => Handshake::ClientHello,
            (_, TestedRole::Server) => Handshake::ToBegin,
        };
        let mut peer = Self {
            unread: VecDeque::new(),
            sent: Vec::new(),
            update: Update::No,
            asked: Update::No,
            direction: Direction::Open,
            handshake,
            flight: 0,
            tickets: if config.role == TestedRole::Client { config.tickets } else { 0 },
        };
        if handshake == Handshake::Nothing {
            peer.connected();
        }
        peer
    }

    pub(super) fn take_sent(&mut self) -> Vec<Vec<Content>> {
        std::mem::take(&mut self.sent)
    }

    /// Does what the operation says, with the results that were recorded.
    pub(super) fn follow(&mut self, operation: &Operation) {
        let results = &operation.results;
        for record in &results.wire {
            let seen = match record {
                WireRecord::Data(_) => Seen::Data,
                WireRecord::Alert => Seen::Alert,
                WireRecord::Handshake if self.handshake == Handshake::Nothing => {
                    Seen::KeyUpdate(std::mem::replace(&mut self.asked, Update::No))
                }
                WireRecord::Handshake | WireRecord::ChangeCipherSpec => Seen::Handshake,
            };
            self.unread.push_back(seen);
        }
        if operation.command == Command::KeyUpdate(1) && results.ret == Some(1) {
            self.asked = Update::Yes;
        }
        let handshakes = self.handshake != Handshake::Nothing;
        let writes = matches!(operation.command, Command::PeerWrite(_));
        if matches!(operation.command, Command::Drain | Command::PeerHandshake) || (writes && handshakes) {
            self.drain();
        }
        if let Some(done) = results.peer_ret {
            self.act(operation, done);
        }
    }

    /// What the peer does itself, if it could.
    fn act(&mut self, operation: &Operation, done: i64) {
        let open = self.direction == Direction::Open;
        let failed = operation.results.peer_error.as_deref() == Some("SSL");
        if let Command::PeerWrite(_) = operation.command {
            self.write(usize::try_from(done).unwrap_or(0));
        }
        if let (Command::PeerKeyUpdate(request), 1) = (operation.command, done) {
            self.update = Update::No;
            self.send(Content::KeyUpdate { requested: request == 1 });
        }
        if operation.command == Command::PeerTicket && done == 1 {
            self.reply();
            self.send(Content::Ticket);
        }
        if operation.command == Command::PeerShutdown && done >= 0 && open {
            self.direction = Direction::Closed;
            self.send(Content::CloseNotify);
        }
        if operation.command == Command::PeerFatal && failed && open {
            self.send(Content::Alert(BAD_RECORD_MAC));
        }
    }

    fn write(&mut self, length: usize) {
        if length > 0 {
            self.reply();
        }
        let mut left = length;
        while left > 0 {
            let record = left.min(RECORD);
            self.send(Content::Data(record));
            left -= record;
        }
    }

    fn drain(&mut self) {
        if self.handshake == Handshake::ToBegin {
            self.send(Content::Handshake);
            self.handshake = Handshake::ServerFinished;
        }
        while let Some(seen) = self.unread.pop_front() {
            match seen {
                Seen::KeyUpdate(asked) => {
                    self.reply();
                    self.update = asked;
                }
                Seen::Handshake => self.on_handshake(),
                Seen::Data | Seen::Alert => {}
            }
        }
    }

    fn on_handshake(&mut self) {
        self.flight += 1;
        if self.flight < self.handshake.records() {
            return;
        }
        self.flight = 0;
        match self.handshake {
            Handshake::ClientHello => {
                self.send(Content::Handshake);
                self.send(Content::ChangeCipherSpec);
                (0..4).for_each(|_| self.send(Content::Handshake));
                self.handshake = Handshake::ClientFinished;
            }
            Handshake::ServerFinished => {
                self.send(Content::ChangeCipherSpec);
                self.send(Content::Handshake);
                self.handshake = Handshake::Nothing;
            }
            Handshake::ClientFinished => {
                self.handshake = Handshake::Nothing;
                self.connected();
            }
            Handshake::ToBegin | Handshake::Nothing => {}
        }
    }

    fn connected(&mut self) {
        (0..self.tickets).for_each(|_| self.send(Content::Ticket));
    }

    fn reply(&mut self) {
        if std::mem::replace(&mut self.update, Update::No) == Update::Yes {
            self.send(Content::KeyUpdate { requested: false });
        }
    }

    fn send(&mut self, content: Content) {
        self.sent.push(vec![content]);
    }
}
