//! Drives the machines through one call, as the engine does: asks, does what it is told, answers.

#![allow(clippy::wildcard_enum_match_arm, reason = "a test names the outcomes that it is about")]

#[cfg(feature = "tls12")]
mod renegotiation;

use std::vec::Vec;

use super::environment::Environment;
use super::world::{Account, Buffer, Cause, Inbound, Message, Out, Own, Protocol, World};
use crate::modes::read::{ReadEvent, ReadKind, ReadOutcome};
use crate::modes::release::{BufferEvent, BufferOutcome, BufferState, Contents};
use crate::modes::shutdown::{Peer, ShutdownEvent, ShutdownOutcome};
#[cfg(feature = "tls12")]
use crate::modes::write::RenegotiationRefused;
use crate::modes::write::{Address, Close, Content, KeyUpdateRefused, Memory, WriteEvent, WriteOutcome};
use crate::modes::{Completion, Control, Handshake, Modes, ReadAhead, Span, Terms, UnexpectedEnd};

/// What can happen between two calls, and the calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    Write {
        len: u8,
        content: Content,
        from: Buffer,
        split: u8,
    },
    Read {
        len: u8,
        kind: ReadKind,
    },
    Shutdown,
    Close,
    Abandon,
    /// `SSL_key_update`.
    UpdateKeys,
    /// `SSL_new_session_ticket`, or what else is owed.
    Owe,
    /// The sending key was used so much that a KeyUpdate is due.
    Due,
    /// The transport takes the first record that waits, or (`Drain`) all of them.
    Take,
    Drain,
    /// Client or server is chosen; or a handshake begins in mid-connection.
    Handshake,
    /// `SSL_renegotiate`.
    #[cfg(feature = "tls12")]
    Renegotiate,
    DetachIncoming,
    DetachOutgoing,
    /// The application gives both buffers back.
    Attach,
    Fail,
}

impl Call {
    pub(super) const fn is_about_buffers(self) -> bool {
        matches!(self, Self::Attach | Self::DetachIncoming | Self::DetachOutgoing)
    }
}

/// What a call returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Wrote(WriteOutcome),
    Read(ReadOutcome),
    Shut(ShutdownOutcome),
    KeyUpdate(Option<KeyUpdateRefused>),
    #[cfg(feature = "tls12")]
    Renegotiation(Option<RenegotiationRefused>),
    Nothing,
}

impl Answer {
    /// Whether it says that there is no renegotiation, since the connection failed.
    pub(super) fn is_failed_renegotiation(self) -> bool {
        #[cfg(feature = "tls12")]
        return self == Self::Renegotiation(Some(RenegotiationRefused::Failed));
        #[cfg(not(feature = "tls12"))]
        return false;
    }
}

/// What happened within a call, and the world at that moment, before the account of it is changed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    pub(super) what: What,
    pub(super) world: World,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Write(WriteOutcome),
    Read(ReadOutcome),
    Shutdown(ShutdownOutcome),
    /// A record with data was built, of at most so many units.
    Sealed(Span, usize),
    ControlBuilt,
    CloseNotifyBuilt,
    /// Messages of a renegotiation.
    #[cfg(feature = "tls12")]
    HandshakeBuilt,
    /// A renegotiation that was noted begins, with this read ahead.
    #[cfg(feature = "tls12")]
    Begins(ReadAhead),
    Processed,
    /// There is no record, or no buffer for one.
    NothingCame,
}

impl Moment {
    pub(super) const fn is_seal(&self) -> bool {
        matches!(self.what, What::Write(WriteOutcome::Seal(_)))
    }
}

/// Whether there are buffers for who needs one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pool {
    Gives,
    Empty,
}

/// What a call is made under.
#[derive(Clone, Copy, Debug)]
pub(super) struct Under {
    pub(super) completion: Completion,
    pub(super) protocol: Protocol,
    pub(super) modes: Modes,
    pub(super) pool: Pool,
}

/// One call.
pub(super) struct Run<'a> {
    pub(super) world: World,
    under: Under,
    /// Length of the write, and units in a record of it.
    len: u8,
    split: usize,
    read_ahead: ReadAhead,
    unexpected_end: UnexpectedEnd,
    /// How many records may still come in within this call.
    may_come: u8,
    environment: &'a mut Environment,
    moments: &'a mut Vec<Moment>,
}

