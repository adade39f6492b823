//! Driving a handshake.

use super::alert::AlertMeaning;
use super::settle::Entered;
use super::step::{Answer, Ask, Step};
use super::{Channel, Context, Engine, Loan, Message, Role, Sent, Transport, Turn};
use crate::crypto::{Direction, Provider};
use crate::error::{Error, Internal, PeerMisbehaved};
use crate::limits;
use crate::record::incoming::{Expectations, Inbound};
use crate::trace::trace;
use crate::wire::HANDSHAKE_HEADER;
use crate::wire::enums::HandshakeType;

impl<R: Role> Engine<R> {
    /// Goes on with the handshake as far as it can.
    pub(crate) fn drive<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) -> Result<Step, Error> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        loop {
            #[cfg(feature = "tls12")]
            let again = self.is_renegotiating();
            let step = self.try_drive(lent).map_err(|error| self.fail(error, lent))?;
            #[cfg(feature = "tls12")]
            let step = if again { self.after_flight(step, lent) } else { step };
            if step != Step::Outgoing || self.offer(lent) == 0 {
                return Ok(step);
            }
        }
    }

    /// Every turn of the loop consumes bytes of a lent buffer or moves the state on.
    fn try_drive<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) -> Result<Step, Error> {
        loop {
            #[cfg(feature = "tls12")]
            if let Some(step) = self.met_in_renegotiation(lent)? {
                return Ok(step);
            }
            #[cfg(feature = "early-data")]
            if self.holds_early_data() {
                return Ok(Step::EarlyData);
            }
            if !self.is_connected() && lent.incoming.bytes.is_empty() {
                return Ok(Step::IncomingBuffer);
            }
            if !self.is_connected() && lent.outgoing.bytes.is_empty() {
                return Ok(Step::OutgoingBuffer);
            }
            let stop = match R::turn(&self.state) {
                Turn::Peer => self.receive(lent)?,
                Turn::Own => self.send(lent)?,
                Turn::Application(ask) => self.ask(ask, lent)?,
                #[cfg(feature = "post-handshake-auth")]
                Turn::Done => Some(self.drive_late(lent)?),
                #[cfg(not(feature = "post-handshake-auth"))]
                Turn::Done => Some(Step::Connected),
                Turn::Failed => return Err(Internal::State.into()),
            };
            if let Some(step) = stop {
                return Ok(step);
            }
        }
    }

    /// Takes the next record or message in; a step where there is none.
    fn receive<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) -> Result<Option<Step>, Error> {
        match self.next_inbound(lent)? {
            Inbound::Partial => return self.out_of_bytes().map(Some),
            Inbound::Message(kind) => self.on_message(kind, lent)?,
            #[cfg(feature = "early-data")]
            Inbound::Data if R::takes_early_data(&self.state) => return self.on_early_data().map(Some),
            #[cfg(feature = "tls12")]
            Inbound::Data => return self.on_data_in_handshake(),
            #[cfg(not(feature = "tls12"))]
            Inbound::Data => return Err(PeerMisbehaved::UnexpectedMessage.into()),
            Inbound::Alert(alert) => match self.on_alert(alert)? {
                AlertMeaning::Ignored => {}
                AlertMeaning::CloseNotify => return Ok(Self::closed_in_handshake()),
            },
            #[cfg(feature = "tls12")]
            Inbound::Warning(alert) => self.on_warning(alert)?,
            Inbound::ChangeCipherSpec => self.on_change_cipher_spec(lent)?,
        }
        Ok(None)
    }

    /// Nothing is there: more must come, unless the transport has ended.
    pub(super) fn out_of_bytes(&self) -> Result<Step, Error> {
        match self.transport {
            Transport::Open => Ok(Step::Incoming),
            #[cfg(feature = "tls12")]
            Transport::Ended if self.ends_quietly() => Ok(Step::PeerClosed),
            Transport::Ended => Err(PeerMisbehaved::Truncated.into()),
        }
    }

    /// The next record or message.
    pub(crate) fn next_inbound<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) -> Result<Inbound, Error> {
        #[cfg(feature = "tls12")]
        let passed_over = self.passes_messages_over();
        let state = &self.state;
        let expect = Expectations {
            size_limit: self.channel.receive_limit.get(),
            message_limit: lent.common().max_handshake_message,
            clear_alerts: R::takes_clear_alerts(state),
            data: self.expects_data(),
            accepts: &|kind| {
                #[cfg(feature = "tls12")]
                if passed_over {
                    return true;
                }
                R::accepts(state, kind)
            },
            #[cfg(feature = "tls12")]
            rules: R::rules(state, lent.config),
        };
        let mut incoming = lent.incoming.incoming(&mut self.incoming);
        let Channel { read, early_data, .. } = &mut self.channel;
        incoming.next_inbound(lent.provider, read, early_data, expect)
    }

    /// Whether application data may come now.
    fn expects_data(&self) -> bool {
        #[cfg(feature = "early-data")]
        if R::takes_early_data(&self.state) {
            return true;
        }
        #[cfg(feature = "tls12")]
        if self.is_renegotiating() {
            return R::takes_data(&self.state);
        }
        R::turn(&self.state) == Turn::Done
    }

    /// A close_notify that is let through in a handshake has come in a renegotiation.
    const fn closed_in_handshake() -> Option<Step> {
        #[cfg(feature = "tls12")]
        return Some(Step::PeerClosed);
        #[cfg(not(feature = "tls12"))]
        None
    }

    /// Checks a message against the table and hands it to its state.
    pub(super) fn on_message<P: Provider>(
        &mut self,
        kind: HandshakeType,
        lent: &mut Loan<'_, R, P>,
    ) -> Result<(), Error> {
        if !R::accepts(&self.state, kind) {
            return Err(PeerMisbehaved::UnexpectedMessage.into());
        }
        #[cfg(feature = "tls12")]
        if kind == HandshakeType::HELLO_REQUEST {
            return self.pass_over_hello_request(lent);
        }
        let state = core::mem::replace(&mut self.state, R::failed());
        let config = lent.config;
        let (message, mut context) = self.split(kind, lent)?;
        context.provider.on_message(Direction::Received, kind, message.bytes.len());
        trace!("{}: received {}, {} bytes", R::NAME, kind, message.bytes.len());
        self.state = R::on_message(state, message, config, &mut context)?;
        #[cfg(feature = "tls12")]
        self.check_end_of_flight()?;
        self.settle(Entered::Next);
        Ok(())
    }

    fn send<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) -> Result<Option<Step>, Error> {
        #[cfg(feature = "tls12")]
        if self.holds_handshake_back(lent.common()) {
            return Ok(Some(Step::Outgoing));
        }
        let state = core::mem::replace(&mut self.state, R::failed());
        let config = lent.config;
        let (_, mut context) = self.split(HandshakeType::MESSAGE_HASH, lent)?;
        let (state, sent) = R::send(state, config, &mut context)?;
        self.state = state;
        self.settle(if sent == Sent::All { Entered::Next } else { Entered::Same });
        Ok((sent == Sent::Part).then_some(Step::Outgoing))
    }

    fn ask<P: Provider>(&mut self, ask: Ask, lent: &mut Loan<'_, R, P>) -> Result<Option<Step>, Error> {
        match self.answer {
            Answer::Waiting => return Ok(Some(Step::Ask(ask))),
            Answer::Deferred => return Ok(Some(Step::Answer)),
            Answer::Refused(error) => return Err(error),
            Answer::Accepted => self.answer = Answer::Waiting,
        }
        let state = core::mem::replace(&mut self.state, R::failed());
        let config = lent.config;
        let (message, mut context) = self.split(HandshakeType::MESSAGE_HASH, lent)?;
        self.state = R::on_answer(state, message, config, &mut context)?;
        #[cfg(feature = "tls12")]
        self.check_end_of_flight()?;
        self.settle(Entered::Next);
        Ok(None)
    }

    /// The held message and everything else, apart.
    pub(super) fn split<'a, P: Provider>(
        &'a mut self,
        kind: HandshakeType,
        lent: &'a mut Loan<'_, R, P>,
    ) -> Result<(Message<'a>, Context<'a, P>), Error> {
        let common = R::common(lent.config);
        let bytes = lent.incoming.bytes.get(self.incoming.message()).unwrap_or_default();
        let body = bytes.get(HANDSHAKE_HEADER..).unwrap_or_default();
        let message = Message { kind, bytes, body, boundary: self.incoming.record_boundary() };
        let context = Context {
            provider: &mut *lent.provider,
            space: lent.space.as_deref_mut().ok_or(Internal::HandshakeSpace)?,
            #[cfg(feature = "post-handshake-auth")]
            late_transcript: lent.late_transcript.as_deref_mut(),
            channel: &mut self.channel,
            negotiated: &mut self.negotiated,
            exporter: &mut self.exporter,
            #[cfg(any(feature = "tls12", feature = "psk"))]
            past: &mut self.past,
            #[cfg(any(feature = "tls12", feature = "psk"))]
            peer_certificate: &mut self.peer_certificate,
            #[cfg(feature = "early-data")]
            early: &mut self.early,
            incoming_key: lent.incoming.key.as_deref_mut(),
            outgoing: lent.outgoing.outgoing(&mut self.outgoing),
            common,
            max_send_fragment: self.max_send_fragment.get().max(limits::MIN_SEND_FRAGMENT),
            first_incoming: self.first_incoming.get(),
        };
        Ok((message, context))
    }
}
