//! How many operations came to what.

use std::collections::BTreeMap;
use std::fmt;

use super::judge::{Agreement, NotRun, Verdict};
use super::model::Row;
use super::trace::Trace;

/// How many operations came to what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// As recorded.
    pub equal: usize,
    /// As predicted, by the deviation used last.
    pub excused: BTreeMap<Row, Counted>,
    /// Neither recorded nor predicted.
    pub different: usize,
    /// Not run: traces and operations.
    pub not_run: BTreeMap<NotRun, (usize, usize)>,
}

/// A number of operations that need not be as recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// All of them.
    pub all: usize,
    /// Those that are all the same.
    pub as_recorded: usize,
}

impl Counted {
    fn add(&mut self, agreement: Agreement) {
        self.all += 1;
        self.as_recorded += usize::from(agreement == Agreement::AsRecorded);
    }
}

impl Tally {
    /// Counts the operations of a trace.
    pub fn add(&mut self, verdicts: &[Verdict]) {
        for verdict in verdicts {
            match verdict {
                Verdict::Equal => self.equal += 1,
                Verdict::Excused(row, agreement) => self.excused.entry(*row).or_default().add(*agreement),
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
        self.excused.values().map(|counted| counted.all).sum()
    }

    /// Every operation that was counted, those of traces that are not run among them.
    #[must_use]
    pub fn operations(&self) -> usize {
        let not_run: usize = self.not_run.values().map(|(_, operations)| operations).sum();
        self.equal + self.excused() + self.different + not_run
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (why, (traces, operations)) in &self.not_run {
            writeln!(f, "not yet run: {traces} traces of {why}, {operations} operations")?;
        }
        let rows: Vec<String> =
            self.excused.iter().map(|(row, counted)| format!("{row} {}", counted.all)).collect();
        let as_recorded: usize = self.excused.values().map(|counted| counted.as_recorded).sum();
        writeln!(f, "excused by deviation: {}; of these {as_recorded} as recorded", rows.join(", "))?;
        write!(f, "equal {}, excused {}, different {}", self.equal, self.excused(), self.different)
    }
}
