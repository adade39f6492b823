//! A handshake in mid-connection, as the driver of an engine of TLS 1.2 goes on with it.

use super::super::world::{Cause, Inbound, Own, Protocol, Renegotiation};
use super::{Completion, Handshake, Item, Run, What, needed, small};
use crate::modes::read::{ReadEvent, ReadOutcome};
use crate::modes::write::{RenegotiationRefused, WriteEvent};
use crate::modes::{ReadAhead, Terms, UnexpectedEnd, write};

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
        // A HelloRequest that is not built yet asks for both.
        if refused.is_none() && self.world.control != Own::Queued {
            self.world.renegotiation = Renegotiation::Noted;
        }
        refused
    }

    /// One that was noted begins with a call, if it may; a server's with its HelloRequest, which is a control record.
    pub(super) fn begins(&mut self) {
        let read_ahead = if self.world.inbound.part { ReadAhead::Holds } else { self.read_ahead };
        let terms = Terms { read_ahead, ..self.terms() };
        let may_begin = self.world.write.renegotiation_may_begin(&terms, self.peer());
        if self.world.renegotiation != Renegotiation::Noted || !may_begin {
            return;
        }
        self.note(What::Begins(read_ahead));
        if self.under.protocol == Protocol::Tls12Server {
            self.world.renegotiation = Renegotiation::None;
            self.world.control = Own::Queued;
            self.idle_control();
        } else {
            self.world.handshake = Handshake::InProgress;
            self.world.renegotiation = Renegotiation::Begun;
        }
    }

    /// A HelloRequest or a ClientHello, which may be refused unless it meets a wish of ours. Behind our close it is dropped,
    /// whatever was read ahead (R12).
    pub(super) fn met_renegotiation(&mut self) {
        if self.world.write.close() != write::Close::Open {
            self.read_ahead = ReadAhead::Empty;
            return;
        }
        let wished = self.world.renegotiation == Renegotiation::Noted || self.world.control == Own::Queued;
        if !wished && self.environment.choose(2) == 0 {
            return self.warns();
        }
        if self.under.protocol == Protocol::Tls12Client {
            self.world.renegotiation = Renegotiation::Noted;
            return self.begins();
        }
        if self.world.control == Own::Queued {
            self.world.control = Own::None; // what our HelloRequest would ask for
        }
        self.world.handshake = Handshake::InProgress;
        self.world.renegotiation = Renegotiation::Unanswered;
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
            (None, true, R::Begun) => self.builds_flight(R::Unanswered),
            (None, true, R::Unanswered) if server => self.builds_flight(R::Answered),
            (None, true, _) if !gone => Driven::Waits,
            (None, true, R::Last) => self.through(),
            (None, false, R::Begun | R::Last | R::Answered) => Driven::Waits,
            (None, ..) => self.listens(may_leave),
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
            _ => self.builds_flight(Renegotiation::Last),
        }
    }
}
