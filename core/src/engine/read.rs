//! Reading: feeding the read machine with facts, and obeying it.

use core::ops::Range;

use super::alert::AlertMeaning;
use super::{Engine, LateMessage, Loan, Role, Step, Transport};
use crate::crypto::Provider;
use crate::error::{Error, Internal, PeerMisbehaved};
use crate::modes::read::{ReadEvent, ReadKind, ReadOutcome};
use crate::record::incoming::Inbound;
use crate::trace::trace;
use crate::wire::HANDSHAKE_HEADER;
use crate::wire::enums::HandshakeType;

/// Why a read returns without data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReadStop {
    Blocked(Step),
    Progress,
    Closed,
    Failed(Error),
}

/// What came after the handshake and concerns the application.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Late {
    #[default]
    Nothing,
    /// The body of a NewSessionTicket, still in the buffer.
    Ticket(Range<usize>),
}

impl<R: Role> Engine<R> {
    /// Looks for application data: how many of at most `len` bytes can be taken. `late` notes what else came, and
    /// ends the call there if `stop_at_late` says so.
    pub(crate) fn read<P: Provider>(
        &mut self,
        (len, kind): (usize, ReadKind),
        mut late: Option<&mut Late>,
        lent: &mut Loan<'_, R, P>,
    ) -> Result<usize, ReadStop> {
        #[cfg(feature = "tls12")]
        self.begin_to_read(lent).map_err(|error| ReadStop::Failed(self.fail(error, lent)))?;
        let mut event = ReadEvent::Call { len, kind };
        let mut waits_for = Step::Outgoing;
        let mut terms = self.terms(R::common(lent.config));
        loop {
            event = match self.read.advance(event, &terms) {
                ReadOutcome::Handshake => {
                    waits_for = self.drive(lent).map_err(ReadStop::Failed)?;
                    self.driven(waits_for)
                }
                ReadOutcome::SendControl => {
                    let sent = self.send_control(lent);
                    waits_for = sent.map_err(|error| ReadStop::Failed(self.fail(error, lent)))?;
                    if waits_for == Step::Connected { ReadEvent::Ready } else { ReadEvent::NotReady }
                }
                ReadOutcome::Fetch if late.as_deref().is_some_and(|late| *late != Late::Nothing) => {
                    ReadEvent::NothingThere
                }
                ReadOutcome::Fetch => self.answer(lent, Self::fetch)?,
                ReadOutcome::Process => {
                    self.answer(lent, |engine, lent| engine.process(late.as_deref_mut(), lent))?
                }
                ReadOutcome::Deliver(count) => return Ok(count),
                ReadOutcome::WantDriver => return Err(ReadStop::Blocked(waits_for)),
                ReadOutcome::Progress => return Err(ReadStop::Progress),
                outcome @ (ReadOutcome::WantIncoming | ReadOutcome::Closed | ReadOutcome::Truncated) => {
                    return Err(self.out_of_data(outcome, lent));
                }
                ReadOutcome::NoRole | ReadOutcome::Failed | ReadOutcome::OutOfTurn => {
                    return Err(ReadStop::Failed(self.fail(Internal::State.into(), lent)));
                }
            };
            // Data is delivered on whatever terms.
            if !matches!(event, ReadEvent::Data { .. }) {
                terms = self.terms(R::common(lent.config));
            }
        }
    }

    /// There is no data: not yet, or not any more.
    pub(super) fn out_of_data<P: Provider>(
        &mut self,
        outcome: ReadOutcome,
        lent: &mut Loan<'_, R, P>,
    ) -> ReadStop {
        if outcome == ReadOutcome::Closed {
            self.tells.peer_closed.happened();
            self.incoming.clear();
            return ReadStop::Closed;
        }
        if outcome == ReadOutcome::Truncated {
            return ReadStop::Failed(self.fail(PeerMisbehaved::Truncated.into(), lent));
        }
        let attached = !lent.incoming.bytes.is_empty();
        ReadStop::Blocked(if attached { Step::Incoming } else { Step::IncomingBuffer })
    }

