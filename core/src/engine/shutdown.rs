//! Shutting down as SSL_shutdown(3) does: feeding the shutdown machine with facts, and obeying it.

use super::{Engine, Loan, ReadStop, Role, Step};
use crate::crypto::Provider;
use crate::error::{Error, Internal};
use crate::modes::Completion;
use crate::modes::read::{ReadEvent, ReadOutcome};
use crate::modes::shutdown::{CloseNotify, Peer, ShutdownEvent, ShutdownOutcome};
use crate::modes::write::{Close, WriteEvent};

/// How far a shutdown is that returned without an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shut {
    Sent,
    Both,
}

/// Why a shutdown returns without success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ShutdownStop {
    Blocked(Step),
    Progress,
    Unread,
    Handshaking,
    Failed(Error),
}

impl<R: Role> Engine<R> {
    /// Closes our direction, then waits for the peer's close_notify, as the shutdown machine says.
    pub(crate) fn shut_down<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) -> Result<Shut, ShutdownStop> {
        self.outgoing.give_up_reserved();
        let peer = if self.read.is_closed() { Peer::Closed } else { Peer::Open };
        let mut event = ShutdownEvent::Call { own: self.close_notify(lent.common().completion), peer };
        let mut waits_for = Step::Outgoing;
        loop {
            let terms = self.terms(R::common(lent.config));
            let (state, outcome) = self.shutdown.step(event, &terms);
            self.shutdown = state;
            event = match outcome {
                ShutdownOutcome::Close => {
                    self.write.advance(WriteEvent::Close, &terms);
                    ShutdownEvent::Asked
                }
                ShutdownOutcome::SendControl => {
                    let sent = self.send_control(lent);
                    waits_for = sent.map_err(|error| ShutdownStop::Failed(self.fail(error, lent)))?;
                    let is_sent = waits_for == Step::Connected;
                    waits_for = if is_sent { Step::Outgoing } else { waits_for };
                    if is_sent { ShutdownEvent::Ready } else { ShutdownEvent::NotReady }
                }
                ShutdownOutcome::SendCloseNotify => self.answer_shutdown(lent, Self::send_close_notify)?,
                ShutdownOutcome::Fetch => self.answer_shutdown(lent, Self::fetch_for_shutdown)?,
                ShutdownOutcome::Process => self.answer_shutdown(lent, Self::process_for_shutdown)?,
                ShutdownOutcome::Sent => return Ok(Shut::Sent),
                ShutdownOutcome::Both => return Ok(Shut::Both),
                ShutdownOutcome::WantOutgoing => return Err(ShutdownStop::Blocked(waits_for)),
                ShutdownOutcome::WantIncoming => return Err(self.shutdown_wants_incoming(lent)),
                ShutdownOutcome::Progress => return Err(ShutdownStop::Progress),
                ShutdownOutcome::Unread => return Err(ShutdownStop::Unread),
                ShutdownOutcome::InHandshake => return Err(ShutdownStop::Handshaking),
                ShutdownOutcome::NoRole | ShutdownOutcome::Failed | ShutdownOutcome::OutOfTurn => {
                    return Err(ShutdownStop::Failed(self.fail(Internal::State.into(), lent)));
                }
            };
        }
    }

    fn shutdown_wants_incoming<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) -> ShutdownStop {
        match self.out_of_data(ReadOutcome::WantIncoming, lent) {
            ReadStop::Failed(error) => ShutdownStop::Failed(error),
            ReadStop::Blocked(step) => ShutdownStop::Blocked(step),
            ReadStop::Progress | ReadStop::Closed => ShutdownStop::Blocked(Step::Incoming),
        }
    }

    fn close_notify(&self, completion: Completion) -> CloseNotify {
        match self.write.close() {
            Close::Open => CloseNotify::NotAsked,
            Close::Asked => CloseNotify::Held,
            Close::Sent if self.outgoing.is_empty() || completion == Completion::Sealed => CloseNotify::Left,
            Close::Sent => CloseNotify::Waits,
        }
    }

    /// Does what the machine asked for; the connection fails if that does.
    fn answer_shutdown<P: Provider>(
        &mut self,
        lent: &mut Loan<'_, R, P>,
        work: impl FnOnce(&mut Self, &mut Loan<'_, R, P>) -> Result<ShutdownEvent, Error>,
    ) -> Result<ShutdownEvent, ShutdownStop> {
        work(self, lent).map_err(|error| ShutdownStop::Failed(self.fail(error, lent)))
    }

    fn send_close_notify<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) -> Result<ShutdownEvent, Error> {
        self.settle_own_side(lent)?;
        self.offer(lent);
        Ok(ShutdownEvent::CloseNotify(self.close_notify(lent.common().completion)))
    }

    fn fetch_for_shutdown<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) -> Result<ShutdownEvent, Error> {
        Ok(match self.fetch(lent)? {
            ReadEvent::Data { len: 1.. } => ShutdownEvent::Data,
            ReadEvent::Message => ShutdownEvent::Message,
            ReadEvent::Ignored | ReadEvent::Data { len: 0 } => ShutdownEvent::Ignored,
            end @ (ReadEvent::CloseNotify | ReadEvent::EndOfTransport) => {
                let terms = self.terms(R::common(lent.config));
                let outcome = self.read.advance(end, &terms);
                match self.out_of_data(outcome, lent) {
                    ReadStop::Failed(error) => return Err(error),
                    ReadStop::Closed | ReadStop::Blocked(_) | ReadStop::Progress => ShutdownEvent::PeerClosed,
                }
            }
            ReadEvent::NothingThere
            | ReadEvent::Call { .. }
            | ReadEvent::Ready
            | ReadEvent::NotReady
            | ReadEvent::Processed
            | ReadEvent::Fail => ShutdownEvent::NothingThere,
        })
    }

    fn process_for_shutdown<P: Provider>(
        &mut self,
        lent: &mut Loan<'_, R, P>,
    ) -> Result<ShutdownEvent, Error> {
        self.process(None, lent)?;
        Ok(ShutdownEvent::Processed)
    }
}
