//! Renegotiation: another handshake on a connection that is in use (RFC 5246, section 7.4.1; RFC 5746).

use super::alert::Refusal;
use crate::config::{Common, Permission, Unwanted};
use crate::crypto::Provider;
use crate::engine::{Engine, KeyUpdate, Loan, Peer, Role, Tell, Turn};
use crate::error::{Error, LimitExceeded, Refused};
use crate::limits;
use crate::modes::Control;
use crate::modes::release::Contents;
use crate::modes::shutdown::Peer as Direction;
use crate::modes::write::{Close, RenegotiationRefused};
use crate::trace::trace;
use crate::wire::enums::{ContentType, HandshakeType};
use crate::wire::tls12::hello_request;
use crate::wire::{HANDSHAKE_HEADER, Writer};

/// What is to be known between handshakes.
#[derive(Debug, Default)]
pub(crate) struct Renegotiation {
    wish: Wish,
    /// Whether our HelloRequest is out and not answered.
    pub(crate) asked: Asked,
    pub(super) refusal: Refusal,
    /// Whether the peer asked, and was passed over, since the last handshake.
    pub(super) passed_over: Asked,
    /// How often the peer was let.
    by_peer: u32,
    /// How often the peer was refused, since the last application data.
    pub(super) refused: u8,
    /// HelloRequests that came in the middle of this handshake, where they say nothing, since the last application data.
    pub(super) idle_requests: u8,
}

/// A handshake that is to begin, a server's with a HelloRequest, as soon as nothing stands in the way.
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

impl Renegotiation {
    pub(crate) const fn is_wished_by_peer(&self) -> bool {
        matches!(self.passed_over, Asked::Yes)
    }
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

    /// Whether there can be another handshake.
    pub(crate) fn may_renegotiate(&self, common: &Common) -> bool {
        let allowed =
            [common.renegotiation.by_us, common.renegotiation.by_peer].contains(&Permission::Granted);
        self.negotiated.is_tls12() && allowed
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
        let terms = self.terms(lent.common());
        match self.write.renegotiation_refused(&terms, self.peer_direction()) {
            Some(RenegotiationRefused::Handshaking) => return Err(RenegotiateStop::Handshaking),
            Some(RenegotiationRefused::Closed | RenegotiationRefused::Failed) => {
                return Err(RenegotiateStop::Closed);
            }
            None if !self.negotiated.is_tls12() => return Err(RenegotiateStop::Version),
            None if lent.common().renegotiation.by_us == Permission::Denied => {
                return Err(RenegotiateStop::Denied);
            }
            None => {}
        }
        self.outgoing.give_up_reserved();
        // A HelloRequest that is not built yet asks for both.
        if self.key_update != KeyUpdate::HelloRequest {
            self.renegotiation.wish = Wish::Begin;
        }
        Ok(())
    }

