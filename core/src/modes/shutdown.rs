//! The shutdown machine: SSL_shutdown(3) as one table.
//!
//! Who only wants to close the own direction needs no more than [`WriteEvent::Close`](super::write::WriteEvent::Close);
//! this machine gives the results 0, 1 and -1 of the manual page and waits for the peer's close_notify. It is for an
//! adapter with the manual page's interface: the engine itself only closes.

use super::{AfterMessage, Control, Handshake, Terms, Writing};

/// Where a connection's shutdown stands between and within calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ShutdownState {
    step: Step,
    said: Said,
}

/// Whether a call has said that close_notify left: until then no call waits for the peer's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
enum Said {
    #[default]
    No,
    Yes,
}

/// The question that a call has asked and that the next event answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
enum Step {
    /// None: between calls.
    #[default]
    Rest,
    Close(Peer),
    Control(Peer),
    CloseNotify(Peer),
    Fetch,
    Process,
    /// None ever again.
    Failed,
}

/// Where our close_notify is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CloseNotify {
    /// Nobody asked for it.
    NotAsked,
    /// Asked for, not built: a pending write (V9) or a queued control record (V11) stands before it.
    Held,
    /// In the outgoing buffer.
    Waits,
    /// It has left.
    Left,
}

/// The peer's direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Peer {
    /// No close_notify was read.
    Open,
    /// Its close_notify was read.
    Closed,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ShutdownEvent {
    /// The application shuts down.
    Call {
        /// Where our close_notify is.
        own: CloseNotify,
        /// The peer's direction.
        peer: Peer,
    },
    /// Answers `Close`: the write machine knows.
    Asked,
    /// Answers `SendControl`: it left (or, in sealed completion, is built).
    Ready,
    /// Answers `SendControl`: not yet.
    NotReady,
    /// Answers `SendCloseNotify`: where close_notify is after the outgoing bytes left as far as they could. In sealed
    /// completion one that waits in the outgoing buffer counts as left.
    CloseNotify(CloseNotify),
    /// Answers `Fetch`: no complete record.
    NothingThere,
    /// Answers `Fetch`: unread application data.
    Data,
    /// Answers `Fetch`: a handshake message, not processed yet.
    Message,
    /// Answers `Fetch`: a record that asks for nothing, an empty one of data too. The call goes on, whatever the modes are.
    Ignored,
    /// Answers `Process`: done.
    Processed,
    /// Answers `Fetch`: the peer's close_notify, or an end of the transport that is to be taken for one.
    PeerClosed,
    /// The connection failed, for whatever reason. Allowed at any time.
    Fail,
}

/// What to do, or what the call returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ShutdownOutcome {
    /// Send the queued control records, then say `Ready` or `NotReady` (V11).
    SendControl,
    /// Tell the write machine [`Close`](super::write::WriteEvent::Close), then say `Asked`.
    Close,
    /// Build close_notify if it is [due](super::write::WriteState::close_notify_due), let outgoing bytes leave as far
    /// as they can, then say where close_notify is.
    SendCloseNotify,
    /// Look at the current record or, where none is left of it, at the next.
    Fetch,
    /// Process the message that was met, then say `Processed`.
    Process,
    /// Returns 0: close_notify left, and nobody looked yet whether the peer's is there. Said once.
    Sent,
    /// Returns 1: both have closed.
    Both,
    /// Returns -1: something waits to leave, whatever was read in between (V12).
    WantOutgoing,
    /// Returns -1: the peer's close_notify is not there yet.
    WantIncoming,
    /// Returns -1: a handshake message was dealt with, and `AUTO_RETRY` is off (V18).
    Progress,
    /// Returns -1: data stands before the peer's close_notify and waits to be read (V10).
    Unread,
    /// Returns -1: a handshake is in progress; nothing changed.
    InHandshake,
    /// Returns -1: neither client nor server.
    NoRole,
    /// Returns -1: the stored error (V13).
    Failed,
    /// The event answers no question that was asked; nothing changed.
    OutOfTurn,
}

