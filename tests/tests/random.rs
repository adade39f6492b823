//! Random sequences on libssl: that a seed says all, that they go deep, and that they are quick.
#![allow(missing_docs, reason = "tests")]

use std::collections::BTreeMap;
use std::time::Instant;

use tidegate_tests::oracle::features::span_of;
use tidegate_tests::oracle::libssl::Library;
use tidegate_tests::oracle::live::shrink;
use tidegate_tests::oracle::random::ServerTickets;
use tidegate_tests::oracle::reference::Reference;
use tidegate_tests::oracle::trace::{Command, Start, Trace};
use tidegate_tests::oracle::{read_traces, write_trace};

const SEQUENCES: u64 = 600;

#[test]
#[ignore = "needs libssl"]
fn a_seed_says_all() {
    let Some(library) = Library::have() else { return };
    let reference = Reference::new(library);
    let start = Instant::now();
    let mut features = BTreeMap::<String, usize>::new();
    let mut outcomes = BTreeMap::<String, usize>::new();
    for seed in 0..SEQUENCES {
        let tickets = if seed % 2 == 0 { ServerTickets::Sent } else { ServerTickets::NotSent };
        let trace = reference.record(seed, tickets);
        let read = read_traces(&write_trace(&trace)).unwrap();
        assert_eq!(read, std::slice::from_ref(&trace));
        let commands: Vec<Command> = trace.operations.iter().map(|operation| operation.command).collect();
        assert_eq!(reference.record_again(seed, trace.config, &commands), trace, "seed {seed}");
        trace.features.iter().for_each(|feature| *features.entry(feature.clone()).or_default() += 1);
        count(&trace, &mut outcomes);
    }
    println!("{SEQUENCES} sequences, each twice, in {:?}: {features:?}; {outcomes:?}", start.elapsed());
    assert_eq!(features.len(), 11, "all but renegotiation");
    let of = |name: &str| outcomes.get(name).copied().unwrap_or_default();
    assert!(of("completed after a block") > 300, "{outcomes:?}");
    assert!(of("write WANT_WRITE") > 1000, "{outcomes:?}");
    assert!(of("write SSL") < of("write NONE"), "{outcomes:?}");
}

#[test]
#[ignore = "needs libssl"]
fn a_seed_says_all_in_tls12() {
    let Some(library) = Library::have() else { return };
    let reference = Reference::new(library);
    let mut features = BTreeMap::<String, usize>::new();
    let (mut renegotiates, mut ends) = (0, 0);
    for seed in 0..SEQUENCES {
        let trace = said_again(&reference, seed);
        trace.features.iter().for_each(|feature| *features.entry(feature.clone()).or_default() += 1);
        let states = trace.operations.iter().filter_map(|operation| operation.results.state);
        let mut shakes = states.filter(|state| !state.fatal).map(|state| state.in_init);
        if trace.config.start == Start::Done && shakes.any(|shakes| shakes) {
            renegotiates += 1;
            ends += usize::from(shakes.any(|shakes| !shakes));
        }
    }
    println!("{SEQUENCES} sequences: {features:?}; {renegotiates} renegotiate, {ends} to the end");
    assert!(features["reneg"] > SEQUENCES.try_into().unwrap_or(0) / 3, "{features:?}");
    assert!(renegotiates > 60 && ends > 25, "{renegotiates} {ends}");
}

/// A sequence that says the same again. Behind half of a record that never becomes whole, what else is sealed is taken for a record
/// once in 256 times, as its first byte falls: such a sequence may take another turn.
fn said_again(reference: &Reference, seed: u64) -> Trace {
    const TURNS: usize = 4;
    let is_half = |command: &Command| matches!(command, Command::SendBudget(budget) if budget.half);
    for turn in 1..=TURNS {
        let trace = reference.record_12(seed);
        let commands: Vec<Command> = trace.operations.iter().map(|operation| operation.command).collect();
        let again = reference.record_again(seed, trace.config, &commands);
        if again == trace {
            return trace;
        }
        assert!(turn < TURNS && commands.iter().any(is_half), "seed {seed}: {trace:?} {again:?}");
    }
    unreachable!("the last turn returns or fails")
}

/// What came of the writes.
fn count(trace: &Trace, outcomes: &mut BTreeMap<String, usize>) {
    let mut was_blocked = false;
    for operation in &trace.operations {
        if span_of(&operation.command).is_none() {
            continue;
        }
        let error = operation.results.error.clone().unwrap_or_default();
        if was_blocked && error == "NONE" {
            *outcomes.entry("completed after a block".to_owned()).or_default() += 1;
        }
        was_blocked = error == "WANT_WRITE";
        *outcomes.entry(format!("write {error}")).or_default() += 1;
    }
}

#[test]
#[ignore = "needs libssl"]
fn a_failing_sequence_shrinks_to_its_cause() {
    let Some(library) = Library::have() else { return };
    let reference = Reference::new(library);
    let is_killed = |trace: &Trace| {
        trace
            .operations
            .iter()
            .any(|operation| operation.results.reason.as_deref() == Some("bad write retry"))
    };
    let seed =
        (1..).step_by(6).find(|seed| is_killed(&reference.record(*seed, ServerTickets::NotSent))).unwrap();
    let trace = reference.record(seed, ServerTickets::NotSent);
    let commands: Vec<Command> = trace.operations.iter().map(|operation| operation.command).collect();
    let fails = |commands: &[Command]| is_killed(&reference.record_again(seed, trace.config, commands));
    let short = shrink(&commands, fails);
    print!("{}", write_trace(&reference.record_again(seed, trace.config, &short)));
    // The transport is closed, a write blocks and comes again otherwise; perhaps the modes are changed for that.
    assert!((3..=4).contains(&short.len()) && short.len() < commands.len(), "{short:?}");
}
