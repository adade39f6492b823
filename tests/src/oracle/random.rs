//! Random commands from a seed, chosen by what the ones before came to.

use super::features::span_of;
use super::numbers::Numbers;
use super::profile::{Kind, Profile};
use super::trace::{Budget, Command, Config, Fill, ModeCall, Results, Span, Start, TestedRole};

/// `SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER`.
const ACCEPT_MOVING_WRITE_BUFFER: i64 = 2;
/// What a sequence ends with: everything may pass, and the peer reads it.
const OPEN: Budget = Budget { records: None, half: false };
/// Lengths at which something changes, most of them small so that thousands of sequences are quick.
const LENGTHS: [usize; 14] = [1, 2, 100, 511, 512, 513, 1000, 1024, 1025, 2000, 5000, 16383, 16385, 40000];
/// The modes that have a meaning for I/O, alone and together.
const MASKS: [u32; 8] = [1, 2, 3, 4, 5, 6, 7, 16];

/// Fragment sizes that may be set, and two that may not.
const FRAGMENTS: [usize; 7] = [512, 513, 1024, 4096, 16384, 511, 16385];

/// Commands after a connection has failed: it only repeats itself.
const AFTER_FAILURE: usize = 6;

/// Whether a server under test sends tickets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerTickets {
    /// It does.
    Sent,
    /// It does not: tickets come from servers that are peers alone.
    NotSent,
}

/// A sequence of commands in the making.
#[derive(Clone, Debug)]
pub struct Sequence {
    numbers: Numbers,
    profile: Profile,
    server_tickets: ServerTickets,
    config: Config,
    left: usize,
    /// The write that was not completed.
    blocked: Option<Span>,
    /// The last write, whose result comes next.
    written: Option<Span>,
    accepted: usize,
    modes: i64,
    /// Whether a handshake in mid-connection is in progress.
    shakes: bool,
    /// Whether it has a role; what a second one does in the middle of a handshake is nobody's to rely on.
    start: Start,
}

impl Sequence {
    /// The one of a seed.
    #[must_use]
    pub fn new(seed: u64, server_tickets: ServerTickets) -> Self {
        let mut numbers = Numbers::new(seed);
        let profile = Profile::of(seed);
        let config = configuration(&mut numbers, profile, server_tickets);
        Self::of(numbers, profile, (config, server_tickets))
    }

    /// The one of a seed in TLS 1.2.
    #[must_use]
    pub fn new_12(seed: u64) -> Self {
        let mut numbers = Numbers::new(seed);
        let profile = Profile::of_12(seed);
        let config = configuration(&mut numbers, profile, ServerTickets::NotSent);
        let renegotiation = numbers.chance(60);
        let config = Config { version: 12, tickets: 0, renegotiation, ..config };
        Self::of(numbers, profile, (config, ServerTickets::NotSent))
    }

    fn of(mut numbers: Numbers, profile: Profile, (config, server_tickets): (Config, ServerTickets)) -> Self {
        let left = 8 + numbers.below(30);
        let modes = config.modes.into();
        let (blocked, written, accepted) = (None, None, 0);
        Self {
            numbers,
            profile,
            server_tickets,
            config,
            left,
            blocked,
            written,
            accepted,
            modes,
            shakes: false,
            start: config.start,
        }
    }

    /// How its two ends are set up.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// The next command, after what came of the last one.
    pub fn next(&mut self, last: &Results) -> Option<Command> {
        self.learn(last);
        let command = match self.left {
            0 => return None,
            1 => Command::Drain,
            2 => Command::Write(self.retry().unwrap_or(Span { length: 1, ..self.new_span() })),
            3 => Command::SendBudget(OPEN),
            _ => self.any(),
        };
        self.left -= 1;
        self.written = span_of(&command);
        Some(command)
    }

