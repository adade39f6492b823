//! KeyUpdate, received and sent (RFC 8446, section 4.6.3).

use super::{Engine, Loan, PeerUpdate, Role, Step};
use crate::config::Common;
use crate::crypto::Provider;
use crate::error::{Error, LimitExceeded};
use crate::limits;
use crate::modes::write::KeyUpdateRefused;
use crate::modes::{Completion, Control, Handshake, ReadAhead, Terms};
use crate::record::incoming::RecordBoundary;
use crate::wire::enums::{ContentType, KeyUpdateRequest};
use crate::wire::{HANDSHAKE_HEADER, Writer, encode_key_update};

/// Our own KeyUpdate. One at most waits: a second request from the peer asks for nothing that the first did not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum KeyUpdate {
    /// None waits.
    #[default]
    None,
    /// The peer asked for it; it leaves before the next application data.
    Owed,
    /// We want it; it leaves with the next call.
    Queued(KeyUpdateRequest),
    /// In its place, a server of TLS 1.2 asks for another handshake; it leaves with the next call.
    #[cfg(feature = "tls12")]
    HelloRequest,
    /// It is in the outgoing bytes.
    Built,
}

impl KeyUpdate {
    /// Whether it is asked for and not built.
    pub(super) const fn is_queued(self) -> bool {
        match self {
            Self::Queued(_) => true,
            #[cfg(feature = "tls12")]
            Self::HelloRequest => true,
            Self::None | Self::Owed | Self::Built => false,
        }
    }
}

/// Why new sending keys were refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyUpdateStop {
    /// There is none in this version.
    #[cfg(feature = "tls12")]
    Version,
    Handshaking,
    Blocked,
    Closed,
    Failed(Error),
}

impl<R: Role> Engine<R> {
    /// The peer has changed its sending key.
    pub(crate) fn on_key_update<P: Provider>(
        &mut self,
        request: KeyUpdateRequest,
        _: RecordBoundary,
        lent: &mut Loan<'_, R, P>,
    ) -> Result<(), Error> {
        self.counters.key_updates = self.counters.key_updates.saturating_add(1);
        if self.counters.key_updates > limits::KEY_UPDATES {
            return Err(LimitExceeded::KeyUpdates.into());
        }
        self.channel.read.update(lent.provider, lent.incoming.key.as_deref_mut())?;
        self.counters.peer_update = PeerUpdate::NotAsked;
        if request == KeyUpdateRequest::UPDATE_REQUESTED
            && self.key_update_control(lent.common()) == Control::None
        {
            self.key_update = KeyUpdate::Owed;
        }
        Ok(())
    }