impl ShutdownState {
    /// Takes one step.
    #[must_use]
    pub fn step(self, event: ShutdownEvent, terms: &Terms) -> (Self, ShutdownOutcome) {
        use ShutdownEvent as E;
        match (self.step, event) {
            (Step::Failed, _) | (_, E::Fail) => self.ask(Step::Failed, ShutdownOutcome::Failed),
            (Step::Rest, E::Call { own, peer }) => self.on_call(own, peer, terms),
            (Step::Close(peer), E::Asked) => self.send(peer, terms),
            (Step::Control(peer), E::Ready) => self.send_close_notify(peer),
            (Step::Control(_), E::NotReady) => self.rest(ShutdownOutcome::WantOutgoing),
            (Step::CloseNotify(peer), E::CloseNotify(own)) => self.on_close_notify(own, peer),
            (Step::Fetch, E::NothingThere) => self.rest(ShutdownOutcome::WantIncoming),
            (Step::Fetch, E::Data) => self.rest(ShutdownOutcome::Unread),
            (Step::Fetch, E::Message) => self.ask(Step::Process, ShutdownOutcome::Process),
            (Step::Fetch, E::Ignored) => self.fetch(),
            (Step::Process, E::Processed) => self.rule_a(terms),
            (Step::Fetch, E::PeerClosed) => self.rest(ShutdownOutcome::Both),
            _ => (self, ShutdownOutcome::OutOfTurn),
        }
    }

    /// The conditions of OpenSSL's SSL_shutdown in the order in which they are tried; none of it is quiet.
    fn on_call(self, own: CloseNotify, peer: Peer, terms: &Terms) -> (Self, ShutdownOutcome) {
        match terms.handshake {
            Handshake::NoRole => return (self, ShutdownOutcome::NoRole),
            Handshake::InProgress => return (self, ShutdownOutcome::InHandshake),
            Handshake::Done => {}
        }
        match (own, peer, self.said) {
            (CloseNotify::NotAsked, _, _) => self.ask(Step::Close(peer), ShutdownOutcome::Close),
            (CloseNotify::Held | CloseNotify::Waits, _, _) => self.send(peer, terms), // V9
            (CloseNotify::Left, Peer::Closed, _) => (self, ShutdownOutcome::Both),
            (CloseNotify::Left, Peer::Open, Said::No) => self.send_close_notify(peer),
            (CloseNotify::Left, Peer::Open, Said::Yes) => self.fetch(),
        }
    }

    /// V11: a KeyUpdate that was asked for leaves before close_notify; a reply that is merely owed is dropped.
    fn send(self, peer: Peer, terms: &Terms) -> (Self, ShutdownOutcome) {
        match (terms.control, terms.writing) {
            (Control::Queued, Writing::Idle) => self.ask(Step::Control(peer), ShutdownOutcome::SendControl),
            (Control::None | Control::Owed | Control::Queued, _) => self.send_close_notify(peer),
        }
    }

    const fn send_close_notify(self, peer: Peer) -> (Self, ShutdownOutcome) {
        self.ask(Step::CloseNotify(peer), ShutdownOutcome::SendCloseNotify)
    }

    /// V12: what was read in between changes nothing.
    fn on_close_notify(self, own: CloseNotify, peer: Peer) -> (Self, ShutdownOutcome) {
        let said = Self { said: Said::Yes, ..self };
        match (own, peer) {
            (CloseNotify::Left, Peer::Open) => said.rest(ShutdownOutcome::Sent),
            (CloseNotify::Left, Peer::Closed) => said.rest(ShutdownOutcome::Both),
            (CloseNotify::NotAsked | CloseNotify::Held | CloseNotify::Waits, _) => {
                self.rest(ShutdownOutcome::WantOutgoing)
            }
        }
    }

    /// Rule A, as in a read.
    fn rule_a(self, terms: &Terms) -> (Self, ShutdownOutcome) {
        match terms.after_message() {
            AfterMessage::Return => self.rest(ShutdownOutcome::Progress),
            AfterMessage::GoOn => self.fetch(),
        }
    }

    const fn fetch(self) -> (Self, ShutdownOutcome) {
        self.ask(Step::Fetch, ShutdownOutcome::Fetch)
    }

    const fn rest(self, outcome: ShutdownOutcome) -> (Self, ShutdownOutcome) {
        self.ask(Step::Rest, outcome)
    }

    const fn ask(self, step: Step, outcome: ShutdownOutcome) -> (Self, ShutdownOutcome) {
        (Self { step, ..self }, outcome)
    }
}

#[cfg(test)]
mod tests;
