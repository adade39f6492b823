//! Authentication of a client after its handshake (RFC 8446, section 4.6.2).
//!
//! While the application is asked and says that it answers later, data flows both ways. Otherwise what is due stands first, as a
//! handshake does: a handshake space, the answer, and then our messages, between which nothing else may leave.

mod messages;

use super::{Answer, Ask, Engine, Loan, Role, Sent, Step};
use crate::crypto::Provider;
use crate::error::{Error, LimitExceeded};
use crate::limits;
use crate::modes::release::Contents;
use crate::modes::write::Close;
use crate::record::place::Position;
use crate::trace::trace;
use crate::wire::HANDSHAKE_HEADER;
use crate::wire::certificate_request::CertificateRequest;
use crate::wire::enums::HandshakeType;

/// How far the answer to a request is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Late {
    stage: Stage,
    next: Next,
    /// Requests since the last application data.
    requests: u8,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    /// There was no request, or it is answered.
    #[default]
    Idle,
    /// A request stands in the incoming buffer, and there is no room to deal with it.
    NeedsSpace,
    AskIdentity,
    AskSign,
    /// Messages leave, from this byte of the present one on.
    Send(Part, Position),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Certificate,
    CertificateVerify,
    Finished,
}

/// Whether another request stands in the incoming buffer. One is dealt with at a time, and what is behind the next one waits
/// with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Next {
    #[default]
    None,
    Stands,
}

impl Late {
    /// Application data came.
    pub(crate) const fn forget_requests(&mut self) {
        self.requests = 0;
    }

    /// Whether some of the answer has left and some has not. What has begun is ended, also where the application closes.
    pub(crate) fn has_begun(self) -> bool {
        match self.stage {
            Stage::Idle | Stage::NeedsSpace | Stage::AskIdentity | Stage::AskSign => false,
            Stage::Send(Part::Certificate, cursor) => cursor != Position::ZERO,
            Stage::Send(Part::CertificateVerify | Part::Finished, _) => true,
        }
    }
}

impl<R: Role> Engine<R> {
    /// Whether something of it stands before data.
    pub(crate) fn late_stands_first(&self) -> bool {
        match self.late.stage {
            Stage::Idle => false,
            Stage::NeedsSpace | Stage::Send(..) => true,
            Stage::AskIdentity | Stage::AskSign => {
                self.answer != Answer::Deferred || self.late.next == Next::Stands
            }
        }
    }

    /// Whether the handshake space is in use.
    pub(crate) fn is_late(&self) -> bool {
        self.late.stage != Stage::Idle
    }