/// What the next record is, least first. `Part` is a part of one.
#[derive(Clone, Copy)]
enum Item {
    Nothing,
    Part,
    FatalAlert,
    End(UnexpectedEnd),
    CloseNotify,
    Ignored,
    Message(Message),
    Data(u8),
}

#[cfg(feature = "tls12")]
const ITEMS_12: [Item; 10] = [
    Item::Nothing,
    Item::Part,
    Item::FatalAlert,
    Item::End(UnexpectedEnd::Fatal),
    Item::End(UnexpectedEnd::Ignore),
    Item::CloseNotify,
    Item::Ignored,
    Item::Data(0),
    Item::Message(Message::Renegotiates),
    Item::Data(2),
];

const ITEMS: [Item; 13] = [
    Item::Nothing,
    Item::Part,
    Item::FatalAlert,
    Item::End(UnexpectedEnd::Fatal),
    Item::End(UnexpectedEnd::Ignore),
    Item::CloseNotify,
    Item::Ignored,
    Item::Data(0),
    Item::Message(Message::KeyUpdate),
    Item::Message(Message::KeyUpdateRequested),
    Item::Message(Message::Other),
    Item::Data(1),
    Item::Data(2),
];

/// Makes a call; `moments` says what happened in it.
pub(super) fn make(
    call: Call,
    world: World,
    under: Under,
    environment: &mut Environment,
    moments: &mut Vec<Moment>,
) -> (World, Answer) {
    moments.clear();
    let mut run = Run {
        world,
        under,
        len: 0,
        split: 1,
        read_ahead: ReadAhead::Empty,
        unexpected_end: UnexpectedEnd::Fatal,
        may_come: 2,
        environment,
        moments,
    };
    let answer = run.make(call);
    run.rest();
    (run.world, answer)
}

