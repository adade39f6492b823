//! The model alone against libssl, in TLS 1.2: every recorded trace, and random ones.
//!
//! `TIDEGATE_SEED` begins at another seed, `TIDEGATE_SEQUENCES` takes another number of them.
#![allow(missing_docs, reason = "tests")]

use tidegate_tests::oracle::judge::{Verdict, judge};
use tidegate_tests::oracle::libssl::Library;
use tidegate_tests::oracle::live::shrink;
use tidegate_tests::oracle::model::Row;
use tidegate_tests::oracle::predict::Held;
use tidegate_tests::oracle::read_traces;
use tidegate_tests::oracle::reference::Reference;
use tidegate_tests::oracle::run::run;
use tidegate_tests::oracle::tally::Tally;
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
    println!("{held:?}");
    assert!(held.wrong.is_empty(), "{}", held.wrong.join("\n"));
    let excused: Vec<String> = held.excused.iter().map(|(row, count)| format!("{row} {count}")).collect();
    assert_eq!(excused.join(", "), EXCUSED);
    assert_eq!((held.traces, held.equal, held.as_seen, held.behind), COUNTED);
}

/// Operations that differ from libssl's, by the deviation used last.
const EXCUSED: &str = "V1 2, V2 2, V3 2, V6 11, V7 10, V8 8, V10 1, V25 4";
/// Traces; operations equal, of these deliveries as seen; operations behind a deviation.
const COUNTED: (usize, usize, usize, usize) = (83, 1488, 139, 199);

/// By the numbers at the start of their names, the scenarios of TLS 1.2, and the deviation that they show first.
const SCENARIOS: [(&str, Option<Row>); 7] = [
    ("34", None),
    ("35", Some(Row::V8)),
    ("36", None),
    ("37", None),
    ("58", Some(Row::V8)),
    ("59", None),
    ("65", Some(Row::V8)),
];

#[test]
#[ignore = "needs libssl"]
fn a_scenario_of_tls12_differs_first_by_the_deviation_it_shows() {
    let Some(library) = Library::have() else { return };
    let reference = Reference::new(library);
    let traces = read_traces(FILES[0]).unwrap().into_iter().filter(|trace| trace.config.version == 12);
    let shown = traces.map(|trace| {
        let mut held = Held::default();
        hold(&reference, &trace, &mut held);
        (trace.name[..2].to_owned(), held.excused.into_keys().next())
    });
    let expected = SCENARIOS.map(|(number, row)| (number.to_owned(), row));
    assert_eq!(shown.collect::<Vec<_>>(), expected);
}

/// What random sequences meet seldom: the configuration that is not the usual one, the commands, and the deviation that the
/// last of them shows.
const CORNERS: [(&str, &[&str], Option<Row>); 8] = [
    // R12: without AUTO_RETRY the read ends, whatever was read ahead.
    ("role=client modes=1 ra=1 reneg=0", &["shutdown", "preneg", "pwrite 109", "peek 2912"], None),
    // A close within a renegotiation is told by the call that meets it.
    ("role=client modes=4 ra=0 reneg=1", &["reneg", "pshut", "read 10"], None),
    ("role=client modes=4 ra=0 reneg=1", &["reneg", "pshut", "write 0 0 9 seq", "read 10"], None),
    // A warning that refuses falls under rule A; the client fails over it.
    ("role=server modes=0 ra=0 reneg=0", &["preneg", "read 5", "drain", "read 5"], None),
    ("role=client modes=0 ra=0 reneg=0", &["reneg", "read 5", "drain", "read 5"], None),
    // A second HelloRequest while the first one waits, like D1.
    (
        "role=client modes=4 ra=0 reneg=0",
        &["tx 0", "preneg", "write 0 0 9 seq", "preneg", "read 10"],
        Some(Row::V8),
    ),
    ("role=client modes=4 ra=0 reneg=1", &["reneg", "read 5", "reneg"], Some(Row::V24)),
    ("role=server modes=4 ra=0 reneg=1", &["shutdown", "reneg"], Some(Row::V25)),
];

#[test]
#[ignore = "needs libssl"]
fn corners_of_tls12_are_predicted() {
    let Some(library) = Library::have() else { return };
    let reference = Reference::new(library);
    for (config, commands, row) in CORNERS {
        let config = format!("cfg {config} ver=12 frag=16384 split=0 start=done tickets=0 ieof=0");
        let parsed: Vec<Command> = commands.iter().map(|command| command.parse().unwrap()).collect();
        let trace = reference.record_again(0, config.parse().unwrap(), &parsed);
        let mut held = Held::default();
        hold(&reference, &trace, &mut held);
        assert!(held.wrong.is_empty(), "{}", held.wrong.join("\n"));
        let equal = commands.len() - usize::from(row.is_some());
        assert_eq!((held.equal, held.excused.into_keys().next()), (equal, row), "{config} {commands:?}");
    }
}

/// libssl judged by its own records.
#[test]
#[ignore = "needs libssl"]
fn the_judge_finds_nothing_in_libssl_itself() {
    let Some(library) = Library::have() else { return };
    let reference = Reference::new(library);
    let (mut tally, mut different) = (Tally::default(), Vec::new());
    let traces = FILES.into_iter().flat_map(|text| read_traces(text).unwrap());
    let random = (0..500).map(|seed| reference.record_12(seed));
    for trace in traces.filter(|trace| trace.config.version == 12).chain(random) {
        let commands: Vec<Command> = trace.operations.iter().map(|operation| operation.command).collect();
        let verdicts = judge(&trace, &run(&trace.config, &commands, reference.ends(&trace.config)));
        tally.add(&verdicts);
        different.extend(verdicts.into_iter().filter_map(|verdict| match verdict {
            Verdict::Different(difference) => difference.because,
            Verdict::Equal | Verdict::Excused(..) => None,
        }));
    }
    println!("{tally}");
    // Where a warning of libssl's is blocked, the data behind it overwrites it (D5).
    assert_eq!(different, ["a record does not open"; 8]);
    assert_eq!((tally.different, tally.excused()), (8, 0));
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
