//! Tickets that a server's application gives after the handshake (RFC 8446, section 4.6.1).
//!
//! They wait as a KeyUpdate of ours does, and leave behind it. Each needs a handshake space, an answer of the application and
//! room; while it is asked and says that it answers later, nothing waits for them.

use super::ticket::makes_sessions;
use crate::config::Common;
use crate::crypto::Provider;
use crate::engine::{Answer, Ask, Engine, Loan, Peer, Role, Sent, Step};
use crate::error::Error;
use crate::modes::write::TicketRefused;
use crate::modes::{Completion, Control};
use crate::wire::enums::HandshakeType;

/// Tickets that were asked for, and how far the first of them is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct MoreTickets {
    due: u8,
    urgency: Urgency,
    stage: Stage,
}

/// When they leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Urgency {
    /// Before the next new write: they were asked for while one was pending, or a KeyUpdate has just left.
    #[default]
    Owed,
    /// With the next call of any kind.
    Queued,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Idle,
    Ask,
    /// From this byte of the message on.
    Send(u16),
    /// It is in the outgoing bytes.
    Sent,
}

/// Why another ticket is not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TicketStop {
    /// There is none in this version.
    #[cfg(feature = "tls12")]
    Version,
    /// Sessions do not go on, or the client knows no way to go on with one.
    Off,
    Refused(TicketRefused),
    Failed(Error),
}

impl MoreTickets {
    /// Whether the handshake space is in use, or will be.
    pub(crate) fn are_due(self) -> bool {
        self.due > 0
    }

    /// Whether some of a ticket has left and some has not: nothing may come between.
    pub(crate) const fn is_in_pieces(self) -> bool {
        matches!(self.stage, Stage::Send(1..))
    }

    /// Nothing of them waits: the last has left.
    fn settle(&mut self) {
        if (self.stage, self.due) == (Stage::Sent, 0) {
            *self = Self::default();
        }
    }

    /// A KeyUpdate has left: in drained completion, as in OpenSSL, they leave before the next new write.
    pub(crate) const fn wait(&mut self) {
        self.urgency = Urgency::Owed;
    }

    /// Gives up those of which nothing has left.
    pub(crate) fn give_up(&mut self) {
        if !self.is_in_pieces() {
            *self = Self::default();
        }
    }
}

impl<R: Role> Engine<R> {
    /// The application of a server wants to give another ticket.
    pub(crate) fn give_ticket<P: Provider>(&mut self, lent: &Loan<'_, R, P>) -> Result<(), TicketStop> {
        if let Some(error) = self.failed {
            return Err(TicketStop::Failed(error));
        }
        #[cfg(feature = "tls12")]
        if self.negotiated.is_tls12() {
            return Err(TicketStop::Version);
        }
        let common = lent.common();
        let terms = self.terms(common);
        match self.write.ticket_refused(&terms) {
            Some(TicketRefused::Queued) if self.more_tickets.are_due() => {}
            Some(refused) => return Err(TicketStop::Refused(refused)),
            None => {}
        }
        let origin =
            self.past.origin().filter(|origin| !origin.resumption.is_empty()).ok_or(TicketStop::Off)?;
        if R::OWN == Peer::Client || !makes_sessions(common) {
            return Err(TicketStop::Off);
        }
        let tickets = &mut self.more_tickets;
        // Each has a number of its own.
        let numbers = u16::MAX.saturating_sub(origin.tickets);
        let due = tickets.due.checked_add(1).filter(|due| u16::from(*due) <= numbers);
        tickets.due = due.ok_or(TicketStop::Off)?;
        if self.write.control_may_leave() {
            tickets.urgency = Urgency::Queued;
        }
        Ok(())
    }

    /// What the mode machines must know of tickets: nothing where the application answers later.
    pub(crate) fn ticket_control(&self, common: &Common) -> Control {
        let tickets = &self.more_tickets;
        let waits = match tickets.stage {
            Stage::Send(_) => return Control::Queued,
            Stage::Ask => self.answer != Answer::Deferred,
            Stage::Sent if common.completion == Completion::Drained && !self.outgoing.is_empty() => {
                return Control::Queued;
            }
            Stage::Idle | Stage::Sent => tickets.due > 0,
        };
        match (waits, tickets.urgency) {
            (false, _) => Control::None,
            (true, Urgency::Owed) => Control::Owed,
            (true, Urgency::Queued) => Control::Queued,
        }
    }

    /// Whether a KeyUpdate leaves first, which in drained completion is all that leaves then.
    pub(crate) fn updates_before_tickets(&self, common: &Common) -> bool {
        self.more_tickets.are_due()
            && common.completion == Completion::Drained
            && self.key_update_control(common) != Control::None
    }

    /// As [`Engine::ticket_control`], and forgets a ticket that has left.
    pub(crate) fn settled_ticket_control(&mut self, common: &Common) -> Control {
        let control = self.ticket_control(common);
        if control == Control::None {
            self.more_tickets.settle();
        }
        control
    }

