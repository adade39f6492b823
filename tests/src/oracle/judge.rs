//! Holds what a connection did against what OpenSSL was recorded to do, and what differs against a prediction.

use std::collections::BTreeMap;
use std::fmt;

use super::model::{Model, Predicted, Row};
use super::run::Observed;
use super::stream::Received;
use super::trace::{Command, Results, Start, TestedRole, Trace, WireRecord};

/// What became of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As recorded.
    Equal,
    /// As predicted by a named deviation, or after one.
    Excused(Row),
    /// In a handshake under a budget, whose number of records is nobody's to say.
    Unordered,
    /// Neither.
    Different(Box<Difference>),
}

/// An operation that went otherwise than recorded and than predicted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What was recorded.
    pub recorded: Compared,
    /// What came of it.
    pub observed: Compared,
    /// What was predicted, and by which deviations so far.
    pub predicted: (Compared, Vec<Row>),
}

/// What of an operation's results is compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    ret: Option<i64>,
    count: Option<usize>,
    value: Option<i64>,
    error: Option<String>,
    want: Option<String>,
    accepted: Option<usize>,
    data: Vec<usize>,
    read: Option<usize>,
    read_wrong: bool,
    shutdown: Option<i64>,
    fatal: Option<bool>,
    mode: Option<i64>,
    delivered: Option<(usize, u64)>,
}

impl Compared {
    /// The recorded or observed results of an operation.
    #[must_use]
    pub fn of(results: &Results) -> Self {
        let data = |record: &WireRecord| match record {
            WireRecord::Data(length) => Some(*length),
            WireRecord::Handshake | WireRecord::Alert | WireRecord::ChangeCipherSpec => None,
        };
        Self {
            ret: results.ret,
            count: results.count,
            value: results.value,
            error: results.error.clone(),
            want: results.want.clone(),
            accepted: results.accepted,
            data: results.wire.iter().filter_map(data).collect(),
            read: results.read,
            read_wrong: results.read_wrong,
            shutdown: results.state.map(|state| state.shutdown),
            fatal: results.state.map(|state| state.fatal),
            mode: results.state.map(|state| state.mode),
            delivered: results.delivered.zip(results.delivered_hash),
        }
    }

    /// What is predicted of an operation: the same fields as those that were recorded.
    fn predicted(predicted: &Predicted, stream: &Received, like: &Self) -> Self {
        Self {
            ret: predicted.ret,
            count: predicted.count,
            value: predicted.value,
            error: predicted.error.map(str::to_owned),
            want: predicted.want.map(str::to_owned),
            accepted: like.accepted.map(|_| predicted.accepted),
            data: predicted.wire.clone(),
            read: like.read.map(|_| predicted.read),
            read_wrong: false,
            shutdown: like.shutdown.map(|_| predicted.shutdown.into()),
            fatal: like.fatal.map(|_| predicted.fatal),
            mode: like.mode.map(|_| predicted.mode.into()),
            delivered: like.delivered.map(|_| (stream.count, stream.hash)),
        }
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
        _ => Some(NotRun::Tls12),
    }
}

/// Judges every operation of a trace.
#[must_use]
pub fn judge(trace: &Trace, observed: &[Observed]) -> Vec<Verdict> {
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
    stream: Received,
    /// The deviations that were used so far, the latest last.
    used: Vec<Row>,
    progress: Progress,
    /// Whether a handshake under a budget begins when the role is set.
    role_comes: bool,
}

/// How far a trace is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// In a handshake whose records are counted by budgets.
    Unordered,
    /// Everything was as recorded.
    AsRecorded,
    /// Something was not: from there on the prediction counts.
    Deviated,
}

