//! One command after the other, on both ends.

use super::endpoint::Endpoint;
use super::libssl::Role;
use super::reference::tested_role;
use super::run::Ends;
use super::stream::{Buffers, Received};
use super::trace::{Command, Config, Results, Span, Start};

/// Calls of both ends that a handshake may take.
const HANDSHAKE_CALLS: usize = 10;

/// How many records have passed so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    /// From the tested end.
    pub(super) sent: usize,
    /// From the peer.
    pub(super) received: usize,
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
    /// Shakes hands where the trace begins with that done.
    pub(super) fn new(ends: Ends<T, P>, config: &Config) -> Self {
        let mut steps = Self {
            ends,
            role: tested_role(config),
            unread_from: 0,
            buffers: Buffers::default(),
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
        self.surroundings(command).unwrap_or_else(|| {
            let results = self.tested_call(command);
            self.with_state(results)
        })
    }

    /// What concerns the transport or the peer; `None` for a call of the tested end.
    fn surroundings(&mut self, command: &Command) -> Option<Results> {
        let wire = &self.ends.wire;
        match command {
            Command::SendBudget(budget) => wire.borrow_mut().set_send_budget(*budget),
            Command::ReceiveBudget(budget) => wire.borrow_mut().set_receive_budget(*budget),
            Command::EndOfTransport => wire.borrow_mut().end(),
            Command::SendError => wire.borrow_mut().refuse(),
            Command::StaleError => self.ends.tested.leave_error(),
            _ => return self.peer_call(command),
        }
        Some(Results::default())
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

    fn tested_call(&mut self, command: &Command) -> Results {
        let tested = &mut self.ends.tested;
        match *command {
            Command::Write(span) => self.write(span),
            Command::WriteEx(span) => self.write_ex(span),
            Command::WriteNegative(length) => {
                let ret = tested.write_negative(length);
                self.answer(ret)
            }
            Command::Read(length) => self.read(length),
            Command::ReadEx(length) => self.read_ex(length),
            Command::Peek(length) => self.peek(length),
            Command::Handshake => {
                let ret = tested.handshake();
                self.answer(ret)
            }
            Command::Shutdown => {
                let ret = tested.shutdown();
                self.answer(ret)
            }
            _ => self.plain_call(command),
        }
    }

    /// The calls that have no `SSL_get_error`.
    fn plain_call(&mut self, command: &Command) -> Results {
        let tested = &mut self.ends.tested;
        let (ret, value) = match *command {
            Command::KeyUpdate(kind) => return Self::reasoned(tested.key_update(kind), tested),
            Command::NewTicket => return Self::reasoned(tested.new_ticket(), tested),
            Command::Renegotiate => return Self::reasoned(tested.renegotiate(), tested),
            Command::Pending => (1, Some(tested.state().pending)),
            Command::Mode(call) => (1, Some(tested.mode(call))),
            Command::ContextMode(call) => (1, Some(tested.context_mode(call))),
            Command::SetFragment(length) => (tested.set_fragment(length), None),
            Command::SetState => {
                tested.set_role(self.role);
                (1, None)
            }
            _ => unreachable!("{command} is no call of the tested end"),
        };
        Results { ret: Some(ret), value, ..Results::default() }
    }

    fn reasoned(ret: i64, tested: &T) -> Results {
        Results { ret: Some(ret), reason: tested.reason(), ..Results::default() }
    }

    /// What a call of the tested end came to.
    fn answer(&self, ret: i64) -> Results {
        let tested = &self.ends.tested;
        Results {
            ret: Some(ret),
            error: Some(tested.error(ret).to_owned()),
            want: Some(tested.want().to_owned()),
            reason: tested.reason(),
            ..Results::default()
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
        let mut room = vec![0; length];
        let ret = self.ends.tested.read(&mut room);
        self.read.add(&room[..usize::try_from(ret).unwrap_or_default()]);
        self.answer(ret)
    }

    fn read_ex(&mut self, length: usize) -> Results {
        let mut room = vec![0; length];
        let mut count = 0;
        let ret = self.ends.tested.read_ex(&mut room, &mut count);
        let count = (ret == 1).then_some(count);
        self.read.add(&room[..count.unwrap_or_default()]);
        Results { count, ..self.answer(ret) }
    }

    fn peek(&mut self, length: usize) -> Results {
        let mut room = vec![0; length];
        let ret = self.ends.tested.peek(&mut room);
        // A look at the stream, not a part of it: the next read takes the same bytes.
        let mut seen = self.read;
        seen.add(&room[..usize::try_from(ret).unwrap_or_default()]);
        self.read.is_right &= seen.is_right;
        self.answer(ret)
    }
}