    fn learn(&mut self, last: &Results) {
        self.accepted = last.accepted.unwrap_or(self.accepted);
        self.modes = last.state.map_or(self.modes, |state| state.mode);
        let shakes = last.state.map_or(self.shakes, |state| state.in_init && !state.fatal);
        self.shakes = shakes && self.config.version == 12 && self.start == Start::Done;
        if last.state.is_some_and(|state| state.fatal) {
            self.left = self.left.min(AFTER_FAILURE);
        }
        if let Some(span) = self.written.take() {
            let waits = matches!(last.error.as_deref(), Some("WANT_WRITE" | "WANT_READ"));
            self.blocked = waits.then_some(span);
        }
    }

    /// What brings a handshake on, mostly.
    fn handshake(&mut self) -> Command {
        match self.numbers.below(12) {
            0..=4 => Command::Drain,
            5..=7 => self.read(),
            8..=9 => self.write(),
            10 => Command::Handshake,
            _ => Command::SendBudget(OPEN),
        }
    }

    fn any(&mut self) -> Command {
        if self.shakes && self.numbers.chance(85) {
            return self.handshake();
        }
        let kind = self.numbers.weigh(&self.profile.weights()).unwrap_or(Kind::Write);
        match kind {
            Kind::Write => self.write(),
            Kind::Read => self.read(),
            Kind::Ask => self.numbers.pick(&[Command::Pending, Command::Handshake, Command::Handshake]),
            Kind::Modes => self.mode_call(),
            Kind::SendBudget => Command::SendBudget(self.budget()),
            Kind::ReceiveBudget => Command::ReceiveBudget(self.budget()),
            Kind::Drain => Command::Drain,
            Kind::PeerWrite => self.peer_write(),
            Kind::Fragment => Command::SetFragment(self.numbers.pick(&FRAGMENTS)),
            Kind::Stale => Command::StaleError,
            Kind::Negative => self.negative(),
            Kind::KeyUpdate => Command::KeyUpdate(self.numbers.pick(&[0, 1])),
            Kind::PeerKeyUpdate => Command::PeerKeyUpdate(self.numbers.pick(&[0, 1, 1])),
            Kind::Ticket => self.ticket(),
            Kind::Renegotiate => Command::Renegotiate,
            Kind::PeerRenegotiate => Command::PeerRenegotiate,
            Kind::PeerHandshake => Command::PeerHandshake,
            Kind::Shutdown => Command::Shutdown,
            Kind::PeerShutdown => Command::PeerShutdown,
            Kind::End => Command::EndOfTransport,
            Kind::SendError => Command::SendError,
            Kind::Fatal => Command::PeerFatal,
            Kind::SetState if self.start == Start::NoRole => self.set_role(),
            Kind::SetState => Command::Handshake,
        }
    }

    /// Mostly a short one, so that thousands of sequences are quick.
    fn peer_write(&mut self) -> Command {
        let most = if self.numbers.chance(4) { 40000 } else { 3000 };
        Command::PeerWrite(1 + self.numbers.below(most))
    }

    fn negative(&mut self) -> Command {
        self.numbers.pick(&[Command::WriteNegative(-1), Command::ReadNegative(-1), Command::PeekNegative(-5)])
    }

    fn set_role(&mut self) -> Command {
        self.start = Start::Implicit;
        Command::SetState
    }

    fn write(&mut self) -> Command {
        let span = self.retry().unwrap_or_else(|| self.new_span());
        if self.numbers.chance(15) { Command::WriteEx(span) } else { Command::Write(span) }
    }

    fn new_span(&mut self) -> Span {
        let length = match self.numbers.below(100) {
            0..=2 => 0,
            3..=49 => self.numbers.pick(&LENGTHS),
            _ => 1 + self.numbers.below(6000),
        };
        Span { buffer: 0, offset: self.accepted, length, fill: Fill::Right }
    }

