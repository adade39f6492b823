//! The model alone against libssl, in TLS 1.2: every recorded trace, and random ones.
//!
//! `TIDEGATE_SEED` begins at another seed, `TIDEGATE_SEQUENCES` takes another number of them.
#![allow(missing_docs, reason = "tests")]

use tidegate_tests::oracle::libssl::Library;
use tidegate_tests::oracle::live::shrink;
use tidegate_tests::oracle::predict::Held;
use tidegate_tests::oracle::read_traces;
use tidegate_tests::oracle::reference::Reference;
use tidegate_tests::oracle::run::run;
use tidegate_tests::oracle::trace::{Command, Trace};

const FILES: [&str; 2] =
    [include_str!("../oracle/scenarios.jsonl"), include_str!("../oracle/traces-public.jsonl")];

fn hold(reference: &Reference, trace: &Trace, held: &mut Held) {
    let commands: Vec<Command> = trace.operations.iter().map(|operation| operation.command).collect();
    held.add(trace, &run(&trace.config, &commands, reference.ends(&trace.config)));
}

#[test]
#[ignore = "needs libssl"]
fn recorded_traces_of_tls12_are_predicted() {
    let Some(library) = Library::have() else { return };
    let reference = Reference::new(library);
    let mut held = Held::default();
    let traces = FILES.into_iter().flat_map(|text| read_traces(text).unwrap());
    for trace in traces.filter(|trace| trace.config.version == 12) {
        hold(&reference, &trace, &mut held);
    }
    let wrong = std::mem::take(&mut held.wrong);
    println!("{held:?}, wrong {}", wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The shortest sequence found that is not as predicted.
fn shortest(reference: &Reference, trace: &Trace) -> String {
    let commands: Vec<Command> = trace.operations.iter().map(|operation| operation.command).collect();
    let again = |commands: &[Command]| reference.record_again(trace.number, trace.config, commands);
    let wrong = |commands: &[Command]| {
        let mut held = Held::default();
        hold(reference, &again(commands), &mut held);
        held.wrong.pop()
    };
    let short = shrink(&commands, |left| wrong(left).is_some());
    wrong(&short).unwrap_or_default()
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().map_or(otherwise, |value| value.parse().expect("a number"))
}

#[test]
#[ignore = "needs libssl"]
fn random_sequences_of_tls12_are_predicted() {
    let Some(library) = Library::have() else { return };
    let reference = Reference::new(library);
    let (first, count) = (number("TIDEGATE_SEED", 0), number("TIDEGATE_SEQUENCES", 3000));
    let (mut held, mut wrong) = (Held::default(), Vec::new());
    for seed in first..first + count {
        let trace = reference.record_12(seed);
        let before = held.wrong.len();
        hold(&reference, &trace, &mut held);
        if held.wrong.len() > before {
            wrong.push(shortest(&reference, &trace));
        }
        if wrong.len() >= 10 {
            break;
        }
    }
    held.wrong.clear();
    println!("{held:?}, wrong {}", wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