    /// As [`Engine::ticket_control`], of what is still to be built.
    pub(crate) fn unbuilt_ticket(&self, common: &Common) -> Control {
        match (self.more_tickets.stage, self.more_tickets.due) {
            (Stage::Sent, 0) => Control::None,
            _ => self.ticket_control(common),
        }
    }

    /// Goes on with what may leave now without a call of its own; a step that the application must take for it.
    pub(crate) fn drive_tickets<P: Provider>(
        &mut self,
        lent: &mut Loan<'_, R, P>,
    ) -> Result<Option<Step>, Error> {
        let completion = lent.common().completion;
        let leaves = match self.ticket_control(lent.common()) {
            Control::Queued => true,
            Control::Owed => completion == Completion::Sealed,
            Control::None => false,
        };
        if !leaves || !self.write.control_may_leave() {
            return Ok(None);
        }
        let step = self.send_control(lent)?;
        // No read waits for room that the peer has to make.
        let waits = step != Step::Connected && (step, completion) != (Step::Outgoing, Completion::Sealed);
        Ok(waits.then_some(step))
    }

    /// Sends the tickets that are due, as far as that goes; what it stops for.
    pub(crate) fn send_tickets<P: Provider>(
        &mut self,
        lent: &mut Loan<'_, R, P>,
    ) -> Result<Option<Step>, Error> {
        loop {
            let stop = match self.more_tickets.stage {
                Stage::Idle if !self.more_tickets.are_due() => return Ok(None),
                // Once begun, it leaves with whatever call comes.
                Stage::Idle if lent.space.is_none() => {
                    self.more_tickets.urgency = Urgency::Queued;
                    Some(Step::HandshakeSpace)
                }
                Stage::Idle => self.prepare_more(lent)?,
                Stage::Ask => self.ask_for_ticket(lent)?,
                Stage::Send(cursor) => self.send_ticket_from(cursor, lent)?,
                Stage::Sent => self.settle_ticket(lent),
            };
            if stop.is_some() {
                return Ok(stop);
            }
        }
    }

    fn prepare_more<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) -> Result<Option<Step>, Error> {
        let (_, mut context) = self.split(HandshakeType::MESSAGE_HASH, lent)?;
        context.space.psk.new_ticket.left = 1;
        context.space.psk.peer_certificate = *context.peer_certificate;
        context.prepare_ticket()?;
        (self.more_tickets.urgency, self.more_tickets.stage) = (Urgency::Queued, Stage::Ask);
        Ok(None)
    }

    /// Without a ticket the client gets no more.
    fn ask_for_ticket<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) -> Result<Option<Step>, Error> {
        match self.answer {
            Answer::Waiting => return Ok(Some(Step::Ask(Ask::KeepSession))),
            Answer::Deferred => return Ok(Some(Step::Answer)),
            Answer::Refused(error) => return Err(error),
            Answer::Accepted => self.answer = Answer::Waiting,
        }
        let given = lent.space.as_deref().is_some_and(|space| !space.psk.identities.is_empty());
        if given {
            self.more_tickets.stage = Stage::Send(0);
        } else {
            self.more_tickets = MoreTickets::default();
        }
        Ok(None)
    }

    fn send_ticket_from<P: Provider>(
        &mut self,
        cursor: u16,
        lent: &mut Loan<'_, R, P>,
    ) -> Result<Option<Step>, Error> {
        if lent.outgoing.bytes.is_empty() {
            return Ok(Some(Step::OutgoingBuffer));
        }
        let drained = lent.common().completion == Completion::Drained;
        if drained && !self.outgoing.is_empty() {
            self.offer(lent);
        }
        if self.outgoing.reserved() > 0 || drained && !self.outgoing.is_empty() {
            return Ok(Some(Step::Outgoing));
        }
        let mut cursor = usize::from(cursor);
        let (_, mut context) = self.split(HandshakeType::MESSAGE_HASH, lent)?;
        let sent = context.send_ticket(&mut cursor)?;
        self.offer(lent);
        let tickets = &mut self.more_tickets;
        match sent {
            Sent::Part => {
                tickets.stage = Stage::Send(u16::try_from(cursor).unwrap_or(u16::MAX));
                Ok(Some(Step::Outgoing))
            }
            Sent::All => {
                (tickets.due, tickets.stage) = (tickets.due.saturating_sub(1), Stage::Sent);
                Ok(None)
            }
        }
    }

    /// It is over: in drained completion once it has left. With the last one the handshake space may go.
    fn settle_ticket<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) -> Option<Step> {
        self.offer(lent);
        if lent.common().completion == Completion::Drained && !self.outgoing.is_empty() {
            return Some(Step::Outgoing);
        }
        self.more_tickets.stage = Stage::Idle;
        if !self.more_tickets.are_due() {
            self.more_tickets = MoreTickets::default();
            if let Some(space) = lent.space.as_deref_mut() {
                space.psk.wipe();
            }
        }
        None
    }
}
