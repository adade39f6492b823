//! The model against every recorded trace of TLS 1.3.

mod peer;

use std::collections::{BTreeMap, BTreeSet};

use super::super::read_traces;
use super::super::trace::{Operation, Results, Start, State, Trace, WireRecord};
use super::{Model, Predicted, Row};
use peer::Peer;

const FILES: [&str; 2] = ["scenarios.jsonl", "traces-public.jsonl"];

/// What was found in a set of traces.
#[derive(Debug, Default, PartialEq, Eq)]
struct Found {
    traces: usize,
    /// Operations as OpenSSL's, up to the first deviation that leads to another state.
    equal: usize,
    /// Operations that differ, each by a row that it used.
    excused: usize,
    /// Operations behind such a deviation, where the recording is of a connection in another state.
    behind: usize,
    /// Traces in which a row was used.
    rows: BTreeMap<&'static str, usize>,
    wrong: Vec<String>,
}

#[test]
fn connected_traces_are_predicted() {
    let found = hold_all(|trace| trace.config.start == Start::Done);
    println!("{found:#?}");
    assert_eq!(found.wrong, [""; 0]);
    assert_eq!((found.traces, found.equal, found.excused, found.behind), (161, 2119, 87, 532));
}

#[test]
fn traces_that_begin_before_the_handshake_are_predicted() {
    let found = hold_all(|trace| trace.config.start != Start::Done);
    println!("{found:#?}");
    assert_eq!(found.wrong, [""; 0]);
    assert_eq!((found.traces, found.equal, found.excused, found.behind), (23, 422, 3, 19));
}

/// By the numbers at the start of their names, the scenarios that show a deviation, and which.
const DEVIATING: [(&str, &[Row]); 26] = [
    ("02", &[Row::V1]),
    ("05", &[Row::V2]),
    ("06", &[Row::V1]),
    ("07", &[Row::V3]),
    ("09", &[Row::V7]),
    ("10", &[Row::V7]),
    ("11", &[Row::V1]),
    ("12", &[Row::V4]),
    ("13", &[Row::V6]),
    ("14", &[Row::V6]),
    ("15", &[Row::V6]),
    ("17", &[Row::V9]),
    ("18", &[Row::V9, Row::V12]),
    ("21", &[Row::V6]),
    ("22", &[Row::V13]),
    ("26", &[Row::V13]),
    ("44", &[Row::V15]),
    ("50", &[Row::V10]),
    ("51", &[Row::V8]),
    ("52", &[Row::V8]),
    ("54", &[Row::V8]),
    ("55", &[Row::V8]),
    ("61", &[Row::V7]),
    ("63", &[Row::V10]),
    ("64", &[Row::V11]),
    ("67", &[Row::V13]),
];

#[test]
fn a_scenario_differs_first_by_the_deviation_it_shows() {
    let mut deviating: BTreeMap<&str, &[Row]> = DEVIATING.into();
    for trace in traces().filter(|trace| !trace.name.is_empty()) {
        let predicted = predict(&trace).into_iter();
        let mut differing = predicted.filter(|(operation, told)| !differences(operation, told).is_empty());
        let rows = differing.next().map_or(Vec::new(), |(_, told)| told.rows);
        let expected = deviating.remove(&trace.name[..2]).unwrap_or_default();
        assert_eq!(rows, expected, "{}", trace.name);
    }
    assert!(deviating.is_empty(), "{deviating:?} were not found");
}

/// The traces of TLS 1.3.
fn traces() -> impl Iterator<Item = Trace> {
    FILES.into_iter().flat_map(read).filter(|trace| trace.config.version == 13)
}

fn read(name: &str) -> Vec<Trace> {
    let path = format!("{}/oracle/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    read_traces(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn hold_all(wanted: impl Fn(&Trace) -> bool) -> Found {
    let mut found = Found::default();
    traces().filter(wanted).for_each(|trace| hold(&trace, &mut found));
    found
}

/// Holds the model against a trace.
fn hold(trace: &Trace, found: &mut Found) {
    found.traces += 1;
    let mut rows: BTreeSet<Row> = BTreeSet::new();
    let mut parted = false;
    for (index, (operation, predicted)) in predict(trace).into_iter().enumerate() {
        rows.extend(&predicted.rows);
        let differences = differences(operation, &predicted);
        let place = || format!("trace {} {} operation {index}", trace.number, trace.name);
        match (parted, differences.is_empty(), predicted.rows.is_empty()) {
            (true, _, _) => found.behind += 1,
            (false, true, _) => found.equal += 1,
            (false, false, false) => found.excused += 1,
            (false, false, true) => {
                found.wrong.push(format!("{}, {:?}: {differences:?}", place(), operation.command));
                return;
            }
        }
        parted |= !differences.is_empty() && parts(operation, &predicted);
    }
    for row in &rows {
        *found.rows.entry(row.name()).or_default() += 1;
        if !row.allowed(trace) {
            found.wrong.push(format!("trace {} {} has no right to {row}", trace.number, trace.name));
        }
    }
}

/// The operations with what the model predicts of each.
fn predict(trace: &Trace) -> Vec<(&Operation, Predicted)> {
    let mut model = Model::new(&trace.config);
    let mut peer = Peer::new(&trace.config);
    let mut predicted = Vec::new();
    for operation in &trace.operations {
        model.arrived(&peer.take_sent());
        predicted.push((operation, model.step(&operation.command)));
        peer.follow(operation);
    }
    predicted
}

/// Whether the two connections are in different states after a difference: not if only a result was another one.
fn parts(operation: &Operation, predicted: &Predicted) -> bool {
    let killed = operation.results.state.is_some_and(|state| state.fatal);
    killed || !predicted.rows.iter().all(|row| matches!(row, Row::V6 | Row::V12 | Row::V15))
}

/// The fields in which a prediction differs: name, recorded, predicted.
fn differences(operation: &Operation, predicted: &Predicted) -> Vec<String> {
    let Results { ret, count, value, error, want, accepted, wire, read, state, delivered, .. } =
        &operation.results;
    let mut found = Vec::new();
    let mut compare = |name: &str, recorded: Option<String>, ours: Option<String>| {
        if recorded.is_some() && recorded != ours {
            found.push(format!("{name} {} not {}", recorded.unwrap_or_default(), ours.unwrap_or_default()));
        }
    };
    let show = |value: &dyn std::fmt::Debug| Some(format!("{value:?}"));
    compare("ret", ret.and_then(|it| show(&it)), predicted.ret.and_then(|it| show(&it)));
    compare("n", count.and_then(|it| show(&it)), predicted.count.and_then(|it| show(&it)));
    compare("val", value.and_then(|it| show(&it)), predicted.value.and_then(|it| show(&it)));
    compare("err", error.clone(), predicted.error.map(str::to_owned));
    compare("want", want.clone(), predicted.want.map(str::to_owned));
    compare("acc", accepted.and_then(|it| show(&it)), show(&predicted.accepted));
    let data = |record: &WireRecord| if let WireRecord::Data(length) = record { Some(*length) } else { None };
    let data: Vec<usize> = wire.iter().filter_map(data).collect();
    compare("wire", show(&data), show(&predicted.wire));
    compare("rd", read.and_then(|it| show(&it)), show(&predicted.read));
    compare("dlv", delivered.and_then(|it| show(&it)), predicted.delivered.and_then(|it| show(&it)));
    if let Some(State { shutdown, fatal, mode, .. }) = *state {
        let ours = (i64::from(predicted.shutdown), predicted.fatal, i64::from(predicted.mode));
        compare("state", show(&(shutdown, fatal, mode)), show(&ours));
    }
    found
}