    /// A CertificateRequest that came after the handshake. Behind our close it can't be answered.
    pub(crate) fn on_late_request<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) -> Result<(), Error> {
        let bytes = lent.incoming.bytes.get(self.incoming.message()).unwrap_or_default();
        CertificateRequest::parse(bytes.get(HANDSHAKE_HEADER..).unwrap_or_default())?;
        if self.write.close() != Close::Open {
            return Ok(());
        }
        if self.is_late() {
            self.late.next = Next::Stands;
            self.incoming.put_message_back();
            return Ok(());
        }
        if lent.space.is_none() {
            self.late.stage = Stage::NeedsSpace;
            self.incoming.put_message_back();
            return Ok(());
        }
        self.late.requests = self.late.requests.saturating_add(1);
        if self.late.requests > limits::LATE_REQUESTS {
            return Err(LimitExceeded::CertificateRequests.into());
        }
        let are_there = R::identities(lent.config).are_there();
        let (message, mut context) = self.split(HandshakeType::CERTIFICATE_REQUEST, lent)?;
        context.keep_late_request(message.bytes)?;
        self.late.stage =
            if are_there { Stage::AskIdentity } else { Stage::Send(Part::Certificate, Position::ZERO) };
        trace!("{}: asked for a certificate after the handshake", R::NAME);
        Ok(())
    }

    /// Goes on as far as it can; [`Step::Connected`] where nothing of it stands before data.
    pub(crate) fn drive_late<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) -> Result<Step, Error> {
        loop {
            if self.is_late() && !self.late.has_begun() && self.write.close() != Close::Open {
                self.end_late(lent);
            }
            match self.late.stage {
                Stage::Idle => return Ok(Step::Connected),
                Stage::NeedsSpace if lent.space.is_none() => return Ok(Step::HandshakeSpace),
                // The request is met again.
                Stage::NeedsSpace => self.late.stage = Stage::Idle,
                Stage::AskIdentity | Stage::AskSign => {
                    if let Some(step) = self.ask_late(lent)? {
                        return Ok(step);
                    }
                }
                Stage::Send(part, cursor) => {
                    if let Some(step) = self.send_late(part, cursor, lent)? {
                        return Ok(step);
                    }
                }
            }
        }
    }

    fn ask_late<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) -> Result<Option<Step>, Error> {
        let is_choice = self.late.stage == Stage::AskIdentity;
        match self.answer {
            Answer::Waiting if is_choice => return Ok(Some(Step::Ask(Ask::ChooseOwnIdentity))),
            Answer::Waiting => return Ok(Some(Step::Ask(Ask::Sign))),
            Answer::Deferred if self.late.next == Next::Stands => return Ok(Some(Step::Answer)),
            Answer::Deferred => return Ok(Some(Step::Connected)),
            Answer::Refused(error) => return Err(error),
            Answer::Accepted => self.answer = Answer::Waiting,
        }
        let config = lent.config;
        let (_, mut context) = self.split(HandshakeType::MESSAGE_HASH, lent)?;
        let signs = is_choice && context.prepare_late_signature(R::identities(config))?;
        self.late.stage = if signs { Stage::AskSign } else { Stage::Send(Part::Certificate, Position::ZERO) };
        Ok(None)
    }

    /// Sends a message as far as there is room for it.
    fn send_late<P: Provider>(
        &mut self,
        part: Part,
        cursor: Position,
        lent: &mut Loan<'_, R, P>,
    ) -> Result<Option<Step>, Error> {
        if lent.outgoing.bytes.is_empty() {
            return Ok(Some(Step::OutgoingBuffer));
        }
        let outgoing = if self.outgoing.is_empty() { Contents::Nothing } else { Contents::Bytes };
        if !self.write.handshake_may_leave(lent.common().completion, outgoing) {
            return Ok(Some(Step::Outgoing));
        }
        let (config, mut cursor) = (lent.config, cursor.get());
        let (_, mut context) = self.split(HandshakeType::MESSAGE_HASH, lent)?;
        let identity = context.space.identity.map(|(identity, _)| identity);
        let sent = match part {
            Part::Certificate => context.send_late_certificate(&mut cursor, R::identities(config))?,
            Part::CertificateVerify => context.send_late_verify(&mut cursor)?,
            Part::Finished => context.send_late_finished(&mut cursor)?,
        };
        self.late.stage = match (sent, part) {
            (Sent::Part, _) => Stage::Send(part, cursor.into()),
            (Sent::All, Part::Certificate) if identity.is_some() => {
                Stage::Send(Part::CertificateVerify, Position::ZERO)
            }
            (Sent::All, Part::Certificate | Part::CertificateVerify) => {
                Stage::Send(Part::Finished, Position::ZERO)
            }
            (Sent::All, Part::Finished) => {
                self.end_late(lent);
                self.offer(lent);
                return Ok(None);
            }
        };
        Ok((sent == Sent::Part).then_some(Step::Outgoing))
    }

    /// It is over: the handshake space may go. The next request is met again.
    fn end_late<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) {
        self.late = Late { requests: self.late.requests, ..Late::default() };
        self.answer = Answer::Waiting;
        if let Some(space) = lent.space.as_deref_mut() {
            let name = core::mem::take(&mut space.server_name);
            space.wipe();
            space.server_name = name;
        }
    }
}