    /// What the machine is told of a handshake that was driven.
    fn driven(&self, step: Step) -> ReadEvent {
        #[cfg(feature = "tls12")]
        if step == Step::Data {
            return ReadEvent::Data { len: self.incoming.plaintext().len() };
        }
        #[cfg(feature = "tls12")]
        if step == Step::PeerClosed {
            return ReadEvent::CloseNotify;
        }
        if step == Step::Connected { ReadEvent::Ready } else { ReadEvent::NotReady }
    }

    /// Does what the machine asked for; the connection fails if that does.
    fn answer<P: Provider>(
        &mut self,
        lent: &mut Loan<'_, R, P>,
        work: impl FnOnce(&mut Self, &mut Loan<'_, R, P>) -> Result<ReadEvent, Error>,
    ) -> Result<ReadEvent, ReadStop> {
        work(self, lent).map_err(|error| ReadStop::Failed(self.fail(error, lent)))
    }

    /// The current record, or the next.
    pub(super) fn fetch<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) -> Result<ReadEvent, Error> {
        let plaintext = self.incoming.plaintext();
        if !plaintext.is_empty() {
            return Ok(ReadEvent::Data { len: plaintext.len() });
        }
        Ok(match self.next_inbound(lent)? {
            Inbound::Partial if self.transport == Transport::Ended => ReadEvent::EndOfTransport,
            Inbound::Partial => ReadEvent::NothingThere,
            Inbound::Message(kind) if R::accepts(&self.state, kind) => ReadEvent::Message,
            Inbound::Message(_) => return Err(PeerMisbehaved::UnexpectedMessage.into()),
            Inbound::Data => {
                self.counters.key_updates = 0;
                #[cfg(feature = "post-handshake-auth")]
                self.late.forget_requests();
                #[cfg(feature = "tls12")]
                self.forgive();
                self.queue_due_key_update();
                self.send_idle_key_update(lent)?;
                ReadEvent::Data { len: self.incoming.plaintext().len() }
            }
            Inbound::Alert(alert) => match self.on_alert(alert)? {
                AlertMeaning::Ignored => ReadEvent::Ignored,
                AlertMeaning::CloseNotify => ReadEvent::CloseNotify,
            },
            Inbound::ChangeCipherSpec => {
                self.on_change_cipher_spec(lent)?;
                ReadEvent::Ignored
            }
            #[cfg(feature = "tls12")]
            Inbound::Warning(alert) => {
                self.on_warning(alert)?;
                ReadEvent::Ignored
            }
        })
    }

    /// Processes the handshake message that is held.
    pub(super) fn process<P: Provider>(
        &mut self,
        late: Option<&mut Late>,
        lent: &mut Loan<'_, R, P>,
    ) -> Result<ReadEvent, Error> {
        let range = self.incoming.message();
        let message = lent.incoming.bytes.get(range.clone()).unwrap_or_default();
        let kind = message.first().copied().unwrap_or_default();
        let body = message.get(HANDSHAKE_HEADER..).unwrap_or_default();
        trace!("{}: received {}, {} bytes", R::NAME, HandshakeType(kind), message.len());
        match R::on_late_message(HandshakeType(kind), body)? {
            LateMessage::KeyUpdate(request) => {
                let boundary = self.incoming.record_boundary()?;
                self.on_key_update(request, boundary, lent)?;
                self.send_idle_key_update(lent)?;
            }
            LateMessage::Ticket => {
                let body = range.start.saturating_add(HANDSHAKE_HEADER)..range.end;
                match late {
                    Some(late) => *late = Late::Ticket(body),
                    #[cfg(feature = "psk")]
                    None => self.tell_ticket(body, lent),
                    #[cfg(not(feature = "psk"))]
                    None => {}
                }
            }
            #[cfg(feature = "post-handshake-auth")]
            LateMessage::CertificateRequest => self.on_late_request(lent)?,
            #[cfg(feature = "tls12")]
            LateMessage::HelloRequest => self.on_hello_request(lent)?,
            #[cfg(feature = "tls12")]
            LateMessage::ClientHello => self.on_client_hello_again(lent)?,
        }
        self.incoming.release_message();
        Ok(ReadEvent::Processed)
    }
}
