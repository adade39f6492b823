//! The model alone held against what libssl did: nothing of ours but the pure machines.

use std::collections::BTreeMap;

use super::compared::Compared;
use super::delivery::Delivered;
use super::model::{Delivery, Model, Predicted, Row};
use super::run::Observed;
use super::trace::{Operation, Trace};

/// What became of the operations of traces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Traces.
    pub traces: usize,
    /// Operations that are as predicted.
    pub equal: usize,
    /// Operations that are not, by the deviation used last.
    pub excused: BTreeMap<Row, usize>,
    /// Of those that are equal, the peer's whose delivery was taken as seen, within what was sent.
    pub as_seen: usize,
    /// Operations behind one by which the two connections parted.
    pub behind: usize,
    /// What no deviation explains, in words.
    pub wrong: Vec<String>,
}

impl Held {
    /// Holds the predictions for a trace against its results; `observed` says what arrived when.
    pub fn add(&mut self, trace: &Trace, observed: &[Observed]) {
        self.traces += 1;
        let (mut model, mut delivered) = (Model::new(&trace.config), Delivered::new());
        let mut used: Vec<Row> = Vec::new();
        let mut pairs = trace.operations.iter().zip(observed).enumerate();
        for (index, (operation, observed)) in pairs.by_ref() {
            model.arrived(&observed.arrived);
            let predicted = model.step(&operation.command);
            delivered.follow(&predicted, operation.results.delivered);
            used.extend(&predicted.rows);
            let recorded = Compared::of(&operation.results);
            let expected = Compared::predicted(&predicted, &delivered.stream, &recorded);
            if recorded == expected {
                self.equal += 1;
                self.as_seen += usize::from(predicted.delivery == Delivery::AsSeen && recorded.is_by_peer());
                continue;
            }
            let own = predicted.rows.last().or(used.iter().rev().find(|row| row.shows_later()));
            match own.filter(|_| used.iter().all(|row| row.allowed(trace))) {
                Some(row) => *self.excused.entry(*row).or_default() += 1,
                None => self.wrong.push(told(trace, index, (&recorded, &expected), &used)),
            }
            if own.is_none() || parts(operation, &predicted) {
                break;
            }
        }
        self.behind += pairs.count();
    }
}

fn told(trace: &Trace, index: usize, (recorded, expected): (&Compared, &Compared), used: &[Row]) -> String {
    let commands: Vec<String> = trace.operations[..=index]
        .iter()
        .map(|operation| {
            let Operation { command, results } = operation;
            let (ret, error) = (results.ret.unwrap_or_default(), results.error.clone().unwrap_or_default());
            let state = results.state.map(|state| (state.shutdown, state.in_init, state.fatal));
            format!("    {command} -> {ret} {error} {:?} {state:?} {:?}", results.wire, results.peer_error)
        })
        .collect();
    format!(
        "trace {} {} ({}), operation {index}\n{}\n  recorded  {recorded:?}\n  predicted {expected:?} by {used:?}",
        trace.number,
        trace.name,
        trace.config,
        commands.join("\n")
    )
}

/// Whether the two connections are in different states after a difference: not if only a result was another one.
fn parts(operation: &Operation, predicted: &Predicted) -> bool {
    let killed = operation.results.state.is_some_and(|state| state.fatal);
    let only_result = |row: &Row| matches!(row, Row::V6 | Row::V12 | Row::V15);
    killed || predicted.rows.is_empty() || !predicted.rows.iter().all(only_result)
}
