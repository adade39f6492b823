//! The model against every recorded trace of TLS 1.3 whose server sends no tickets.

mod file;
mod peer;

use std::collections::BTreeMap;

use super::super::trace::{Command, Config, Operation, Results, Start, TestedRole, Trace};
use super::{Model, Predicted, Row};
use peer::Peer;

const FILES: [&str; 2] = ["scenarios.jsonl", "traces-public.jsonl"];

/// What was found in all traces.
#[derive(Debug, Default)]
struct Found {
    traces: usize,
    equal: usize,
    behind: usize,
    rows: BTreeMap<&'static str, usize>,
    wrong: Vec<String>,
}

#[test]
fn connected_traces_are_predicted() {
    let mut found = Found::default();
    for trace in traces().filter(|trace| trace.config.start == Start::Done) {
        hold(&trace, &mut found);
    }
    println!("{found:#?}");
    assert!(found.wrong.is_empty(), "{} operations differ without a row", found.wrong.len());
}

#[test]
fn traces_that_begin_before_the_handshake_are_predicted() {
    let mut found = Found::default();
    for trace in traces().filter(|trace| trace.config.start != Start::Done) {
        hold(&trace, &mut found);
    }
    println!("{found:#?}");
    assert!(found.wrong.is_empty(), "{} operations differ without a row", found.wrong.len());
}

fn traces() -> impl Iterator<Item = Trace> {
    let tested =
        |config: &Config| config.version == 13 && (config.role == TestedRole::Client || config.tickets == 0);
    let sends_tickets = |trace: &Trace| {
        let asks = |operation: &Operation| operation.command == Command::NewTicket;
        trace.config.role == TestedRole::Server && trace.operations.iter().any(asks)
    };
    FILES.into_iter().flat_map(file::read).filter(move |trace| tested(&trace.config) && !sends_tickets(trace))
}

/// Holds the model against a trace.
fn hold(trace: &Trace, found: &mut Found) {
    let mut model = Model::new(&trace.config);
    let mut peer = Peer::new(&trace.config);
    model.arrived(&peer.take_sent());
    let mut rows: Vec<Row> = Vec::new();
    found.traces += 1;
    for (index, operation) in trace.operations.iter().enumerate() {
        let predicted = model.step(&operation.command);
        peer.follow(operation);
        model.arrived(&peer.take_sent());
        rows.extend(predicted.rows.iter().filter(|row| !rows.contains(row)).copied().collect::<Vec<_>>());
        let differences = differences(operation, &predicted);
        match (differences.is_empty(), rows.is_empty()) {
            (true, true) => found.equal += 1,
            (_, false) => found.behind += 1,
            (false, true) => found.wrong.push(format!(
                "trace {} {} operation {index} {:?}: {differences:?}",
                trace.number, trace.name, operation.command
            )),
        }
        if std::env::var_os("SHOW").is_some() && !differences.is_empty() && !rows.is_empty() {
            println!(
                "{} {} #{index} {:?} {:?}: {differences:?}",
                trace.number, trace.name, operation.command, predicted.rows
            );
        }
        if !differences.is_empty() && rows.is_empty() {
            break;
        }
    }
    for row in &rows {
        *found.rows.entry(row.name()).or_default() += 1;
        if !row.allowed(trace) {
            found.wrong.push(format!("trace {} {} has no right to {row}", trace.number, trace.name));
        }
    }
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
    let data: Vec<u64> = wire.iter().filter_map(serde_json::Value::as_u64).collect();
    compare("wire", show(&data), show(&predicted.wire));
    compare("rd", read.and_then(|it| show(&it)), show(&predicted.read));
    compare("dlv", delivered.and_then(|it| show(&it)), predicted.delivered.and_then(|it| show(&it)));
    if let Some([shutdown, _, fatal, _, _, mode]) = *state {
        let ours = [i64::from(predicted.shutdown), i64::from(predicted.fatal), i64::from(predicted.mode)];
        compare("state", show(&[shutdown, fatal, mode]), show(&ours));
    }
    found
}
