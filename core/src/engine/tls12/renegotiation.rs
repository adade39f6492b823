//! Renegotiation: another handshake on a connection that is in use (RFC 5246, section 7.4.1; RFC 5746).

use super::alert::Refusal;
use crate::config::{Common, Permission};
use crate::crypto::Provider;
use crate::engine::{Engine, Happening, KeyUpdate, Loan, Peer, Role, Step, Tell, Turn, WriteStop};
use crate::error::{Error, LimitExceeded, PeerMisbehaved};
use crate::limits;
use crate::modes::read::ReadEvent;
use crate::modes::write::Close;
use crate::modes::{Completion, UnexpectedEnd};
use crate::record::incoming::Inbound;
use crate::wire::enums::{AlertDescription, ContentType, HandshakeType};
use crate::wire::tls12::hello_request;
use crate::wire::{HANDSHAKE_HEADER, Writer};

/// What is to be known between handshakes.
#[derive(Debug, Default)]
pub(crate) struct Renegotiation {
    wish: Wish,
    /// Whether our HelloRequest is out and not answered.
    pub(crate) asked: Asked,
    pub(super) refusal: Refusal,
    /// How often the peer was let.
    by_peer: u32,
    /// How often the peer was refused, since the last application data.
    pub(super) refused: u8,
    /// HelloRequests that came in the middle of a handshake, where they say nothing.
    idle_requests: u8,
}

/// A handshake that a client is to begin as soon as no record of its stands in the way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Wish {
    #[default]
    None,
    Begin,
}

/// Whether a server's HelloRequest is out and not answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Asked {
    #[default]
    No,
    Yes,
}

/// Why no renegotiation was begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RenegotiateStop {
    /// There is none in this version.
    Version,
    /// The configuration does not have it.
    Denied,
    Handshaking,
    Closed,
    Failed(Error),
}

impl<R: Role> Engine<R> {
    /// Whether the first handshake is done.
    pub(crate) fn is_established(&self) -> bool {
        self.tells.connected != Tell::NotYet && self.failed.is_none()
    }

    /// Whether a handshake is in progress that is not the first.
    pub(crate) fn is_renegotiating(&self) -> bool {
        self.is_established() && R::turn(&self.state) != Turn::Done
    }

    /// Whether anything of ours may leave.
    pub(super) fn may_still_send(&self) -> bool {
        self.failed.is_none() && self.write.close() != Close::Sent
    }

    /// The application wants another handshake: a client's begins, a server asks for it, with the next call.
    pub(crate) fn renegotiate<P: Provider>(&mut self, lent: &Loan<'_, R, P>) -> Result<(), RenegotiateStop> {
        if let Some(error) = self.failed {
            return Err(RenegotiateStop::Failed(error));
        }
        if !self.is_established() || self.is_renegotiating() {
            return Err(RenegotiateStop::Handshaking);
        }
        if !self.negotiated.is_tls12() {
            return Err(RenegotiateStop::Version);
        }
        if lent.common().renegotiation.by_us == Permission::Denied {
            return Err(RenegotiateStop::Denied);
        }
        if self.write.close() != Close::Open {
            return Err(RenegotiateStop::Closed);
        }
        self.outgoing.give_up_reserved();
        match R::OWN {
            Peer::Client => self.tls12.renegotiation.wish = Wish::Begin,
            Peer::Server => self.key_update = KeyUpdate::HelloRequest,
        }
        Ok(())
    }

    /// Whether a renegotiation that was asked for is not done.
    pub(crate) fn awaits_renegotiation(&self) -> bool {
        let Renegotiation { wish, asked, .. } = &self.tls12.renegotiation;
        let asked =
            *wish == Wish::Begin || *asked == Asked::Yes || self.key_update == KeyUpdate::HelloRequest;
        asked || self.is_renegotiating()
    }

