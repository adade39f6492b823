//! Recorded traces of OpenSSL on the face in its shape: everything is as recorded, or as a named deviation predicts.
#![allow(missing_docs, reason = "tests")]

use tidegate_tests::oracle::judge::Verdict;
use tidegate_tests::oracle::libssl::Library;
use tidegate_tests::oracle::model::Row;
use tidegate_tests::oracle::read_traces;
use tidegate_tests::oracle::replay::{Replayer, describe};
use tidegate_tests::oracle::tally::Tally;
use tidegate_tests::oracle::trace::{Results, Trace};

const SCENARIOS: &str = include_str!("../oracle/scenarios.jsonl");
const RANDOM: &str = include_str!("../oracle/traces-public.jsonl");

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
    let rows: Vec<&str> = tally.excused.keys().map(|row| row.name()).collect();
    let all = "V1 V2 V3 V4 V6 V7 V8 V9 V10 V11 V12 V13 V14 V15 V16";
    assert_eq!(rows.join(" "), all, "each deviation shows");
    assert!(tally.equal > 2 * tally.excused(), "deviations are the exception");
}

fn differences(trace: &Trace, verdicts: &[Verdict]) -> Vec<String> {
    let of = |(index, verdict): (usize, &Verdict)| match verdict {
        Verdict::Different(difference) => Some(describe(trace, index, difference)),
        Verdict::Equal | Verdict::Excused(..) | Verdict::Unordered(_) => None,
    };
    verdicts.iter().enumerate().filter_map(of).collect()
}

/// The judge is no witness if it can't see: each of these changes of one recorded result must be a difference.
#[test]
#[ignore = "needs libssl"]
fn a_record_that_was_tampered_with_is_found_out() {
    let Some(library) = Library::have() else { return };
    let replayer = Replayer::new(library);
    let changes: [fn(&mut Results) -> bool; 8] = [
        |results| change(&mut results.ret, |ret| ret + 1),
        |results| change(&mut results.error, |_| "SYSCALL".to_owned()),
        |results| change(&mut results.want, |_| "READING".to_owned()),
        |results| change(&mut results.accepted, |accepted| accepted + 1),
        |results| change(&mut results.read, |read| read + 1),
        |results| {
            change(&mut results.state, |mut state| {
                state.fatal = !state.fatal;
                state
            })
        },
        |results| change(&mut results.delivered, |delivered| delivered + 1),
        |results| change(&mut results.delivered_hash, |hash| hash ^ 1),
    ];
    // No deviation shows in the first scenario: nothing excuses anything there.
    let trace = read_traces(SCENARIOS).unwrap().swap_remove(0);
    assert!(replayer.replay(&trace, &mut Tally::default()).iter().all(|verdict| *verdict == Verdict::Equal));
    for (number, tamper) in changes.into_iter().enumerate() {
        for index in 0..trace.operations.len() {
            let mut trace = trace.clone();
            if tamper(&mut trace.operations[index].results) {
                let verdicts = replayer.replay(&trace, &mut Tally::default());
                assert!(matches!(verdicts[index], Verdict::Different(_)), "change {number} of {index}");
            }
        }
    }
}

/// Changes what was recorded; whether that made a difference.
fn change<T: Clone + PartialEq>(recorded: &mut Option<T>, to: impl FnOnce(T) -> T) -> bool {
    let before = recorded.clone();
    *recorded = recorded.take().map(to);
    *recorded != before
}

/// A deviation excuses nothing where the trace has not what it takes: the first scenario is a plain write.
#[test]
fn a_deviation_is_no_excuse_where_it_does_not_belong() {
    let traces = read_traces(SCENARIOS).unwrap();
    let rows: Vec<Row> = Row::ALL.into_iter().filter(|row| row.allowed(&traces[0])).collect();
    assert_eq!(rows, []);
    for row in Row::ALL {
        assert!(traces.iter().any(|trace| row.allowed(trace)), "{row}");
    }
}