    /// What stands before a read: a refusal that found no room, and a renegotiation that is wished for; in sealed completion
    /// our HelloRequest leaves.
    pub(crate) fn begin_to_read<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) -> Result<(), Error> {
        if self.failed.is_some() {
            return Ok(());
        }
        self.send_refusal(lent)?;
        self.begin_due_renegotiation(lent.common());
        if self.key_update == KeyUpdate::HelloRequest { self.send_idle_key_update(lent) } else { Ok(()) }
    }

    /// Whether a renegotiation that was asked for is not done. In drained completion its last flight must have left.
    pub(crate) fn awaits_renegotiation(&self, common: &Common) -> bool {
        let Renegotiation { wish, asked, .. } = &self.renegotiation;
        let asked = *wish == Wish::Begin || *asked == Asked::Yes;
        let leaves = self.negotiated.is_tls12() && self.key_update_control(common) == Control::Queued;
        asked || leaves || self.is_renegotiating()
    }

    /// A HelloRequest that came between handshakes (RFC 5246, section 7.4.1.1). Behind our close_notify it says nothing.
    pub(crate) fn on_hello_request<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) -> Result<(), Error> {
        if self.renegotiation.wish == Wish::Begin {
            self.pass_over_hello_request(lent)?; // what it asks for is on its way
            self.begin_due_renegotiation(lent.common());
            return Ok(());
        }
        self.incoming.release_message();
        let unwanted = lent.common().renegotiation.unwanted;
        if self.drops_messages() {
            return if unwanted == Unwanted::Fail { Err(Refused::Renegotiation.into()) } else { Ok(()) };
        }
        if !self.lets_peer_renegotiate(lent.common()) {
            return self.refuse_renegotiation(unwanted, lent);
        }
        if unwanted == Unwanted::Fail && !self.write.control_may_leave() {
            return Err(Refused::Renegotiation.into());
        }
        self.renegotiation.wish = Wish::Begin;
        self.begin_due_renegotiation(lent.common());
        Ok(())
    }

    /// A ClientHello that came between handshakes. One that is let in stays where it is, for the handshake to find it.
    pub(crate) fn on_client_hello_again<P: Provider>(
        &mut self,
        lent: &mut Loan<'_, R, P>,
    ) -> Result<(), Error> {
        let unwanted = lent.common().renegotiation.unwanted;
        if self.drops_messages() && unwanted != Unwanted::Fail {
            self.incoming.release_message();
            return Ok(());
        }
        if !self.drops_messages() && self.lets_peer_renegotiate(lent.common()) {
            self.incoming.put_message_back();
            self.begin_renegotiation();
            return Ok(());
        }
        self.incoming.release_message();
        // A client waits for an answer.
        let unwanted = if unwanted == Unwanted::Ignore { Unwanted::Refuse } else { unwanted };
        self.refuse_renegotiation(unwanted, lent)
    }

    /// Whether a message says nothing any more: behind our close, asked for or sent (R12).
    pub(crate) fn drops_messages(&self) -> bool {
        self.write.close() != Close::Open && self.negotiated.is_tls12()
    }

    fn lets_peer_renegotiate(&mut self, common: &Common) -> bool {
        let settings = common.renegotiation;
        let renegotiation = &mut self.renegotiation;
        // A wish of ours is granted even where the peer may have none: this is its answer, or comes before it.
        if R::OWN == Peer::Server {
            let asked = core::mem::take(&mut renegotiation.asked) == Asked::Yes;
            if asked || renegotiation.wish == Wish::Begin || self.key_update == KeyUpdate::HelloRequest {
                return true;
            }
        }
        if settings.by_peer == Permission::Denied || renegotiation.by_peer >= settings.limit {
            return false;
        }
        renegotiation.by_peer = renegotiation.by_peer.saturating_add(1);
        true
    }

    /// Whether a handshake is wished for that has not begun.
    pub(crate) fn wishes_renegotiation(&self) -> bool {
        self.renegotiation.wish != Wish::None
    }

    /// Begins the handshake that is wished for, once nothing stands in its way: at the start of a call that reads or
    /// writes, and where a HelloRequest was met.
    pub(crate) fn begin_due_renegotiation(&mut self, common: &Common) {
        if self.failed.is_some() || !self.wishes_renegotiation() {
            return;
        }
        let terms = self.terms(common);
        if !self.write.renegotiation_may_begin(&terms, self.peer_direction()) {
            return;
        }
        match R::OWN {
            Peer::Client => self.begin_renegotiation(),
            Peer::Server => {
                self.renegotiation.wish = Wish::None;
                self.key_update = KeyUpdate::HelloRequest;
            }
        }
    }

    fn peer_direction(&self) -> Direction {
        if self.read.is_closed() { Direction::Closed } else { Direction::Open }
    }

    /// Room that is lent for data is given up: our messages need it, and the data would come in the middle of them.
    fn begin_renegotiation(&mut self) {
        self.outgoing.give_up_reserved();
        self.renegotiation.wish = Wish::None;
        self.renegotiation.passed_over = Asked::No;
        self.renegotiation.idle_requests = 0;
        // What a HelloRequest would ask for begins. In the middle of it one says nothing, and would be out of place.
        if self.key_update == KeyUpdate::HelloRequest {
            self.key_update = KeyUpdate::None;
        }
        let state = core::mem::replace(&mut self.state, R::failed());
        self.state = R::begin_again(state);
        trace!("{}: another handshake: {}", R::NAME, R::name(&self.state));
    }

    /// Whether a record of a pending write has not left: in drained completion nothing of ours comes between it and the
    /// peer (V8).
    pub(crate) fn holds_handshake_back(&self, common: &Common) -> bool {
        let outgoing = if self.outgoing.is_empty() { Contents::Nothing } else { Contents::Bytes };
        self.is_renegotiating() && !self.write.handshake_may_leave(common.completion, outgoing)
    }

    /// HelloRequest in the middle of a handshake says nothing (RFC 5246, section 7.4.1.1), and not for ever.
    pub(crate) fn pass_over_hello_request<P: Provider>(
        &mut self,
        lent: &Loan<'_, R, P>,
    ) -> Result<(), Error> {
        let message = lent.incoming.bytes.get(self.incoming.message()).unwrap_or_default();
        hello_request::parse(message.get(HANDSHAKE_HEADER..).unwrap_or_default())?;
        let idle = &mut self.renegotiation.idle_requests;
        *idle = idle.saturating_add(1);
        if *idle > limits::IDLE_HELLO_REQUESTS {
            return Err(LimitExceeded::Renegotiations.into());
        }
        self.incoming.release_message();
        Ok(())
    }

    /// The peer's keys change at a change_cipher_spec, between two messages.
    pub(crate) fn on_key_change<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) -> Result<(), Error> {
        let boundary = self.incoming.message_boundary()?;
        let state = core::mem::replace(&mut self.state, R::failed());
        let (_, mut context) = self.split(HandshakeType::HELLO_REQUEST, lent)?;
        self.state = R::on_change_cipher_spec(state, boundary, &mut context)?;
        trace!("{}: change_cipher_spec: {}", R::NAME, R::name(&self.state));
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
        self.renegotiation.asked = Asked::Yes;
        self.key_update = KeyUpdate::Built;
        self.send_key_update(lent)
    }
}
