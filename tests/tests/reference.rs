//! The proof of the replay itself: libssl against what libssl was recorded to do.
#![allow(missing_docs, reason = "tests")]

use tidegate_tests::oracle::libssl::Library;
use tidegate_tests::oracle::read_traces;
use tidegate_tests::oracle::reference::Reference;
use tidegate_tests::oracle::run::run;
use tidegate_tests::oracle::trace::{Command, Operation, Results, Trace};
use tidegate_tests::oracle::write_operation;

const FILES: [(&str, &str); 2] = [
    ("scenarios", include_str!("../oracle/scenarios.jsonl")),
    ("traces-public", include_str!("../oracle/traces-public.jsonl")),
];

#[test]
#[ignore = "needs libssl"]
fn libssl_does_what_was_recorded() {
    let Some(library) = Library::have() else { return };
    let reference = Reference::new(library);
    let (mut compared, mut different) = (0, Vec::new());
    for (file, text) in FILES {
        for trace in read_traces(text).unwrap() {
            compared += trace.operations.len();
            different.extend(first_difference(&reference, &trace).map(|what| format!("{file} {what}")));
        }
    }
    println!("{library:?}: {compared} operations compared, {} traces differ", different.len());
    assert!(different.is_empty(), "{}", different.join("\n"));
}

/// The first operation of a trace that went otherwise than recorded.
fn first_difference(reference: &Reference, trace: &Trace) -> Option<String> {
    let commands: Vec<Command> = trace.operations.iter().map(|operation| operation.command).collect();
    let observed = run(&trace.config, &commands, reference.ends(&trace.config));
    let pairs = trace.operations.iter().zip(observed).enumerate();
    let mut different = pairs.filter(|(_, (recorded, observed))| {
        // What the peer heard of alerts is not among the observations.
        let recorded = Results { peer_alerts: Vec::new(), ..recorded.results.clone() };
        recorded != observed.results
    });
    let (index, (recorded, observed)) = different.next()?;
    let observed = Operation { command: recorded.command, results: observed.results };
    let (recorded, observed) = (write_operation(recorded, index), write_operation(&observed, index));
    Some(format!("trace {} ({})\n  recorded {recorded}  observed {observed}", trace.number, trace.config))
}
