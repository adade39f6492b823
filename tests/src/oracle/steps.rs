//! One command after the other, on both ends.

use super::endpoint::{Endpoint, Ends, tested_role};
use super::libssl::Role;
use super::stream::{Buffers, Received};
use super::trace::{Command, Config, Results, Span, Start};

/// Calls of both ends that a handshake may take.
const HANDSHAKE_CALLS: usize = 10;

/// Room for any read: a call returns the bytes of one record at most.
const ROOM: usize = 1 << 17;

/// How many records have passed so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    /// From the tested end.
    pub(super) sent: usize,
    /// From the peer.
    pub(super) received: usize,
}

/// `SSL_set_connect_state` and `SSL_set_accept_state` can't fail.
fn set_role<T: Endpoint>(tested: &mut T, role: Role) -> i64 {
    tested.set_role(role);
    1
}

/// The two ends in the middle of a trace.
#[derive(Debug)]
pub(super) struct Steps<T, P> {
    pub(super) ends: Ends<T, P>,
    role: Role,
    unread_from: usize,
    buffers: Buffers,
    accepted: usize,
    read: Received,
    pub(super) delivered: Received,
    pub(super) peer_written: usize,
}

impl<T: Endpoint, P: Endpoint> Steps<T, P> {
    /// Shakes hands where the trace begins with that done. `extent` is the end of all writes.
    pub(super) fn new(ends: Ends<T, P>, config: &Config, extent: usize) -> Self {
        let mut steps = Self {
            ends,
            role: tested_role(config),
            unread_from: 0,
            buffers: Buffers::new(extent),
            accepted: 0,
            read: Received::from_peer(),
            delivered: Received::from_tested(),
            peer_written: 0,
        };
        if config.start == Start::Done {
            steps.shake_hands();
        }
        steps.unread_from = steps.ends.wire.borrow().taken();
        steps
    }

    fn shake_hands(&mut self) {
        let both = |steps: &mut Self| (steps.ends.tested.handshake(), steps.ends.peer.handshake());
        let done = (0..HANDSHAKE_CALLS).any(|_| both(self) == (1, 1));
        assert!(done, "no handshake: {:?} {:?}", self.ends.tested.reason(), self.ends.peer.reason());
        if self.role == Role::Server {
            self.drain();
        }
    }

    pub(super) const fn peer_role(&self) -> Role {
        match self.role {
            Role::Client => Role::Server,
            Role::Server => Role::Client,
        }
    }

    pub(super) const fn ends(&self) -> &Ends<T, P> {
        &self.ends
    }

    /// How many of the peer's records the tested end had taken before the first command.
    pub(super) const fn unread_from(&self) -> usize {
        self.unread_from
    }

    pub(super) fn mark(&self) -> Mark {
        let wire = self.ends.wire.borrow();
        Mark { sent: wire.sent().len(), received: wire.received().len() }
    }

    /// Runs one command. The records on the wire are not among the results.
    pub(super) fn step(&mut self, command: &Command) -> Results {
        match *command {
            Command::Write(span) => self.write(span),
            Command::WriteNegative(length) => self.answered(|tested| tested.write_negative(length)),
            Command::WriteEx(span) => self.write_ex(span),
            Command::Read(length) => self.read(length),
            Command::ReadNegative(length) => self.answered(|tested| tested.read_negative(length)),
            Command::PeekNegative(length) => self.answered(|tested| tested.peek_negative(length)),
            Command::ReadEx(length) => self.read_ex(length),
            Command::Peek(length) => self.peek(length),
            Command::Handshake => self.answered(T::handshake),
            Command::Shutdown => self.answered(T::shutdown),
            Command::KeyUpdate(kind) => self.reasoned(|tested| tested.key_update(kind)),
            Command::NewTicket => self.reasoned(T::new_ticket),
            Command::Renegotiate => self.reasoned(T::renegotiate),
            Command::Pending => self.valued(|tested| tested.state().pending),
            Command::Mode(call) => self.valued(|tested| tested.mode(call)),
            Command::ContextMode(call) => self.valued(|tested| tested.context_mode(call)),
            Command::SetFragment(length) => self.plain(|tested, _| tested.set_fragment(length)),
            Command::SetState => self.plain(set_role),
            Command::StaleError => self.around(|ends| ends.tested.leave_error()),
            Command::SendBudget(budget) => self.around(|ends| ends.wire.borrow_mut().set_send_budget(budget)),
            Command::ReceiveBudget(budget) => {
                self.around(|ends| ends.wire.borrow_mut().set_receive_budget(budget))
            }
            Command::EndOfTransport => self.around(|ends| ends.wire.borrow_mut().end()),
            Command::SendError => self.around(|ends| ends.wire.borrow_mut().refuse()),
            Command::Drain => self.by_peer(Self::drain),
            Command::PeerWrite(length) => self.by_peer(|steps| steps.peer_write(length)),
            Command::PeerKeyUpdate(kind) => {
                self.by_peer(|steps| steps.sent_at_once(|peer| peer.key_update(kind)))
            }
            Command::PeerTicket => self.by_peer(|steps| steps.sent_at_once(P::new_ticket)),
            Command::PeerRenegotiate => self.by_peer(Self::peer_renegotiate),
            Command::PeerHandshake => self.by_peer(|steps| steps.ends.peer.handshake()),
            Command::PeerShutdown => self.by_peer(|steps| steps.ends.peer.shutdown()),
            Command::PeerFatal => self.by_peer(Self::peer_fatal),
        }
    }