    /// A HelloRequest that came between handshakes (RFC 5246, section 7.4.1.1). Behind our close_notify it says nothing.
    pub(crate) fn on_hello_request<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) -> Result<(), Error> {
        self.incoming.release_message();
        if !self.may_still_send() {
            return Ok(());
        }
        if !self.lets_peer_renegotiate(lent.common()) {
            return self.refuse_renegotiation(lent);
        }
        self.tls12.renegotiation.wish = Wish::Begin;
        Ok(())
    }

    /// A ClientHello that came between handshakes. One that is let in stays where it is, for the handshake to find it.
    pub(crate) fn on_client_hello_again<P: Provider>(
        &mut self,
        lent: &mut Loan<'_, R, P>,
    ) -> Result<(), Error> {
        if self.may_still_send() && self.lets_peer_renegotiate(lent.common()) {
            self.incoming.put_message_back();
            self.begin_renegotiation();
            return Ok(());
        }
        self.incoming.release_message();
        if self.may_still_send() { self.refuse_renegotiation(lent) } else { Ok(()) }
    }

    fn lets_peer_renegotiate(&mut self, common: &Common) -> bool {
        let settings = common.renegotiation;
        let renegotiation = &mut self.tls12.renegotiation;
        // A wish of ours is granted even where the peer may have none: this is its answer.
        let asked = R::OWN == Peer::Server && core::mem::take(&mut renegotiation.asked) == Asked::Yes;
        if asked {
            return true;
        }
        if settings.by_peer == Permission::Denied || renegotiation.by_peer >= settings.limit {
            return false;
        }
        renegotiation.by_peer = renegotiation.by_peer.saturating_add(1);
        true
    }

    /// Begins the handshake that is wished for, unless a record of a write waits: that leaves first (V8).
    pub(crate) fn begin_due_renegotiation(&mut self, common: &Common) {
        let due = self.tls12.renegotiation.wish == Wish::Begin && R::turn(&self.state) == Turn::Done;
        if due && self.may_still_send() && !self.holds_handshake_back(common) {
            self.tls12.renegotiation.wish = Wish::None;
            self.begin_renegotiation();
        }
    }

    fn begin_renegotiation(&mut self) {
        let state = core::mem::replace(&mut self.state, R::failed());
        self.state = R::begin_again(state);
    }

    /// Whether a record of a pending write has not left: in drained completion nothing of ours comes between it and the
    /// peer (V8).
    pub(crate) fn holds_handshake_back(&self, common: &Common) -> bool {
        common.completion == Completion::Drained
            && self.write.retry_span().is_some()
            && !self.outgoing.is_empty()
    }

    /// HelloRequest in the middle of a handshake says nothing (RFC 5246, section 7.4.1.1), and not for ever.
    pub(crate) fn pass_over_hello_request(&mut self) -> Result<(), Error> {
        let idle = &mut self.tls12.renegotiation.idle_requests;
        *idle = idle.saturating_add(1);
        if *idle > limits::IDLE_HELLO_REQUESTS {
            return Err(LimitExceeded::Renegotiations.into());
        }
        self.incoming.release_message();
        Ok(())
    }

    /// What a renegotiation meets that stands before it: data that somebody must read first, the end of the peer's
    /// direction, and our own close_notify, behind which nothing of it counts any more.
    pub(crate) fn met_in_renegotiation<P: Provider>(
        &mut self,
        lent: &mut Loan<'_, R, P>,
    ) -> Result<Option<Step>, Error> {
        while self.is_renegotiating() {
            if self.read.is_closed() {
                return Ok(Some(Step::PeerClosed));
            }
            if !self.incoming.plaintext().is_empty() {
                return Ok(Some(Step::Data));
            }
            if self.write.close() != Close::Sent {
                return Ok(lent.space.is_none().then_some(Step::HandshakeSpace));
            }
            if let Some(step) = self.receive_after_close(lent)? {
                return Ok(Some(step));
            }
        }
        Ok(None)
    }

    /// With a transport at hand our flight leaves before the peer's is waited for; where completion is when bytes have left,
    /// the last one stands before what comes next.
    pub(crate) fn after_flight<P: Provider>(&mut self, step: Step, lent: &mut Loan<'_, R, P>) -> Step {
        let waits = matches!(step, Step::Incoming | Step::Connected);
        if !waits || lent.taker.is_none() || self.outgoing.is_empty() {
            return step;
        }
        self.offer(lent);
        match step {
            _ if self.outgoing.is_empty() => step,
            Step::Incoming => Step::Outgoing,
            _ => {
                self.key_update = KeyUpdate::Built;
                step
            }
        }
    }

    /// Whether the end of the transport is as good as a close_notify.
    pub(crate) fn ends_quietly(&self) -> bool {
        self.is_renegotiating() && self.unexpected_end == UnexpectedEnd::Ignore
    }

    /// Reads on behind our close_notify: each turn consumes bytes of the lent buffer.
    fn receive_after_close<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) -> Result<Option<Step>, Error> {
        Ok(match self.next_inbound(lent)? {
            Inbound::Partial => Some(self.out_of_bytes()?),
            Inbound::Message(_) => {
                self.incoming.release_message();
                None
            }
            Inbound::Data => Some(Step::Data),
            Inbound::Warning(alert) => self.on_warning(alert).map(|()| None)?,
            Inbound::Alert(AlertDescription::CLOSE_NOTIFY) => Some(Step::PeerClosed),
            Inbound::Alert(alert) => return Err(Error::AlertReceived(alert)),
            // New keys come that we do not have.
            Inbound::ChangeCipherSpec => Some(Step::PeerClosed),
        })
    }

    /// Data in the middle of a handshake: legal between the first and the next, as long as keys have not changed.
    pub(crate) fn on_data_in_handshake(&mut self) -> Result<Option<Step>, Error> {
        if !self.is_renegotiating() || !R::takes_data(&self.state) {
            return Err(PeerMisbehaved::UnexpectedMessage.into());
        }
        self.forgive();
        Ok(Some(Step::Data))
    }

    /// The peer's keys change at a change_cipher_spec, between two messages.
    pub(crate) fn on_key_change<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) -> Result<(), Error> {
        let boundary = self.incoming.message_boundary()?;
        let state = core::mem::replace(&mut self.state, R::failed());
        let (_, mut context) = self.split(HandshakeType::HELLO_REQUEST, lent)?;
        self.state = R::on_change_cipher_spec(state, boundary, &mut context)?;
        Ok(())
    }

    /// Asks the client for another handshake; whether nothing of it stands in the way of data any more.
    pub(crate) fn send_hello_request<P: Provider>(
        &mut self,
        lent: &mut Loan<'_, R, P>,
    ) -> Result<bool, Error> {
        if !self.outgoing.takes_control() {
            self.offer(lent);
        }
        if !self.outgoing.takes_control() {
            return Ok(false);
        }
        let mut message = [0; HANDSHAKE_HEADER];
        hello_request::encode(&mut Writer::new(&mut message, 0));
        self.seal_control(ContentType::HANDSHAKE, &message, lent)?;
        self.tls12.renegotiation.asked = Asked::Yes;
        self.key_update = KeyUpdate::Built;
        self.send_key_update(lent)
    }

    /// The peer has closed in the middle of a renegotiation: nothing can be written any more, and it is told so
    /// (RFC 5246, section 7.2.1).
    pub(crate) fn closed_with_peer<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) -> WriteStop {
        self.meet_close_notify(lent.common());
        self.close(lent);
        WriteStop::Closed
    }

    fn meet_close_notify(&mut self, common: &Common) {
        if !self.read.is_closed() {
            let terms = self.terms(common);
            (self.read, _) = self.read.step(ReadEvent::CloseNotify, &terms);
            self.tells.peer_closed.happened();
        }
    }

    /// What the application is told in the middle of a renegotiation.
    pub(crate) fn happened_in_renegotiation(&mut self, step: Step, common: &Common) -> Option<Happening> {
        match step {
            Step::Data => Some(Happening::AppData),
            Step::PeerClosed => {
                self.meet_close_notify(common);
                let due = self.tells.peer_closed.take();
                Some(if due { Happening::PeerClosed } else { Happening::Finished })
            }
            _ => None,
        }
    }

    /// Application data makes up for what was counted against the peer.
    pub(crate) const fn forgive(&mut self) {
        self.tls12.renegotiation.refused = 0;
        self.counters.warning_alerts = 0;
    }
}