impl Run<'_> {
    fn make(&mut self, call: Call) -> Answer {
        match call {
            Call::Write { len, content, from, split } => {
                (self.len, self.split) = (len, split.into());
                return Answer::Wrote(self.write(len, content, from));
            }
            Call::Read { len, kind } => return Answer::Read(self.read(len, kind)),
            Call::Shutdown => return Answer::Shut(self.shut_down()),
            Call::UpdateKeys => return Answer::KeyUpdate(self.update_keys()),
            #[cfg(feature = "tls12")]
            Call::Renegotiate => return Answer::Renegotiation(self.renegotiate()),
            Call::Abandon => return Answer::Wrote(self.abandon()),
            Call::Close => self.close(),
            Call::Owe if self.world.control == Own::None => self.world.control = Own::Owed,
            Call::Due if self.world.control == Own::None => self.world.control = Own::Queued,
            Call::Owe | Call::Due => {}
            Call::Take => self.first_leaves(),
            Call::Drain => self.all_leave(),
            Call::Handshake => self.world.handshake = Handshake::InProgress,
            Call::DetachIncoming => {
                let event = BufferEvent::Detach(self.world.in_contents());
                self.world.incoming = self.world.incoming.step(event, self.under.modes).0;
            }
            Call::DetachOutgoing => {
                let event = BufferEvent::Detach(self.world.out_contents());
                self.world.outgoing = self.world.outgoing.step(event, self.under.modes).0;
            }
            Call::Attach => {
                self.world.incoming = self.world.incoming.step(BufferEvent::Given, self.under.modes).0;
                self.world.outgoing = self.world.outgoing.step(BufferEvent::Given, self.under.modes).0;
            }
            Call::Fail => self.fail(Cause::Alert),
        }
        self.settle();
        Answer::Nothing
    }

    fn terms(&self) -> Terms {
        Terms {
            modes: self.under.modes,
            completion: self.under.completion,
            split: self.split,
            handshake: self.world.handshake,
            control: match self.world.control {
                Own::None => Control::None,
                Own::Owed => Control::Owed,
                Own::Queued | Own::Built => Control::Queued,
            },
            writing: self.world.write.writing(),
            read_ahead: self.read_ahead,
            unexpected_end: self.unexpected_end,
        }
    }

    fn peer(&self) -> Peer {
        if self.world.read.is_closed() { Peer::Closed } else { Peer::Open }
    }

    fn is_13(&self) -> bool {
        self.under.protocol == Protocol::Tls13
    }

    #[cfg(not(feature = "tls12"))]
    fn begins(&mut self) {}

    fn drained(&self) -> bool {
        self.under.completion == Completion::Drained
    }

    fn note(&mut self, what: What) {
        assert!(self.moments.len() < 40, "a call that does not end: {:?}", self.moments);
        self.moments.push(Moment { what, world: self.world });
    }

    fn write(&mut self, len: u8, content: Content, from: Buffer) -> WriteOutcome {
        self.begins();
        let mut event = self.compare_retry(len, content, from);
        loop {
            let outcome = self.step_write(event);
            self.accepts_retry(event, outcome);
            event = match outcome {
                #[cfg(feature = "tls12")]
                WriteOutcome::Handshake if self.world.renegotiation.is_begun() => self.write_drives(),
                WriteOutcome::Handshake => self.drive_handshake(WriteEvent::Ready, WriteEvent::NotReady),
                WriteOutcome::SendControl => self.send_control(WriteEvent::Ready, WriteEvent::NotReady),
                WriteOutcome::Offer if self.transport_takes() => WriteEvent::TakenAll,
                WriteOutcome::Offer => WriteEvent::TakenPart,
                WriteOutcome::Seal(span) => self.seal(span),
                WriteOutcome::Blocked { memory, .. } => {
                    if let Memory::Store(span) = memory {
                        self.world.account.remembered = Some((small(span.start), from));
                    }
                    return outcome;
                }
                WriteOutcome::Return(_) if len > 0 => {
                    self.reported();
                    return outcome;
                }
                ended => return ended,
            }
        }
    }

    fn accepts_retry(&mut self, event: WriteEvent, outcome: WriteOutcome) {
        use WriteOutcome as O;
        let goes_on = matches!(outcome, O::Offer | O::Seal(_) | O::Handshake);
        if goes_on && self.world.account.sealed > 0 && matches!(event, WriteEvent::Call { .. }) {
            self.world.account.offered = self.len;
        }
    }

    /// Content and address are facts about the retry span alone.
    fn compare_retry(&self, len: u8, content: Content, from: Buffer) -> WriteEvent {
        let len = len.into();
        let fact = |content, address| WriteEvent::Call { len, content, address };
        match (self.world.write.retry_span(), self.world.account.remembered) {
            (None, _) => fact(Content::Same, Address::Same),
            (Some(span), _) if span.end > len => fact(Content::Different, Address::Same),
            (Some(_), Some((_, home))) if home == from => fact(content, Address::Same),
            (Some(_), _) => fact(content, Address::Moved),
        }
    }

    fn step_write(&mut self, event: WriteEvent) -> WriteOutcome {
        self.step_write_under(event, &self.terms())
    }

    fn step_write_under(&mut self, event: WriteEvent, terms: &Terms) -> WriteOutcome {
        let (state, outcome) = self.world.write.step(event, terms);
        self.world.write = state;
        self.note(What::Write(outcome));
        outcome
    }

    fn reported(&mut self) {
        let Account { close_notify, clean, .. } = self.world.account;
        self.world.account = Account { close_notify, clean, ..Account::default() };
        self.settle();
    }

    fn abandon(&mut self) -> WriteOutcome {
        let outcome = self.step_write(WriteEvent::Abandon);
        self.reported();
        outcome
    }

    fn seal(&mut self, span: Span) -> WriteEvent {
        if self.world.out.warning && (!self.transport_takes() || self.world.failed.is_some()) {
            return WriteEvent::NoRoom;
        }
        if !self.has_outgoing() || !self.has_room() {
            return WriteEvent::NoRoom;
        }
        self.note(What::Sealed(span, self.split));
        let units = small(span.len());
        self.world.account.sealed += units;
        self.world.account.offered = self.len;
        self.world.out.data = if self.drained() { units } else { 1 };
        WriteEvent::Sealed
    }

    /// Drained, a record is built where nothing waits; sealed, where there is room.
    fn has_room(&mut self) -> bool {
        match (self.world.out_contents(), self.under.completion) {
            (Contents::Nothing, _) => true,
            (Contents::Bytes, Completion::Drained) => false,
            (Contents::Bytes, Completion::Sealed) => self.environment.choose(2) == 1,
        }
    }

    fn has_outgoing(&mut self) -> bool {
        let (state, there) = needed(self.world.outgoing, self.under);
        self.world.outgoing = state;
        there
    }

    fn send_control<E>(&mut self, ready: E, not_ready: E) -> E {
        self.build_control();
        let gone = match self.under.completion {
            Completion::Drained => self.transport_takes(),
            Completion::Sealed => true,
        };
        if gone && self.world.control == Own::None { ready } else { not_ready }
    }

    fn build_control(&mut self) {
        let unbuilt = matches!(self.world.control, Own::Owed | Own::Queued);
        if unbuilt && self.has_room_for_control() {
            self.put_control();
        }
    }

    fn has_room_for_control(&mut self) -> bool {
        self.has_outgoing() && (self.drained() || self.has_room())
    }

    fn put_control(&mut self) {
        self.note(What::ControlBuilt);
        match self.under.completion {
            Completion::Drained => (self.world.control, self.world.out.control) = (Own::Built, true),
            Completion::Sealed => (self.world.control, self.world.out.data) = (Own::None, 1),
        }
    }

    /// Whether nothing waits any more.
    fn transport_takes(&mut self) -> bool {
        if self.world.out_contents() == Contents::Nothing {
            return true;
        }
        match self.environment.choose(4) {
            0 => {}
            1 => self.fail(Cause::Transport),
            2 => self.first_leaves(),
            _ => self.all_leave(),
        }
        self.world.out_contents() == Contents::Nothing
    }

    fn first_leaves(&mut self) {
        let out = &mut self.world.out;
        match out {
            _ if self.under.completion == Completion::Sealed => {}
            Out { data: 1.., .. } => out.data = 0,
            Out { warning: true, .. } => out.warning = false,
            Out { control: true, .. } => out.control = false,
            Out { .. } => out.close_notify = false,
        }
        self.built_left();
    }

    fn all_leave(&mut self) {
        self.world.out = Out::default();
        self.built_left();
    }

    fn built_left(&mut self) {
        if self.world.control == Own::Built && self.world.out == Out::default() {
            self.world.control = Own::None;
        }
    }

    fn drive_handshake<E>(&mut self, ready: E, not_ready: E) -> E {
        match self.environment.choose(4) {
            0 => return not_ready,
            1 => {
                self.fail(Cause::Alert);
                return not_ready;
            }
            2 if self.is_13() && self.world.control == Own::None => self.world.control = Own::Owed,
            _ => {}
        }
        self.world.handshake = Handshake::Done;
        ready
    }

    fn read(&mut self, len: u8, kind: ReadKind) -> ReadOutcome {
        self.begins();
        let mut event = ReadEvent::Call { len: len.into(), kind };
        loop {
            let outcome = self.step_read(event);
            event = match outcome {
                #[cfg(feature = "tls12")]
                ReadOutcome::Handshake if self.world.renegotiation.is_begun() => self.read_drives(),
                ReadOutcome::Handshake => self.drive_handshake(ReadEvent::Ready, ReadEvent::NotReady),
                ReadOutcome::SendControl => self.send_control(ReadEvent::Ready, ReadEvent::NotReady),
                ReadOutcome::Fetch => self.fetch(),
                ReadOutcome::Process => self.process(),
                ReadOutcome::Deliver(count) if kind == ReadKind::Read => {
                    self.world.inbound.unread -= small(count);
                    return outcome;
                }
                ReadOutcome::Truncated => {
                    self.fail(Cause::Truncated);
                    return outcome;
                }
                ended => return ended,
            }
        }
    }

    fn step_read(&mut self, event: ReadEvent) -> ReadOutcome {
        let (state, outcome) = self.world.read.step(event, &self.terms());
        self.world.read = state;
        self.note(What::Read(outcome));
        outcome
    }

    /// The current record or the message that is held; else the next that comes.
    fn fetch(&mut self) -> ReadEvent {
        match self.world.inbound {
            Inbound { unread: len @ 1.., .. } => return ReadEvent::Data { len: len.into() },
            Inbound { met: Some(_), .. } => return ReadEvent::Message,
            Inbound { .. } => {}
        }
        let (state, there) = needed(self.world.incoming, self.under);
        self.world.incoming = state;
        let items = self.items();
        if !there {
            return self.nothing_came(false);
        }
        let among = if self.may_come > 0 { small(items.len()) } else { 1 };
        let item = self.environment.choose(among);
        self.arrives(items[usize::from(item)])
    }

    fn items(&self) -> &'static [Item] {
        match self.under.protocol {
            Protocol::Tls13 => &ITEMS,
            #[cfg(feature = "tls12")]
            Protocol::Tls12Client | Protocol::Tls12Server => &ITEMS_12,
        }
    }

    fn nothing_came(&mut self, part: bool) -> ReadEvent {
        self.world.inbound.part |= part;
        self.note(What::NothingCame);
        ReadEvent::NothingThere
    }

    fn arrives(&mut self, item: Item) -> ReadEvent {
        self.may_come = self.may_come.saturating_sub(1);
        match item {
            Item::Nothing => return self.nothing_came(self.read_ahead == ReadAhead::Holds),
            Item::Part => return self.nothing_came(true),
            _ => self.world.inbound.part = false,
        }
        match item {
            Item::Nothing | Item::Part => ReadEvent::NothingThere,
            Item::FatalAlert => {
                self.fail(Cause::Alert);
                ReadEvent::Fail
            }
            Item::End(meaning) => {
                self.unexpected_end = meaning;
                self.world.account.clean = meaning == UnexpectedEnd::Ignore;
                ReadEvent::EndOfTransport
            }
            Item::CloseNotify => {
                self.world.account.clean = true;
                ReadEvent::CloseNotify
            }
            Item::Ignored => ReadEvent::Ignored,
            Item::Message(message) => {
                self.world.inbound.met = Some(message);
                ReadEvent::Message
            }
            Item::Data(len) => {
                self.world.inbound.unread = len;
                ReadEvent::Data { len: len.into() }
            }
        }
    }

    fn process(&mut self) -> ReadEvent {
        let Some(message) = self.world.inbound.met else { return ReadEvent::Processed };
        self.note(What::Processed);
        self.world.inbound.met = None;
        if message == Message::KeyUpdateRequested && self.world.control == Own::None {
            self.world.control = Own::Owed;
        }
        self.idle_control();
        let matters = !self.under.modes.contains(Modes::AUTO_RETRY) || message == Message::Renegotiates;
        if matters && self.environment.choose(2) == 1 {
            self.read_ahead = ReadAhead::Holds;
        }
        #[cfg(feature = "tls12")]
        if message == Message::Renegotiates {
            self.met_renegotiation();
        }
        ReadEvent::Processed
    }

    fn shut_down(&mut self) -> ShutdownOutcome {
        let own = self.world.close_notify(self.under.completion);
        let mut event = ShutdownEvent::Call { own, peer: self.peer() };
        loop {
            let (state, outcome) = self.world.shutdown.step(event, &self.terms());
            self.world.shutdown = state;
            self.note(What::Shutdown(outcome));
            event = match outcome {
                ShutdownOutcome::Close => {
                    self.step_write(WriteEvent::Close);
                    ShutdownEvent::Asked
                }
                ShutdownOutcome::SendControl => {
                    self.send_control(ShutdownEvent::Ready, ShutdownEvent::NotReady)
                }
                ShutdownOutcome::SendCloseNotify => {
                    self.settle();
                    self.transport_takes();
                    ShutdownEvent::CloseNotify(self.world.close_notify(self.under.completion))
                }
                ShutdownOutcome::Fetch => self.fetch_for_shutdown(),
                ShutdownOutcome::Process => {
                    self.process();
                    ShutdownEvent::Processed
                }
                ended => return ended,
            }
        }
    }

    fn fetch_for_shutdown(&mut self) -> ShutdownEvent {
        match self.fetch() {
            ReadEvent::Data { len: 1.. } => ShutdownEvent::Data,
            ReadEvent::Data { len: 0 } => ShutdownEvent::Ignored,
            ReadEvent::Message => ShutdownEvent::Message,
            ReadEvent::Ignored => ShutdownEvent::Ignored,
            end @ (ReadEvent::CloseNotify | ReadEvent::EndOfTransport) => match self.step_read(end) {
                ReadOutcome::Closed => ShutdownEvent::PeerClosed,
                _ => {
                    self.fail(Cause::Truncated);
                    ShutdownEvent::Fail
                }
            },
            ReadEvent::Fail => ShutdownEvent::Fail,
            _ => ShutdownEvent::NothingThere,
        }
    }

    fn close(&mut self) {
        self.step_write(WriteEvent::Close);
    }

    /// In sealed completion one that is accepted is built at once; without room for it an earlier one has not left.
    fn update_keys(&mut self) -> Option<KeyUpdateRefused> {
        let (before, terms) = (self.world.control, self.terms());
        let refused = self.world.write.key_update_refused(&terms);
        if refused.is_some() {
            return refused;
        }
        self.world.control = Own::Queued;
        match self.has_room_for_control() {
            true => self.put_control(),
            false if self.drained() => {}
            false => {
                self.world.control = before;
                return self.world.write.key_update_refused(&Terms { control: Control::Queued, ..terms });
            }
        }
        None
    }

    /// In sealed completion a control record needs no call of its own.
    fn idle_control(&mut self) {
        if !self.drained() && self.world.write.control_may_leave() {
            self.build_control();
        }
    }

    /// What waited for the end of a write: the control record that was asked for (V11), then close_notify.
    fn settle(&mut self) {
        self.idle_control();
        let asked = self.world.write.close() == Close::Asked && self.world.control == Own::Queued;
        if asked && self.world.write.control_may_leave() {
            self.build_control();
        }
        let control = self.unbuilt_control();
        let through = !self.world.renegotiation.is_begun();
        if self.world.write.close_notify_due(control) && through && self.has_outgoing() {
            self.note(What::CloseNotifyBuilt);
            self.step_write_under(WriteEvent::CloseNotifySealed, &Terms { control, ..self.terms() });
            self.world.account.close_notify = true;
            self.world.control = Own::None;
            match self.under.completion {
                Completion::Drained => self.world.out.close_notify = true,
                Completion::Sealed => self.world.out.data = 1,
            }
        }
    }

    /// A control record that is built stands before close_notify already.
    fn unbuilt_control(&self) -> Control {
        match self.world.control {
            Own::None | Own::Built => Control::None,
            Own::Owed => Control::Owed,
            Own::Queued => Control::Queued,
        }
    }

    /// Every machine is told; what is left of the world does not matter any more.
    fn fail(&mut self, cause: Cause) {
        let terms = self.terms();
        let world = &self.world;
        self.world = World {
            write: world.write.step(WriteEvent::Fail, &terms).0,
            read: world.read.step(ReadEvent::Fail, &terms).0,
            shutdown: world.shutdown.step(ShutdownEvent::Fail, &terms).0,
            failed: Some(world.failed.unwrap_or(cause)),
            handshake: world.handshake,
            ..World::new()
        };
    }

    /// The call is over.
    fn rest(&mut self) {
        if self.world.read.is_closed() {
            self.world.inbound = Inbound::default();
        }
        let contents = (self.world.in_contents(), self.world.out_contents());
        self.world.incoming = self.at_rest(self.world.incoming, contents.0);
        self.world.outgoing = self.at_rest(self.world.outgoing, contents.1);
    }

    fn at_rest(&self, state: BufferState, contents: Contents) -> BufferState {
        state.step(BufferEvent::Rests(contents), self.under.modes).0
    }
}

/// Whether the buffer is there now.
fn needed(state: BufferState, under: Under) -> (BufferState, bool) {
    match (state.step(BufferEvent::Needed, under.modes), under.pool) {
        ((state, BufferOutcome::Acquire), Pool::Empty) => (state, false),
        ((state, BufferOutcome::Acquire), Pool::Gives) => {
            let (state, _) = state.step(BufferEvent::Given, under.modes);
            (state, state == BufferState::Attached)
        }
        ((state, _), _) => (state, true),
    }
}

fn small(units: usize) -> u8 {
    u8::try_from(units).expect("few units")
}
