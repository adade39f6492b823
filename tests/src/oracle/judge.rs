//! Holds what a connection did against what OpenSSL was recorded to do, and what differs against a prediction.

use std::fmt;

use super::compared::{Compared, Difference};
use super::delivery::Delivered;
use super::model::{Model, Predicted, Row};
use super::provoked::Provoked;
use super::record::Content;
use super::run::Observed;
use super::tidegate::SPEAKS_TLS12;
use super::trace::{Command, Results, Start, TestedRole, Trace};

/// What became of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As recorded.
    Equal,
    /// As predicted by a named deviation, or after one.
    Excused(Row, Agreement),
    /// In a handshake under a budget, whose number of records is nobody's to say.
    Unordered(Agreement),
    /// Neither.
    Different(Box<Difference>),
}

/// Whether an operation that need not be as recorded is so all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// It is.
    AsRecorded,
    /// It is not.
    Otherwise,
}

impl Agreement {
    fn of(recorded: &Compared, observed: &Compared) -> Self {
        if recorded == observed { Self::AsRecorded } else { Self::Otherwise }
    }
}

/// Why a trace is not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NotRun {
    /// It is of TLS 1.2.
    Tls12,
    /// The tested server sends tickets in it.
    Tickets,
}

impl fmt::Display for NotRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tls12 => "TLS 1.2",
            Self::Tickets => "a server that sends tickets",
        })
    }
}

/// Whether, and why, a trace is not run.
#[must_use]
pub fn not_run(trace: &Trace) -> Option<NotRun> {
    let config = &trace.config;
    let asks = || trace.operations.iter().any(|operation| operation.command == Command::NewTicket);
    match config.version {
        13 if config.role == TestedRole::Server && (config.tickets > 0 || asks()) => Some(NotRun::Tickets),
        13 => None,
        _ if SPEAKS_TLS12 => None,
        _ => Some(NotRun::Tls12),
    }
}

/// Judges every operation of a trace.
///
/// # Panics
/// If others were observed than were recorded.
#[must_use]
pub fn judge(trace: &Trace, observed: &[Observed]) -> Vec<Verdict> {
    assert_eq!(trace.operations.len(), observed.len(), "trace {} {}", trace.number, trace.name);
    let mut judge = Judge::new(trace);
    trace
        .operations
        .iter()
        .zip(observed)
        .map(|(operation, observed)| judge.operation(&operation.command, &operation.results, observed))
        .collect()
}

struct Judge<'a> {
    trace: &'a Trace,
    model: Model,
    /// What of the stream the model's peer was delivered.
    delivered: Delivered,
    /// The deviations that were used so far, the latest last.
    used: Vec<Row>,
    progress: Progress,
    handshake: Handshake,
    /// Whether the transport's two directions are limited.
    limited: [bool; 2],
    /// What the peer was made to do by which it fails with an alert.
    provoked: Provoked,
}

/// How far a trace is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// In a handshake whose records are counted by budgets.
    Unordered,
    /// The same, where the recorded one was over (or had failed) an operation ago.
    Late,
    /// Everything was as recorded.
    AsRecorded,
    /// Something was not: from there on the prediction counts.
    Deviated,
}

/// How far the recorded handshake is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Handshake {
    NoRole,
    Begun,
    Over,
}

/// What the recorded order of a handshake's records says of an operation.
enum Order {
    /// All of it: it is to be compared.
    Kept,
    /// Nothing.
    Open,
    /// That it is wrong.
    Wrong(&'static str),
}

/// Whether a connection's handshake is over or has failed; `None` after an operation that does not tell.
fn settled(results: &Results) -> Option<bool> {
    results.state.map(|state| !state.in_init || state.fatal)
}

/// Whether a connection is in a handshake, as far as the operation tells.
fn shakes(results: &Results) -> bool {
    settled(results) == Some(false)
}

fn is_fatal(results: &Results) -> bool {
    results.state.is_some_and(|state| state.fatal)
}

impl<'a> Judge<'a> {
    fn new(trace: &'a Trace) -> Self {
        let handshake = match trace.config.start {
            Start::Done => Handshake::Over,
            Start::Implicit => Handshake::Begun,
            Start::NoRole => Handshake::NoRole,
        };
        Self {
            trace,
            model: Model::new(&trace.config),
            delivered: Delivered::new(),
            used: Vec::new(),
            progress: Progress::AsRecorded,
            handshake,
            limited: [false; 2],
            provoked: Provoked::No,
        }
    }