    /// The blocked write again, mostly as it should be.
    fn retry(&mut self) -> Option<Span> {
        let blocked = self.blocked?;
        let misuses =
            matches!(self.profile, Profile::WrongWrites | Profile::Faults | Profile::RenegotiationFaults);
        if misuses && self.numbers.chance(12) {
            return Some(self.wrong_retry(blocked));
        }
        let moves = self.modes & ACCEPT_MOVING_WRITE_BUFFER != 0 && self.numbers.chance(25);
        let buffer = if moves { 1 - blocked.buffer } else { blocked.buffer };
        let more = if self.numbers.chance(12) { self.numbers.below(4000) } else { 0 };
        Some(Span { buffer, length: blocked.length + more, ..blocked })
    }

    fn wrong_retry(&mut self, blocked: Span) -> Span {
        let Span { buffer, offset, length, .. } = blocked;
        match self.numbers.below(5) {
            0 => Span { buffer: 1 - buffer, ..blocked },
            1 => Span { length: self.numbers.below(length.max(1)), ..blocked },
            2 => Span { fill: Fill::Altered, ..blocked },
            3 => {
                let step = self.numbers.below(length.max(1));
                Span { offset: offset + step, length: length - step, ..blocked }
            }
            _ => Span { offset: offset + 1 + self.numbers.below(4096), ..blocked },
        }
    }

    fn read(&mut self) -> Command {
        let length = match self.numbers.below(20) {
            0 => 0,
            1 => 40000,
            _ => 1 + self.numbers.below(3000),
        };
        let (read, read_ex, peek) = (Command::Read(length), Command::ReadEx(length), Command::Peek(length));
        self.numbers.weigh(&[(70, read), (8, read_ex), (22, peek)]).unwrap_or(read)
    }

    fn mode_call(&mut self) -> Command {
        let mask = self.numbers.pick(&MASKS);
        let call = self.numbers.pick(&[ModeCall::Set(mask), ModeCall::Clear(mask), ModeCall::Get]);
        if self.numbers.chance(25) { Command::ContextMode(call) } else { Command::Mode(call) }
    }

    fn budget(&mut self) -> Budget {
        let records =
            self.numbers.weigh(&[(25, None), (20, Some(0)), (25, Some(1)), (16, Some(2)), (14, Some(3))]);
        Budget { records: records.unwrap_or(None), half: self.numbers.chance(25) }
    }

    /// A ticket from the end that is the server.
    fn ticket(&mut self) -> Command {
        match (self.config.role, self.server_tickets) {
            (TestedRole::Client, _) => Command::PeerTicket,
            (TestedRole::Server, ServerTickets::Sent) => Command::NewTicket,
            (TestedRole::Server, ServerTickets::NotSent) => Command::KeyUpdate(0),
        }
    }
}

fn configuration(numbers: &mut Numbers, profile: Profile, server_tickets: ServerTickets) -> Config {
    let role = numbers.pick(&[TestedRole::Client, TestedRole::Server]);
    let fragment = numbers.pick(&[16384, 4096, 1024, 512, 512]);
    let start = match profile {
        Profile::Implicit if numbers.chance(80) => Start::Implicit,
        Profile::Implicit => Start::NoRole,
        Profile::Writes
        | Profile::WrongWrites
        | Profile::Mixed
        | Profile::Shutdown
        | Profile::Faults
        | Profile::Renegotiation
        | Profile::RenegotiationFaults => Start::Done,
    };
    let may_send = role == TestedRole::Client || server_tickets == ServerTickets::Sent;
    Config {
        role,
        version: 13,
        modes: numbers.pick(&[0, 1, 2, 3, 4, 4, 5, 6, 7]) + numbers.pick(&[0, 0, 16]),
        fragment,
        split: if numbers.chance(12) { fragment.min(700) } else { 0 },
        read_ahead: numbers.chance(15),
        start,
        tickets: if may_send && numbers.chance(15) { 1 + numbers.below(2) } else { 0 },
        renegotiation: false,
        ignore_unexpected_end: numbers.chance(15),
    }
}
