//! A handshake in mid-connection, as the driver of an engine of TLS 1.2 goes on with it.

use super::super::world::{Cause, Inbound, Protocol, Renegotiation};
use super::{Completion, Handshake, Item, Run, What, needed, small};
use crate::modes::read::{ReadEvent, ReadOutcome};
use crate::modes::write::{RenegotiationRefused, WriteEvent};
use crate::modes::{UnexpectedEnd, write};

/// What the driver came to.
enum Driven {
    Through,
    Waits,
    Data(u8),
    CloseNotify,
    End(UnexpectedEnd),
}

/// What the peer does next in a renegotiation, least first.
const PEER: [Item; 8] = [
    Item::Nothing,
    Item::FatalAlert,
    Item::End(UnexpectedEnd::Fatal),
    Item::End(UnexpectedEnd::Ignore),
    Item::CloseNotify,
    Item::Data(0),
    Item::Data(2),
    Item::Ignored,
];

impl Run<'_> {
    /// `SSL_renegotiate`: noted, if it is not refused.
    pub(super) fn renegotiate(&mut self) -> Option<RenegotiationRefused> {
        let refused = self.world.write.renegotiation_refused(&self.terms(), self.peer());
        if refused.is_none() {
            self.world.renegotiation = Renegotiation::Noted;
        }
        refused
    }

    /// One that was noted begins with a call, if it may.
    pub(super) fn begins(&mut self) {
        let terms = self.terms();
        let may_begin = self.world.write.renegotiation_may_begin(&terms, self.peer());
        if self.world.renegotiation == Renegotiation::Noted && may_begin {
            self.note(What::Begins);
            self.world.handshake = Handshake::InProgress;
            self.world.renegotiation = Renegotiation::Begun;
        }
    }

    /// A HelloRequest, or a ClientHello, which may be refused. Behind our close_notify it is dropped (R12).
    pub(super) fn met_renegotiation(&mut self) {
        if self.world.write.close() == write::Close::Sent {
            return;
        }
        match self.under.protocol {
            Protocol::Tls12Client => {
                self.world.renegotiation = Renegotiation::Noted;
                self.begins();
            }
            Protocol::Tls12Server if self.environment.choose(2) == 0 => self.warns(),
            Protocol::Tls12Server | Protocol::Tls13 => {
                self.world.handshake = Handshake::InProgress;
                self.world.renegotiation = Renegotiation::Unanswered;
            }
        }
    }

    /// There is always room for a warning, whatever stands before it.
    fn warns(&mut self) {
        if !self.has_outgoing() {
            return;
        }
        match self.under.completion {
            Completion::Drained => self.world.out.warning = true,
            Completion::Sealed => self.world.out.data = 1,
        }
    }

    pub(super) fn write_drives(&mut self) -> WriteEvent {
        match self.drive_renegotiation() {
            Driven::Through => WriteEvent::Ready,
            // What a write meets is for the next read.
            Driven::Waits | Driven::Data(_) => WriteEvent::NotReady,
            Driven::CloseNotify => self.write_meets_end(ReadEvent::CloseNotify),
            Driven::End(meaning) => {
                self.unexpected_end = meaning;
                self.write_meets_end(ReadEvent::EndOfTransport)
            }
        }
    }

    fn write_meets_end(&mut self, end: ReadEvent) -> WriteEvent {
        if self.step_read(end) == ReadOutcome::Truncated {
            self.fail(Cause::Truncated);
        }
        WriteEvent::NotReady
    }

    pub(super) fn read_drives(&mut self) -> ReadEvent {
        match self.drive_renegotiation() {
            Driven::Through => ReadEvent::Ready,
            Driven::Waits => ReadEvent::NotReady,
            Driven::Data(len) => ReadEvent::Data { len: len.into() },
            Driven::CloseNotify => ReadEvent::CloseNotify,
            Driven::End(meaning) => {
                self.unexpected_end = meaning;
                ReadEvent::EndOfTransport
            }
        }
    }

    /// What waits leaves first. Behind a record of a pending write nothing is built, but what comes is looked at.
    fn drive_renegotiation(&mut self) -> Driven {
        use Renegotiation as R;
        let gone = !self.drained() || self.transport_takes();
        let may_leave =
            self.world.write.handshake_may_leave(self.under.completion, self.world.out_contents());
        let server = self.under.protocol == Protocol::Tls12Server;
        match (self.world.failed, may_leave, self.world.renegotiation) {
            (Some(_), ..) => Driven::Waits,
            (None, true, R::Begun) => self.says_hello(),
            (None, true, R::Unanswered) if server => self.builds_flight(R::Answered),
            (None, true, _) if !gone => Driven::Waits,
            (None, true, R::Requested) => self.through(),
            (None, false, R::Begun | R::Requested | R::Answered) => Driven::Waits,
            (None, ..) => self.listens(may_leave),
        }
    }

    fn says_hello(&mut self) -> Driven {
        match self.under.protocol {
            Protocol::Tls12Server => self.builds_flight(Renegotiation::Requested),
            Protocol::Tls12Client | Protocol::Tls13 => self.builds_flight(Renegotiation::Unanswered),
        }
    }

    fn builds_flight(&mut self, then: Renegotiation) -> Driven {
        if !self.builds_handshake() {
            return Driven::Waits;
        }
        self.world.renegotiation = then;
        self.drive_renegotiation()
    }

    fn builds_handshake(&mut self) -> bool {
        let builds = self.has_room_for_control();
        if builds {
            self.note(What::HandshakeBuilt);
            match self.under.completion {
                Completion::Drained => self.world.out.control = true,
                Completion::Sealed => self.world.out.data = 1,
            }
        }
        builds
    }

    fn through(&mut self) -> Driven {
        self.world.renegotiation = Renegotiation::None;
        self.world.handshake = Handshake::Done;
        Driven::Through
    }

    /// The current record's rest comes first; else what the peer does next, the last of it that it goes on.
    fn listens(&mut self, may_leave: bool) -> Driven {
        let unanswered = self.world.renegotiation == Renegotiation::Unanswered;
        if self.world.inbound.unread > 0 {
            return Driven::Data(self.world.inbound.unread);
        }
        let (state, there) = needed(self.world.incoming, self.under);
        self.world.incoming = state;
        if self.may_come == 0 || !there || self.world.read.is_closed() {
            return Driven::Waits;
        }
        self.may_come -= 1;
        self.world.inbound = Inbound { part: false, ..self.world.inbound };
        let among = if may_leave { small(PEER.len()) } else { small(PEER.len()) - 1 };
        match PEER[usize::from(self.environment.choose(among))] {
            Item::FatalAlert => self.breaks(),
            Item::End(meaning) => {
                self.world.account.clean = meaning == UnexpectedEnd::Ignore;
                Driven::End(meaning)
            }
            Item::CloseNotify => {
                self.world.account.clean = true;
                Driven::CloseNotify
            }
            Item::Data(_) if !unanswered => self.breaks(),
            Item::Data(len) => {
                self.world.inbound.unread = len;
                Driven::Data(len)
            }
            Item::Ignored => self.goes_on(),
            Item::Nothing | Item::Part | Item::Message(_) => Driven::Waits,
        }
    }

    fn breaks(&mut self) -> Driven {
        self.fail(Cause::Alert);
        Driven::Waits
    }

    /// The peer's messages are there: ours are built, and with the last of them it is over.
    fn goes_on(&mut self) -> Driven {
        self.may_come = self.may_come.max(1);
        match self.world.renegotiation {
            Renegotiation::Unanswered => self.builds_flight(Renegotiation::Answered),
            _ => self.builds_flight(Renegotiation::Requested),
        }
    }
}
