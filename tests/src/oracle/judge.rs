//! Holds what a connection did against what OpenSSL was recorded to do, and what differs against a prediction.

use std::fmt;

use super::compared::{Compared, Difference};
use super::delivery::Delivered;
use super::model::{Model, Predicted, Row};
use super::provoked::Provoked;
use super::record::Content;
use super::run::Observed;
use super::tidegate::SPEAKS_TLS12;
use super::trace::{Command, Results, Trace};

/// What became of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As recorded.
    Equal,
    /// As predicted by a named deviation, or after one.
    Excused(Row, Agreement),
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
}

impl fmt::Display for NotRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tls12 => "TLS 1.2",
        })
    }
}

/// Whether, and why, a trace is not run.
#[must_use]
pub fn not_run(trace: &Trace) -> Option<NotRun> {
    (trace.config.version == 12 && !SPEAKS_TLS12).then_some(NotRun::Tls12)
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
    /// What the peer was made to do by which it fails with an alert.
    provoked: Provoked,
}

/// How far a trace is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// Everything was as recorded.
    AsRecorded,
    /// Something was not: from there on the prediction counts.
    Deviated,
}

/// How the handshake is beside the recorded one. One may end a call earlier than the other, since their flights have other
/// numbers of records.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Handshake {
    InStep,
    /// It goes on where the recorded one was over, or had failed.
    Late,
}

/// Whether a connection's handshake is over or has failed; `None` after an operation that does not tell.
fn settled(results: &Results) -> Option<bool> {
    results.state.map(|state| !state.in_init || state.fatal)
}

impl<'a> Judge<'a> {
    fn new(trace: &'a Trace) -> Self {
        Self {
            trace,
            model: Model::new(&trace.config),
            delivered: Delivered::new(),
            used: Vec::new(),
            progress: Progress::AsRecorded,
            handshake: Handshake::InStep,
            provoked: Provoked::No,
        }
    }

    fn operation(&mut self, command: &Command, recorded: &Results, observed: &Observed) -> Verdict {
        let predicted = self.predict(command, observed);
        let wrong = self.unreasonable(observed).or(self.lags(recorded, &observed.results));
        self.provoked = self.provoked.then(command, recorded, &self.trace.config);
        let (recorded, observed) = (Compared::of(recorded), Compared::of(&observed.results));
        match wrong {
            Some(why) => self.different((recorded, observed), &predicted, Some(why)),
            None => self.compare((recorded, observed), &predicted),
        }
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

    /// A handshake that goes on a second time where the recorded one was over.
    fn lags(&mut self, recorded: &Results, observed: &Results) -> Option<&'static str> {
        let (Some(recorded), Some(observed)) = (settled(recorded), settled(observed)) else { return None };
        let before = self.handshake;
        self.handshake = if recorded && !observed { Handshake::Late } else { Handshake::InStep };
        let lags = self.progress == Progress::AsRecorded && [before, self.handshake] == [Handshake::Late; 2];
        lags.then_some("the handshake goes on, and the recorded one was over")
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