impl<'a> Judge<'a> {
    fn new(trace: &'a Trace) -> Self {
        let budgets = trace.operations.iter().any(|operation| {
            let (Command::SendBudget(budget) | Command::ReceiveBudget(budget)) = operation.command else {
                return false;
            };
            budget.records.is_some()
        });
        let begins = |start| budgets && trace.config.start == start;
        let progress = if begins(Start::Implicit) { Progress::Unordered } else { Progress::AsRecorded };
        let role_comes = begins(Start::NoRole);
        let (model, stream) = (Model::new(&trace.config), Received::from_tested());
        Self { trace, model, stream, used: Vec::new(), progress, role_comes }
    }

    fn operation(&mut self, command: &Command, recorded: &Results, observed: &Observed) -> Verdict {
        self.model.arrived(&observed.arrived);
        let predicted = self.model.step(command);
        predicted.delivered_data.iter().for_each(|span| self.stream.add_span(*span));
        for row in &predicted.rows {
            self.used.retain(|used| used != row);
            self.used.push(*row);
        }
        if self.role_comes && *command == Command::SetState && self.progress == Progress::AsRecorded {
            self.progress = Progress::Unordered;
        }
        let over = |results: &Results| results.state.is_some_and(|state| !state.in_init);
        if self.progress == Progress::Unordered {
            if over(recorded) && over(&observed.results) {
                self.progress = Progress::AsRecorded;
            }
            return Verdict::Unordered;
        }
        self.compare(Compared::of(recorded), Compared::of(&observed.results), &predicted)
    }

    fn compare(&mut self, recorded: Compared, observed: Compared, predicted: &Predicted) -> Verdict {
        if self.progress == Progress::AsRecorded && recorded == observed {
            return Verdict::Equal;
        }
        // Only a deviation's own operation may begin to differ, or a later one where it shows later.
        let begins = self.progress == Progress::AsRecorded;
        let own = !begins || !predicted.rows.is_empty() || self.used.iter().any(|row| row.shows_later());
        self.progress = Progress::Deviated;
        let expected = Compared::predicted(predicted, &self.stream, &recorded);
        let allowed = own && self.used.iter().all(|row| row.allowed(self.trace));
        match self.used.last() {
            Some(row) if observed == expected && allowed => Verdict::Excused(*row),
            _ => Verdict::Different(Box::new(Difference {
                recorded,
                observed,
                predicted: (expected, self.used.clone()),
            })),
        }
    }
}

/// How many operations came to what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// As recorded.
    pub equal: usize,
    /// As predicted, by the deviation used last.
    pub excused: BTreeMap<Row, usize>,
    /// In a handshake under a budget.
    pub unordered: usize,
    /// Neither recorded nor predicted.
    pub different: usize,
    /// Not run: traces and operations.
    pub not_run: BTreeMap<NotRun, (usize, usize)>,
}

impl Tally {
    /// Counts the operations of a trace.
    pub fn add(&mut self, verdicts: &[Verdict]) {
        for verdict in verdicts {
            match verdict {
                Verdict::Equal => self.equal += 1,
                Verdict::Excused(row) => *self.excused.entry(*row).or_default() += 1,
                Verdict::Unordered => self.unordered += 1,
                Verdict::Different(_) => self.different += 1,
            }
        }
    }

    /// Counts a trace that is not run.
    pub fn leave_out(&mut self, why: NotRun, trace: &Trace) {
        let (traces, operations) = self.not_run.entry(why).or_default();
        *traces += 1;
        *operations += trace.operations.len();
    }

    /// How many operations went as a deviation predicts.
    #[must_use]
    pub fn excused(&self) -> usize {
        self.excused.values().sum()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (why, (traces, operations)) in &self.not_run {
            writeln!(f, "not yet run: {traces} traces of {why}, {operations} operations")?;
        }
        writeln!(f, "unordered: {} operations in a handshake under a budget", self.unordered)?;
        let rows: Vec<String> = self.excused.iter().map(|(row, count)| format!("{row} {count}")).collect();
        writeln!(f, "excused by deviation: {}", rows.join(", "))?;
        write!(f, "equal {}, excused {}, different {}", self.equal, self.excused(), self.different)
    }
}