    /// Sends the control records that wait: our KeyUpdate, then tickets. What it stops for; [`Step::Connected`] where nothing of
    /// them stands in the way of data any more.
    pub(crate) fn send_control<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) -> Result<Step, Error> {
        #[cfg(feature = "psk")]
        if self.more_tickets.is_in_pieces()
            && let Some(step) = self.send_tickets(lent)?
        {
            return Ok(step);
        }
        #[cfg(feature = "psk")]
        let updates = self.updates_before_tickets(lent.common());
        // What follows a KeyUpdate in the same call needs the buffer, and another call would meet the tickets.
        #[cfg(feature = "psk")]
        if updates && lent.outgoing.bytes.is_empty() {
            return Ok(Step::OutgoingBuffer);
        }
        if !self.send_key_update(lent)? {
            return Ok(Step::Outgoing);
        }
        #[cfg(feature = "psk")]
        if updates {
            self.more_tickets.wait();
        } else if let Some(step) = self.send_tickets(lent)? {
            return Ok(step);
        }
        Ok(Step::Connected)
    }

    /// Builds the KeyUpdate that waits, if one does; whether nothing of it stands in the way of data any more.
    pub(crate) fn send_key_update<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) -> Result<bool, Error> {
        let request = match self.key_update {
            KeyUpdate::Owed => Some(KeyUpdateRequest::UPDATE_NOT_REQUESTED),
            KeyUpdate::Queued(request) => Some(request),
            KeyUpdate::None | KeyUpdate::Built => None,
            #[cfg(feature = "tls12")]
            KeyUpdate::HelloRequest => return self.send_hello_request(lent),
        };
        if let Some(request) = request {
            if !self.outgoing.takes_control() {
                self.offer(lent);
            }
            if !self.outgoing.takes_control() {
                return Ok(false);
            }
            let mut message = [0; HANDSHAKE_HEADER + 1];
            encode_key_update(&mut Writer::new(&mut message, 0), request);
            self.seal_control(ContentType::HANDSHAKE, &message, lent)?;
            self.channel.write.update(lent.provider, lent.outgoing.key.as_deref_mut())?;
            self.key_update = KeyUpdate::Built;
        }
        self.offer(lent);
        Ok(self.key_update_control(lent.common()) == Control::None)
    }

    /// The application wants new sending keys; a reply that is owed becomes one with it.
    pub(crate) fn update_keys<P: Provider>(
        &mut self,
        request: KeyUpdateRequest,
        lent: &mut Loan<'_, R, P>,
    ) -> Result<(), KeyUpdateStop> {
        if let Some(error) = self.failed {
            return Err(KeyUpdateStop::Failed(error));
        }
        #[cfg(feature = "tls12")]
        if self.negotiated.is_tls12() {
            return Err(KeyUpdateStop::Version);
        }
        self.outgoing.give_up_reserved();
        let terms = self.key_update_terms(lent);
        match self.write.key_update_refused(&terms) {
            None => {}
            Some(KeyUpdateRefused::Handshaking) => return Err(KeyUpdateStop::Handshaking),
            Some(KeyUpdateRefused::Blocked | KeyUpdateRefused::Queued) => return Err(KeyUpdateStop::Blocked),
            Some(KeyUpdateRefused::Closed | KeyUpdateRefused::Failed) => return Err(KeyUpdateStop::Closed),
        }
        self.key_update = KeyUpdate::Queued(match request {
            KeyUpdateRequest::UPDATE_REQUESTED => request,
            _ => KeyUpdateRequest::UPDATE_NOT_REQUESTED,
        });
        self.send_key_update(lent).map_err(|error| KeyUpdateStop::Failed(self.fail(error, lent)))?;
        Ok(())
    }

    /// The terms of a KeyUpdate that the application asks for. While there is no room for it an earlier one has not left,
    /// in sealed completion too: what is accepted is built at once, and no close can come before it.
    fn key_update_terms<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) -> Terms {
        if !self.outgoing.takes_control() {
            self.offer(lent);
        }
        let terms = self.terms(R::common(lent.config));
        let control = if self.outgoing.takes_control() { terms.control } else { Control::Queued };
        Terms { control, ..terms }
    }

    /// Queues a KeyUpdate where the use of a key makes one due (RFC 8446, section 5.5): ours, or the peer's.
    pub(crate) fn queue_due_key_update(&mut self) {
        let ask_peer = self.channel.read.wants_update() && self.counters.peer_update == PeerUpdate::NotAsked;
        // Without room, or while room is lent, it would have to wait, and reads with it.
        if self.key_update != KeyUpdate::None
            || !self.outgoing.takes_control()
            || !(ask_peer || self.channel.write.wants_update())
        {
            return;
        }
        if ask_peer {
            self.counters.peer_update = PeerUpdate::Asked;
            self.key_update = KeyUpdate::Queued(KeyUpdateRequest::UPDATE_REQUESTED);
        } else {
            self.key_update = KeyUpdate::Queued(KeyUpdateRequest::UPDATE_NOT_REQUESTED);
        }
    }

    /// Sends what need not wait for a call of its own: in sealed completion any KeyUpdate, as long as no write is
    /// pending (V8) and our direction is open (V14).
    pub(crate) fn send_idle_key_update<P: Provider>(
        &mut self,
        lent: &mut Loan<'_, R, P>,
    ) -> Result<(), Error> {
        if self.key_update == KeyUpdate::None && lent.taker.is_none() || self.is_in_pieces() {
            return Ok(());
        }
        if lent.common().completion == Completion::Sealed && self.write.control_may_leave() {
            self.send_key_update(lent)?;
        }
        Ok(())
    }

    /// What the mode machines must know of it.
    pub(super) fn key_update_control(&self, common: &Common) -> Control {
        match (self.key_update, common.completion) {
            (KeyUpdate::Owed, _) => Control::Owed,
            (KeyUpdate::Queued(_), _) => Control::Queued,
            #[cfg(feature = "tls12")]
            (KeyUpdate::HelloRequest, _) => Control::Queued,
            (KeyUpdate::Built, Completion::Drained) if !self.outgoing.is_empty() => Control::Queued,
            (KeyUpdate::None | KeyUpdate::Built, _) => Control::None,
        }
    }

    /// What is still to be built: a KeyUpdate among the outgoing bytes stands before all that follows.
    pub(super) const fn unbuilt_control(&self) -> Control {
        match self.key_update {
            KeyUpdate::None | KeyUpdate::Built => Control::None,
            KeyUpdate::Owed => Control::Owed,
            KeyUpdate::Queued(_) => Control::Queued,
            #[cfg(feature = "tls12")]
            KeyUpdate::HelloRequest => Control::Queued,
        }
    }

    /// A read without `AUTO_RETRY` ends at a message that is dropped, whatever was read ahead (R12).
    fn read_ahead(&self) -> ReadAhead {
        #[cfg(feature = "tls12")]
        if self.drops_messages() {
            return ReadAhead::Empty;
        }
        if self.incoming.has_raw() { ReadAhead::Holds } else { ReadAhead::Empty }
    }

    /// Whether nothing of a handshake stands before data.
    fn is_settled(&self) -> bool {
        #[cfg(feature = "post-handshake-auth")]
        if self.late_stands_first() {
            return false;
        }
        self.is_connected()
    }

    /// The facts under which the mode machines take a step.
    pub(crate) fn terms(&mut self, common: &Common) -> Terms {
        Terms {
            writing: self.write.writing(),
            read_ahead: self.read_ahead(),
            unexpected_end: self.unexpected_end,
            ..self.terms_of_writes(common)
        }
    }

    /// Those that the write machine looks at.
    pub(super) fn terms_of_writes(&mut self, common: &Common) -> Terms {
        let control = self.key_update_control(common);
        if control == Control::None {
            self.key_update = KeyUpdate::None;
        }
        #[cfg(feature = "psk")]
        let control = control.and(self.settled_ticket_control(common));
        Terms {
            split: self.max_send_fragment.min(self.channel.send_limit).get(),
            handshake: if self.is_settled() { Handshake::Done } else { Handshake::InProgress },
            control,
            ..Terms::connected(common.completion, self.modes)
        }
    }
}
