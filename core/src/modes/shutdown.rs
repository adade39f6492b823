//! The shutdown machine: SSL_shutdown(3) as one table.
//!
//! Who only wants to close the own direction needs no more than [`WriteEvent::Close`](super::write::WriteEvent::Close);
//! this machine gives the results 0, 1 and -1 of the manual page and waits for the peer's close_notify. It is for an
//! adapter with the manual page's interface: the engine itself only closes.

use super::{Control, Handshake, Modes, ReadAhead, Terms, Writing};

/// The question that a shutdown call has asked and that the next event answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ShutdownState(Step);

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
    /// Answers `Fetch`: a record that asks for nothing.
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
    /// Returns 0: close_notify left, the peer's is not there yet.
    Sent,
    /// Returns 1: both have closed.
    Both,
    /// Returns -1: something waits to leave, whatever was read in between (V12).
    WantOutgoing,
    /// Returns -1: the peer's close_notify is not there yet.
    WantIncoming,
    /// Returns -1: a record was dealt with that was no close_notify, and `AUTO_RETRY` is off (V18).
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
        match (self.0, event) {
            (Step::Failed, _) | (_, E::Fail) => (Self(Step::Failed), ShutdownOutcome::Failed),
            (Step::Rest, E::Call { own, peer }) => self.on_call(own, peer, terms),
            (Step::Close(peer), E::Asked) => Self::send(peer, terms),
            (Step::Control(peer), E::Ready) => Self::send_close_notify(peer),
            (Step::Control(_), E::NotReady) => rest(ShutdownOutcome::WantOutgoing),
            (Step::CloseNotify(peer), E::CloseNotify(own)) => rest(closing(own, peer)),
            (Step::Fetch, E::NothingThere) => rest(ShutdownOutcome::WantIncoming),
            (Step::Fetch, E::Data) => rest(ShutdownOutcome::Unread),
            (Step::Fetch, E::Message) => (Self(Step::Process), ShutdownOutcome::Process),
            (Step::Fetch, E::Ignored) | (Step::Process, E::Processed) => rule_a(terms),
            (Step::Fetch, E::PeerClosed) => rest(ShutdownOutcome::Both),
            _ => (self, ShutdownOutcome::OutOfTurn),
        }
    }

    fn on_call(self, own: CloseNotify, peer: Peer, terms: &Terms) -> (Self, ShutdownOutcome) {
        match terms.handshake {
            Handshake::NoRole => return (self, ShutdownOutcome::NoRole),
            Handshake::InProgress => return (self, ShutdownOutcome::InHandshake),
            Handshake::Done => {}
        }
        match (own, peer) {
            (CloseNotify::Left, Peer::Closed) => (self, ShutdownOutcome::Both),
            (CloseNotify::Left, Peer::Open) => (Self(Step::Fetch), ShutdownOutcome::Fetch),
            (CloseNotify::NotAsked, _) => (Self(Step::Close(peer)), ShutdownOutcome::Close),
            (CloseNotify::Held | CloseNotify::Waits, _) => Self::send(peer, terms),
        }
    }

    /// V11: a KeyUpdate that was asked for leaves before close_notify; a reply that is merely owed is dropped.
    fn send(peer: Peer, terms: &Terms) -> (Self, ShutdownOutcome) {
        match (terms.control, terms.writing) {
            (Control::Queued, Writing::Idle) => (Self(Step::Control(peer)), ShutdownOutcome::SendControl),
            (Control::None | Control::Owed | Control::Queued, _) => Self::send_close_notify(peer),
        }
    }

    const fn send_close_notify(peer: Peer) -> (Self, ShutdownOutcome) {
        (Self(Step::CloseNotify(peer)), ShutdownOutcome::SendCloseNotify)
    }
}

fn closing(own: CloseNotify, peer: Peer) -> ShutdownOutcome {
    match (own, peer) {
        (CloseNotify::Left, Peer::Open) => ShutdownOutcome::Sent,
        (CloseNotify::Left, Peer::Closed) => ShutdownOutcome::Both,
        (CloseNotify::NotAsked | CloseNotify::Held | CloseNotify::Waits, _) => ShutdownOutcome::WantOutgoing,
    }
}

/// `AUTO_RETRY`, as in a read.
fn rule_a(terms: &Terms) -> (ShutdownState, ShutdownOutcome) {
    match (terms.modes.contains(Modes::AUTO_RETRY), terms.read_ahead) {
        (false, ReadAhead::Empty) => rest(ShutdownOutcome::Progress),
        (true, _) | (false, ReadAhead::Holds) => (ShutdownState(Step::Fetch), ShutdownOutcome::Fetch),
    }
}

fn rest(outcome: ShutdownOutcome) -> (ShutdownState, ShutdownOutcome) {
    (ShutdownState(Step::Rest), outcome)
}

#[cfg(test)]
mod tests;
