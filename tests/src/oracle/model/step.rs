//! Command by command: which machine is asked, and how its answer is told.

use tidegate::modes::Modes;
use tidegate::modes::read::ReadKind;

use super::super::trace::{Command, ModeCall, TestedRole};
use super::handshake::Progress;
use super::onlooker::{HandshakeSent, OnWire, Turn};
use super::row::Row;
use super::sending::Outbound;
use super::status::{Answer, Answered, Peer};
use super::{Delivery, Form, Fragment, Life, Model, Predicted, Said, Stale};

/// Fragment sizes that OpenSSL accepts.
const FRAGMENTS: std::ops::RangeInclusive<usize> = 512..=16384;

impl Model {
    /// Takes a command, and says what comes of it.
    pub fn step(&mut self, command: &Command) -> Predicted {
        use Command as C;
        self.rows.clear();
        if self.config.version == 12 && matches!(command, C::Renegotiate | C::PeerRenegotiate) {
            self.delivery = Delivery::AsSeen;
        }
        let predicted = match *command {
            C::Write(span) => self.call(Form::Plain, |model| model.write(span, Form::Plain)),
            // W1, R1
            C::WriteNegative(_) | C::ReadNegative(_) | C::PeekNegative(_) => {
                self.call(Form::Plain, |_| Answer::ssl(-1))
            }
            C::WriteEx(span) => self.call(Form::Ex, |model| model.write(span, Form::Ex)),
            C::Read(len) => self.call(Form::Plain, |model| model.read(len, ReadKind::Read)),
            C::ReadEx(len) => self.call(Form::Ex, |model| model.read(len, ReadKind::Read)),
            C::Peek(len) => self.call(Form::Plain, |model| model.read(len, ReadKind::Peek)),
            C::Handshake => self.call(Form::Plain, Self::handshake),
            C::Shutdown => self.call(Form::Plain, Self::shutdown),
            C::Pending => self.call_aside(|model| (1, i64::try_from(model.pending()).ok())),
            C::KeyUpdate(_) => self.call_aside(|model| (model.heard().update_keys(), None)),
            C::NewTicket => self.call_aside(|model| (model.heard().new_ticket(), None)),
            C::Renegotiate => self.call_aside(|model| (model.heard().renegotiate(), None)),
            C::Mode(call) => self.call_aside(|model| (1, Some(change(&mut model.modes, call)))),
            C::ContextMode(call) => {
                self.call_aside(|model| (1, Some(change(&mut model.context_modes, call))))
            }
            C::SetFragment(size) => self.call_aside(|model| (model.set_fragment(size), None)),
            C::SetState => self.call_aside(|model| (model.set_state(), None)),
            C::StaleError => around(|| self.stale = Stale::Yes),
            C::SendBudget(budget) => around(|| self.sending.set_budget(budget)),
            C::ReceiveBudget(budget) => around(|| self.incoming.set_budget(budget)),
            C::EndOfTransport => around(|| self.incoming.end()),
            C::SendError => around(|| self.sending.fail()),
            C::Drain => self.by_peer(Turn::Reads),
            C::PeerHandshake => self.by_peer(Turn::Handshakes),
            C::PeerWrite(_) => self.by_peer(Turn::Writes),
            C::PeerFatal => self.by_peer(Turn::Fails),
            C::PeerShutdown => self.by_peer(Turn::ShutsDown),
            C::PeerRenegotiate if self.role == TestedRole::Server => self.by_peer(Turn::Reads), // a client does so first
            C::PeerKeyUpdate(_) | C::PeerTicket | C::PeerRenegotiate => self.by_peer(Turn::SendsOther),
        };
        self.complete(predicted)
    }

    /// A call after which `SSL_get_error` is asked.
    fn call(&mut self, form: Form, call: impl FnOnce(&mut Self) -> Answer) -> Predicted {
        let answer = call(self);
        let error = answer.error(self.status, self.peer);
        let stale = std::mem::replace(&mut self.stale, Stale::No);
        if stale == Stale::Yes && !matches!(error, "NONE" | "SSL") {
            self.used(Row::V15);
        }
        let (ret, count) = match (answer.result, form) {
            (Answered::Count(count), Form::Plain) => (i64::try_from(count).ok(), None),
            (Answered::Count(count), Form::Ex) => (Some(1), Some(count)),
            (Answered::Fixed(ret), Form::Plain) => (Some(ret), None),
            (Answered::Fixed(ret), Form::Ex) => (Some(ret.max(0)), None),
        };
        let want = Some(self.status.want.name());
        Predicted { ret, count, error: Some(error), want, ..Predicted::default() }
    }

    /// A call after which it is not: what it returns, and a mask or size beside it.
    fn call_aside(&mut self, call: impl FnOnce(&mut Self) -> (i64, Option<i64>)) -> Predicted {
        let (ret, value) = call(self);
        Predicted { ret: Some(ret), value, ..Predicted::default() }
    }

    /// What was set aside comes first, and apart.
    fn pending(&self) -> usize {
        if self.ahead > 0 { self.ahead } else { self.rest }
    }

    /// The thread's queue of errors is empty again.
    fn heard(&mut self) -> &mut Self {
        self.stale = Stale::No;
        self
    }

    fn set_fragment(&mut self, size: usize) -> i64 {
        let accepted = FRAGMENTS.contains(&size);
        if accepted {
            self.split = self.split.min(size);
            self.fragment = Fragment::Changed;
        }
        i64::from(accepted)
    }

    fn set_state(&mut self) -> i64 {
        if matches!(self.progress, Progress::NoRole) {
            self.progress = Progress::begin(&self.config);
        }
        1
    }

    /// The peer is in the same thread, and its calls have the same queue of errors.
    fn by_peer(&mut self, turn: Turn) -> Predicted {
        self.heard();
        let left = self.progress.has_to_send() || self.sending.holds(Outbound::Handshake);
        let handshake = if left { HandshakeSent::Part } else { HandshakeSent::All };
        let wire = OnWire { untaken: self.sending.untaken(), end: self.sending.wire_end(), handshake };
        let takes = self.onlooker.takes(turn, wire) || self.delivery == Delivery::AsSeen;
        let taken = if takes { self.sending.take_passed() } else { Vec::new() };
        self.delivered += taken.iter().map(|span| span.length).sum::<usize>();
        Predicted {
            delivered: Some(self.delivered),
            delivered_data: taken,
            delivery: self.delivery,
            ..Predicted::default()
        }
    }

    fn complete(&mut self, predicted: Predicted) -> Predicted {
        let own = u8::from(self.says_shutdown == Said::Yes);
        let peer = if self.peer == Peer::Closed { 2 } else { 0 };
        Predicted {
            accepted: self.accepted,
            wire: self.sending.take_completed(),
            read: self.taken,
            shutdown: own | peer,
            fatal: self.life == Life::Failed,
            mode: self.modes.bits(),
            rows: std::mem::take(&mut self.rows),
            ..predicted
        }
    }
}

/// A command around the calls: nothing is recorded of it.
fn around(change: impl FnOnce()) -> Predicted {
    change();
    Predicted::default()
}

/// A mode call: the mask that it returns.
fn change(modes: &mut Modes, call: ModeCall) -> i64 {
    *modes = match call {
        ModeCall::Set(bits) => modes.set(Modes::from_bits(bits)),
        ModeCall::Clear(bits) => modes.clear(Modes::from_bits(bits)),
        ModeCall::Get => *modes,
    };
    i64::from(modes.bits())
}
