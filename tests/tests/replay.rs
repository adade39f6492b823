//! Recorded traces of OpenSSL on the face in its shape: everything is as recorded, or as a named deviation predicts.
#![allow(missing_docs, reason = "tests")]

use tidegate_tests::oracle::judge::{Verdict, judge, not_run};
use tidegate_tests::oracle::libssl::Library;
use tidegate_tests::oracle::model::Row;
use tidegate_tests::oracle::read_traces;
use tidegate_tests::oracle::record::Content;
use tidegate_tests::oracle::replay::{Implementation, Replayer, describe};
use tidegate_tests::oracle::run::Observed;
use tidegate_tests::oracle::tally::Tally;
use tidegate_tests::oracle::trace::{Results, Start, State, Trace, WireRecord};

const SCENARIOS: &str = include_str!("../oracle/scenarios.jsonl");
const RANDOM: &str = include_str!("../oracle/traces-public.jsonl");

/// Operations as a deviation predicts, by the one used last.
const EXCUSED: &str = "V1 72, V2 41, V3 68, V4 29, V6 398, V7 287, V8 50, V9 57, V10 26, V11 8, V12 16, V13 13, \
                       V14 97, V15 5, V16 10, V25 41";
/// Operations equal, excused, different, not run.
const COUNTED: (usize, usize, usize, usize) = (3691, 1218, 0, 0);

#[test]
#[ignore = "needs libssl"]
fn nothing_differs_from_the_recorded_but_what_has_a_name() {
    let Some(library) = Library::have() else { return };
    let replayer = Replayer::new(library);
    let mut tally = Tally::default();
    let mut different = Vec::new();
    for trace in [SCENARIOS, RANDOM].into_iter().flat_map(|text| read_traces(text).unwrap()) {
        let verdicts = replayer.replay(&trace, &mut tally);
        different.extend(differences(&trace, &verdicts));
    }
    println!("{tally}");
    assert!(different.is_empty(), "{}", different.join("\n"));
    let excused: Vec<String> =
        tally.excused.iter().map(|(row, counted)| format!("{row} {}", counted.all)).collect();
    assert_eq!(excused.join(", "), EXCUSED);
    let not_run: usize = tally.not_run.values().map(|(_, operations)| operations).sum();
    assert_eq!((tally.equal, tally.excused(), tally.different, not_run), COUNTED);
    assert_eq!(tally.operations(), 4455 + 454);
}

fn differences(trace: &Trace, verdicts: &[Verdict]) -> Vec<String> {
    let of = |(index, verdict): (usize, &Verdict)| match verdict {
        Verdict::Different(difference) => Some(describe(trace, index, difference)),
        Verdict::Equal | Verdict::Excused(..) => None,
    };
    verdicts.iter().enumerate().filter_map(of).collect()
}

/// Each changes one result, if it is there; whether that made a difference.
const CHANGES: [fn(&mut Results) -> bool; 14] = [
    |results| change(&mut results.ret, |ret| ret + 1),
    |results| change(&mut results.count, |count| count + 1),
    |results| change(&mut results.value, |value| value ^ 1),
    |results| change(&mut results.error, |error| if error == "SSL" { "NONE" } else { "SSL" }.to_owned()),
    |results| {
        change(&mut results.want, |want| if want == "READING" { "NOTHING" } else { "READING" }.to_owned())
    },
    |results| change(&mut results.accepted, |accepted| accepted + 1),
    |results| {
        let data = results.wire.iter_mut().find(|record| matches!(record, WireRecord::Data(_)));
        data.map(|record| *record = WireRecord::Data(7)).is_some()
    },
    |results| change(&mut results.read, |read| read + 1),
    |results| {
        results.read_wrong = !results.read_wrong;
        results.read.is_some()
    },
    |results| change(&mut results.state, |state| State { shutdown: state.shutdown ^ 2, ..state }),
    |results| change(&mut results.state, |state| State { fatal: !state.fatal, ..state }),
    |results| change(&mut results.state, |state| State { mode: state.mode ^ 1, ..state }),
    |results| change(&mut results.delivered, |delivered| delivered + 1),
    |results| change(&mut results.delivered_hash, |hash| hash ^ 1),
];

/// Changes a result; whether that made a difference.
fn change<T: Clone + PartialEq>(result: &mut Option<T>, to: impl FnOnce(T) -> T) -> bool {
    let before = result.clone();
    *result = result.take().map(to);
    *result != before
}

/// The judge is no witness if it can't see: each change of one recorded result must be a difference.
#[test]
#[ignore = "needs libssl"]
fn a_record_that_was_tampered_with_is_found_out() {
    let Some(library) = Library::have() else { return };
    let replayer = Replayer::new(library);
    let mut found = [0; CHANGES.len()];
    let mut traces = 0;
    // Where no deviation has what it takes nothing is excused.
    let is_plain = |trace: &Trace| {
        let excusable = Row::ALL.iter().any(|row| row.allowed(trace));
        trace.config.start == Start::Done && !excusable && not_run(trace).is_none()
    };
    let all = [SCENARIOS, RANDOM].into_iter().flat_map(|text| read_traces(text).unwrap());
    for trace in all.filter(is_plain) {
        let observed = replayer.observe(&trace, Implementation::Libssl);
        assert_eq!(judge(&trace, &observed), vec![Verdict::Equal; observed.len()], "trace {}", trace.number);
        traces += 1;
        for (change, index) in every_change(trace.operations.len()) {
            let mut trace = trace.clone();
            if CHANGES[change](&mut trace.operations[index].results) {
                let verdict = judge(&trace, &observed).swap_remove(index);
                let place = format!("change {change} of {}, operation {index}", trace.name);
                assert!(matches!(verdict, Verdict::Different(_)), "{place}");
                found[change] += 1;
            }
        }
    }
    println!("{traces} traces without a deviation, changes found: {found:?}");
    assert!(!found.contains(&0), "{found:?}");
}