    /// Changes what surrounds the two ends, which has no results.
    fn around(&mut self, change: impl FnOnce(&mut Ends<T, P>)) -> Results {
        change(&mut self.ends);
        Results::default()
    }

    /// A call of the tested end that has an `SSL_get_error`.
    fn answered(&mut self, call: impl FnOnce(&mut T) -> i64) -> Results {
        let ret = call(&mut self.ends.tested);
        self.answer(ret)
    }

    fn answer(&self, ret: i64) -> Results {
        let tested = &self.ends.tested;
        let (error, want) = (Some(tested.error(ret).to_owned()), Some(tested.want().to_owned()));
        self.with_state(Results {
            ret: Some(ret),
            error,
            want,
            reason: tested.reason(),
            ..Results::default()
        })
    }

    /// One without, which may leave a reason.
    fn reasoned(&mut self, call: impl FnOnce(&mut T) -> i64) -> Results {
        let ret = Some(call(&mut self.ends.tested));
        self.with_state(Results { ret, reason: self.ends.tested.reason(), ..Results::default() })
    }

    /// One that answers with a number of its own.
    fn valued(&mut self, call: impl FnOnce(&mut T) -> i64) -> Results {
        let value = Some(call(&mut self.ends.tested));
        self.with_state(Results { ret: Some(1), value, ..Results::default() })
    }

    /// One that answers with success or failure alone.
    fn plain(&mut self, call: impl FnOnce(&mut T, Role) -> i64) -> Results {
        let ret = Some(call(&mut self.ends.tested, self.role));
        self.with_state(Results { ret, ..Results::default() })
    }

    fn with_state(&self, results: Results) -> Results {
        Results {
            accepted: Some(self.accepted),
            part: self.ends.wire.borrow().is_partial(),
            read: Some(self.read.count),
            read_wrong: !self.read.is_right,
            state: Some(self.ends.tested.state()),
            ..results
        }
    }

    fn write(&mut self, span: Span) -> Results {
        let ret = self.ends.tested.write(self.buffers.fill(span));
        self.accepted += usize::try_from(ret).unwrap_or_default();
        self.answer(ret)
    }

    fn write_ex(&mut self, span: Span) -> Results {
        let mut count = 0;
        let ret = self.ends.tested.write_ex(self.buffers.fill(span), &mut count);
        let count = (ret == 1).then_some(count);
        self.accepted += count.unwrap_or_default();
        Results { count, ..self.answer(ret) }
    }

    fn read(&mut self, length: usize) -> Results {
        let mut room = vec![0; length.min(ROOM)];
        let ret = self.ends.tested.read(&mut room);
        self.read.add(&room[..usize::try_from(ret).unwrap_or_default()]);
        self.answer(ret)
    }

    fn read_ex(&mut self, length: usize) -> Results {
        let mut room = vec![0; length.min(ROOM)];
        let mut count = 0;
        let ret = self.ends.tested.read_ex(&mut room, &mut count);
        let count = (ret == 1).then_some(count);
        self.read.add(&room[..count.unwrap_or_default()]);
        Results { count, ..self.answer(ret) }
    }

    fn peek(&mut self, length: usize) -> Results {
        let mut room = vec![0; length.min(ROOM)];
        let ret = self.ends.tested.peek(&mut room);
        // A look at the stream, not a part of it: the next read takes the same bytes.
        let mut seen = self.read;
        seen.add(&room[..usize::try_from(ret).unwrap_or_default()]);
        self.read.is_right &= seen.is_right;
        self.answer(ret)
    }
}