    fn operation(&mut self, command: &Command, recorded: &Results, observed: &Observed) -> Verdict {
        let predicted = self.predict(command, observed);
        let excused = self.has_excuse();
        let order = match self.order(command, recorded, &observed.results) {
            // One connection fails of what the other is said to outlive: from here on the prediction counts.
            Order::Open | Order::Wrong(_) if excused && is_fatal(recorded) && !predicted.fatal => Order::Kept,
            Order::Wrong(_) if excused && !is_fatal(recorded) && predicted.fatal => Order::Kept,
            order @ (Order::Kept | Order::Open | Order::Wrong(_)) => order,
        };
        let unreasonable = self.unreasonable(observed);
        self.provoked = self.provoked.then(command, recorded, &self.trace.config);
        let (recorded, observed) = (Compared::of(recorded), Compared::of(&observed.results));
        match (unreasonable, order) {
            (Some(why), _) | (None, Order::Wrong(why)) => {
                self.different((recorded, observed), &predicted, Some(why))
            }
            (None, Order::Open) => Verdict::Unordered(Agreement::of(&recorded, &observed)),
            (None, Order::Kept) => self.compare((recorded, observed), &predicted),
        }
    }

    /// Whether a deviation was used that the trace has what it takes for.
    fn has_excuse(&self) -> bool {
        !self.used.is_empty() && self.used.iter().all(|row| row.allowed(self.trace))
    }

    fn predict(&mut self, command: &Command, observed: &Observed) -> Predicted {
        self.model.arrived(&observed.arrived);
        let predicted = self.model.step(command);
        self.delivered.follow(&predicted, observed.results.delivered);
        for row in &predicted.rows {
            self.used.retain(|used| used != row);
            self.used.push(*row);
        }
        predicted
    }

    /// Whether the operation stands in a handshake under a budget, and whether that goes on in both.
    fn order(&mut self, command: &Command, recorded: &Results, observed: &Results) -> Order {
        match (command, self.handshake) {
            (Command::SendBudget(budget), _) => self.limited[0] = budget.records.is_some(),
            (Command::ReceiveBudget(budget), _) => self.limited[1] = budget.records.is_some(),
            (Command::SetState, Handshake::NoRole) => self.handshake = Handshake::Begun,
            _ => {}
        }
        if self.trace.config.version == 12 && [recorded, observed].into_iter().any(shakes) {
            self.handshake = Handshake::Begun; // again
        }
        let begins = self.handshake == Handshake::Begun && self.limited.contains(&true);
        if begins && self.progress == Progress::AsRecorded {
            self.progress = Progress::Unordered;
        }
        if self.handshake == Handshake::Begun && settled(recorded) == Some(true) {
            self.handshake = Handshake::Over;
        }
        if !matches!(self.progress, Progress::Unordered | Progress::Late) {
            return Order::Kept;
        }
        let (order, progress) = self.unordered(recorded, observed);
        self.progress = progress;
        order
    }

    fn unordered(&self, recorded: &Results, observed: &Results) -> (Order, Progress) {
        // How many records a flight has decides which end of a budget the peer's alert is found on.
        if is_fatal(observed) && !is_fatal(recorded) && !self.provoked.has_failed() {
            return (
                Order::Wrong("the handshake failed, which the recorded one did not"),
                Progress::Deviated,
            );
        }
        match (settled(recorded), settled(observed), self.progress) {
            (Some(true), Some(true), _) => (Order::Open, Progress::AsRecorded),
            (_, Some(false), Progress::Late) => {
                (Order::Wrong("the handshake goes on, and the recorded one was over"), Progress::Deviated)
            }
            (Some(true), _, _) => (Order::Open, Progress::Late),
            (_, _, progress) => (Order::Open, progress),
        }
    }

    /// What no recording and no deviation explains.
    fn unreasonable(&self, observed: &Observed) -> Option<&'static str> {
        let unreadable = |content: &Content| matches!(content, Content::Unreadable(_));
        let alert = |content: &Content| matches!(content, Content::Alert(_));
        let (mut arrived, mut sent) = (observed.arrived.iter().flatten(), observed.sent.iter().flatten());
        if sent.any(unreadable) || arrived.clone().any(unreadable) {
            return Some("a record does not open");
        }
        let complains = !self.provoked.may_complain() && arrived.any(alert);
        complains.then_some("the peer sent an alert without a reason in the recording")
    }

    fn compare(&mut self, results: (Compared, Compared), predicted: &Predicted) -> Verdict {
        let (recorded, observed) = &results;
        if self.progress == Progress::AsRecorded && recorded == observed {
            return Verdict::Equal;
        }
        // Only a deviation's own operation may begin to differ, or a later one where it shows later.
        let begins = self.progress == Progress::AsRecorded;
        let own = !begins || !predicted.rows.is_empty() || self.used.iter().any(|row| row.shows_later());
        self.progress = Progress::Deviated;
        let expected = Compared::predicted(predicted, &self.delivered.stream, recorded);
        let allowed = own && self.used.iter().all(|row| row.allowed(self.trace));
        match self.used.last() {
            Some(row) if *observed == expected && allowed => {
                Verdict::Excused(*row, Agreement::of(recorded, observed))
            }
            _ => self.different(results, predicted, None),
        }
    }

    fn different(
        &self,
        (recorded, observed): (Compared, Compared),
        predicted: &Predicted,
        because: Option<&'static str>,
    ) -> Verdict {
        let predicted =
            (Compared::predicted(predicted, &self.delivered.stream, &recorded), self.used.clone());
        Verdict::Different(Box::new(Difference { recorded, observed, predicted, because }))
    }
}