/// Behind a deviation the prediction is held against what happened, in every result.
#[test]
#[ignore = "needs libssl"]
fn what_happens_behind_a_deviation_is_not_for_the_having() {
    let Some(library) = Library::have() else { return };
    let replayer = Replayer::new(library);
    let mut found = [0; CHANGES.len()];
    for number in [2, 9, 17] {
        let trace = scenario(number);
        let observed = replayer.observe(&trace, Implementation::Libssl);
        let is_excused = |verdict: &Verdict| matches!(verdict, Verdict::Excused(..));
        let deviates = judge(&trace, &observed).iter().position(is_excused).unwrap();
        for (change, index) in every_change(trace.operations.len()) {
            let mut observed = observed.clone();
            if index > deviates && CHANGES[change](&mut observed[index].results) {
                let verdict = judge(&trace, &observed).swap_remove(index);
                assert!(matches!(verdict, Verdict::Different(_)), "change {change} of {number}, {index}");
                found[change] += 1;
            }
        }
    }
    println!("changes found: {found:?}");
    let missing: Vec<usize> = (0..CHANGES.len()).filter(|change| found[*change] == 0).collect();
    assert_eq!(missing, [1, 2], "these scenarios have neither an SSL_write_ex nor a mask");
}

fn every_change(operations: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..CHANGES.len()).flat_map(move |change| (0..operations).map(move |index| (change, index)))
}

fn scenario(number: u64) -> Trace {
    let traces = read_traces(SCENARIOS).unwrap();
    traces.into_iter().find(|trace| trace.number == number).expect("the scenario is there")
}

/// Records that nothing in the trace explains: an alert of the peer's, and one of either end that does not open.
#[test]
#[ignore = "needs libssl"]
fn a_record_without_a_reason_is_found_out() {
    let Some(library) = Library::have() else { return };
    let trace = scenario(1);
    let observed = Replayer::new(library).observe(&trace, Implementation::Libssl);
    let last = observed.len() - 1;
    let changes: [fn(&mut Observed); 3] = [
        |observed| observed.arrived.push(vec![Content::Alert(80)]),
        |observed| observed.arrived.push(vec![Content::Unreadable(3)]),
        |observed| observed.sent.push(vec![Content::Unreadable(3)]),
    ];
    for change in changes {
        let mut observed = observed.clone();
        change(&mut observed[last]);
        assert!(matches!(judge(&trace, &observed)[last], Verdict::Different(_)), "{:?}", observed[last]);
    }
}

/// A handshake in mid-trace hides neither that it goes on for ever nor that it fails.
#[test]
#[ignore = "needs libssl"]
fn a_handshake_that_ends_otherwise_is_found_out() {
    let Some(library) = Library::have() else { return };
    let replayer = Replayer::new(library);
    let in_handshake = |observed: &Observed| observed.results.state.is_some_and(|state| state.in_init);
    let changes: [fn(State) -> State; 2] =
        [|state| State { in_init: true, ..state }, |state| State { in_init: true, fatal: true, ..state }];
    let mut found = [0; 2];
    for trace in read_traces(RANDOM).unwrap().into_iter().filter(|trace| not_run(trace).is_none()) {
        let observed = replayer.observe(&trace, Implementation::Libssl);
        let as_recorded = judge(&trace, &observed).iter().all(|verdict| *verdict == Verdict::Equal);
        let states = trace.operations.iter().rev().filter_map(|operation| operation.results.state);
        let ends = as_recorded && states.take(2).all(|state| !state.in_init);
        let Some(first) = observed.iter().position(in_handshake).filter(|_| ends) else { continue };
        for (change, found) in changes.iter().zip(&mut found) {
            let mut observed = observed.clone();
            for observed in &mut observed[first..] {
                observed.results.state = observed.results.state.map(change);
            }
            let different = |verdict: &Verdict| matches!(verdict, Verdict::Different(_));
            assert!(judge(&trace, &observed).iter().any(different), "trace {}", trace.number);
            *found += 1;
        }
    }
    println!("handshakes changed: {found:?}");
    assert!(found[0] > 0 && found[1] > 0);
}

/// A deviation excuses nothing where the trace has not what it takes: the first scenario is a plain write.
#[test]
fn a_deviation_is_no_excuse_where_it_does_not_belong() {
    let traces = read_traces(SCENARIOS).unwrap();
    let rows: Vec<Row> = Row::ALL.into_iter().filter(|row| row.allowed(&traces[0])).collect();
    assert_eq!(rows, []);
    let all = || traces.iter().cloned().chain(read_traces(RANDOM).unwrap());
    for row in Row::ALL {
        assert!(all().any(|trace| row.allowed(&trace)), "{row}");
    }
}
