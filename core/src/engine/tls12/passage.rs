//! What passes in the middle of a renegotiation: data that was on its way, the end of a direction.

use crate::config::Common;
use crate::crypto::Provider;
use crate::engine::{Engine, Happening, KeyUpdate, Loan, Role, Step, Turn, WriteStop};
use crate::error::{Error, PeerMisbehaved};
use crate::modes::read::ReadEvent;
use crate::modes::write::{Close, WriteEvent};
use crate::modes::{Completion, UnexpectedEnd};
use crate::record::incoming::Inbound;
use crate::wire::enums::AlertDescription;

impl<R: Role> Engine<R> {
    /// Where a flight of the peer's ends, so does its record: what would follow can't know our flight yet. In TLS 1.3 keys
    /// change there, too.
    pub(crate) fn check_end_of_flight(&self) -> Result<(), Error> {
        let ends = matches!(R::turn(&self.state), Turn::Own | Turn::Done);
        if ends && self.negotiated.is_tls12() && self.incoming.has_message() {
            self.incoming.record_boundary()?;
        }
        Ok(())
    }

    /// What a renegotiation meets that stands before the peer's part of it: our own flight where it must leave first, data
    /// that somebody must read, the end of the peer's direction, and our own close_notify, behind which nothing of it counts
    /// any more.
    pub(crate) fn met_in_renegotiation<P: Provider>(
        &mut self,
        lent: &mut Loan<'_, R, P>,
    ) -> Result<Option<Step>, Error> {
        while self.is_renegotiating() {
            let own = R::turn(&self.state) == Turn::Own;
            if self.read.is_closed() {
                return Ok(Some(Step::PeerClosed));
            }
            if !own && self.leaves_first(lent) {
                return Ok(Some(Step::Outgoing));
            }
            if !own && !self.incoming.plaintext().is_empty() {
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

    /// Whether what is outgoing must leave before anything that came is looked at. Without a transport at hand the caller is
    /// the one to see to it, unless something is there already.
    fn leaves_first<P: Provider>(&self, lent: &Loan<'_, R, P>) -> bool {
        let drained = lent.common().completion == Completion::Drained;
        drained && !self.outgoing.is_empty() && (lent.taker.is_some() || self.incoming.has_raw())
    }

    /// With a transport at hand our flight leaves before the peer's is waited for; where completion is when bytes have left,
    /// the last one stands before what comes next. Where it is when they are sealed no read waits for room.
    pub(crate) fn after_flight<P: Provider>(&mut self, step: Step, lent: &mut Loan<'_, R, P>) -> Step {
        let unread = !self.incoming.plaintext().is_empty();
        if step == Step::Outgoing && unread && lent.common().completion == Completion::Sealed {
            return Step::Data;
        }
        if matches!(step, Step::Incoming | Step::Data | Step::Connected) {
            self.offer(lent);
        }
        if step == Step::Connected && !self.outgoing.is_empty() {
            self.key_update = KeyUpdate::Built;
        }
        step
    }

    /// Whether the end of the transport is as good as a close_notify.
    pub(crate) fn ends_quietly(&self) -> bool {
        self.is_renegotiating() && self.unexpected_end == UnexpectedEnd::Ignore
    }

    /// Behind our close_notify the messages of a renegotiation say nothing, but for the Finished that the peer's new keys
    /// were made for: what comes under those counts only behind it.
    pub(crate) fn passes_messages_over(&self) -> bool {
        self.is_renegotiating() && self.write.close() == Close::Sent && R::takes_data(&self.state)
    }

    /// Reads on behind our close_notify: each turn consumes bytes of the lent buffer.
    fn receive_after_close<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) -> Result<Option<Step>, Error> {
        Ok(match self.next_inbound(lent)? {
            Inbound::Partial if lent.incoming.bytes.is_empty() => Some(Step::IncomingBuffer),
            Inbound::Partial => Some(self.out_of_bytes()?),
            Inbound::Message(_) if self.passes_messages_over() => {
                self.incoming.release_message();
                None
            }
            Inbound::Message(kind) => self.on_message(kind, lent).map(|()| None)?,
            Inbound::Data => self.on_data_in_handshake()?,
            Inbound::Warning(alert) => self.on_warning(alert).map(|()| None)?,
            Inbound::Alert(AlertDescription::CLOSE_NOTIFY) => Some(Step::PeerClosed),
            Inbound::Alert(alert) => return Err(Error::AlertReceived(alert)),
            Inbound::ChangeCipherSpec if R::takes_change_cipher_spec(&self.state) => {
                self.on_key_change(lent).map(|()| None)?
            }
            // New keys come that we do not have: what follows can't be read, and may be more than a close_notify.
            Inbound::ChangeCipherSpec if self.ends_quietly() => Some(Step::PeerClosed),
            Inbound::ChangeCipherSpec => return Err(PeerMisbehaved::Truncated.into()),
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

    /// The peer has closed in the middle of a renegotiation: nothing can be written any more, and it is told so
    /// (RFC 5246, section 7.2.1).
    pub(crate) fn closed_with_peer<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) -> WriteStop {
        self.meet_close_notify(lent.common());
        // The write that met it is over, and what was pending of it will not be sealed.
        let terms = self.terms(lent.common());
        for event in [WriteEvent::NotReady, WriteEvent::Abandon] {
            self.write.advance(event, &terms);
        }
        self.close(lent);
        self.offer(lent);
        WriteStop::Closed
    }

    fn meet_close_notify(&mut self, common: &Common) {
        if !self.read.is_closed() {
            let terms = self.terms(common);
            self.read.advance(ReadEvent::CloseNotify, &terms);
            self.tells.peer_closed.happened();
        }
    }

    /// What the application is told in the middle of a renegotiation.
    pub(crate) fn happened_in_renegotiation(&mut self, step: Step, common: &Common) -> Option<Happening> {
        if step == Step::Data {
            return Some(Happening::AppData);
        }
        if step != Step::PeerClosed {
            return None;
        }
        self.meet_close_notify(common);
        let due = self.tells.peer_closed.take();
        Some(if due { Happening::PeerClosed } else { Happening::Finished })
    }

    /// Application data makes up for what was counted against the peer.
    pub(crate) fn forgive(&mut self) {
        self.renegotiation.refused = 0;
        self.renegotiation.idle_requests = 0;
        // TLS 1.3 counts them in a connection.
        if self.negotiated.is_tls12() {
            self.counters.warning_alerts = 0;
        }
    }
}
