//! Certificate paths of x509-limbo: the engine's verdict is that of rustls-webpki alone, and what the collection expects but
//! where it is explained.
//!
//! The collection is not part of this project: `TIDEGATE_LIMBO` is the path of its `limbo.json`.
#![allow(missing_docs, reason = "tests")]

mod case;
mod differences;

use std::collections::{BTreeMap, BTreeSet};

use case::Case;
use differences::DIFFERENCES;

fn cases() -> Vec<Case> {
    let path = std::env::var_os("TIDEGATE_LIMBO").expect("TIDEGATE_LIMBO is the path of a limbo.json");
    let file: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let cases: Vec<Case> = file["testcases"].as_array().unwrap().iter().map(Case::new).collect();
    println!("{} cases, {} of servers", cases.len(), cases.iter().filter(|case| case.of_server).count());
    assert!(cases.len() > 200);
    cases
}

#[test]
#[ignore = "needs TIDEGATE_LIMBO, the path of x509-limbo's limbo.json"]
fn limbo_verdicts_are_those_of_webpki() {
    for case in cases() {
        let (ours, theirs) = (case.ours(), case.theirs());
        assert_eq!(ours.is_ok(), theirs.is_ok(), "{}: {ours:?}; webpki: {theirs:?}", case.id);
    }
}

#[test]
#[ignore = "needs TIDEGATE_LIMBO, the path of x509-limbo's limbo.json"]
fn limbo_verdicts_are_those_expected_but_where_it_is_explained() {
    let cases = cases();
    let differing = cases.iter().filter(|case| case.ours().is_ok() != case.accepted);
    let differing: BTreeMap<&str, bool> = differing.map(|case| (case.id.as_str(), !case.accepted)).collect();
    let all = DIFFERENCES
        .iter()
        .flat_map(|difference| difference.cases.iter().map(|id| (*id, difference.accepted)));
    let explained: BTreeMap<&str, bool> = all.collect();
    let (found, known): (BTreeSet<_>, BTreeSet<_>) = (differing.iter().collect(), explained.iter().collect());
    let (new, gone): (Vec<_>, Vec<_>) =
        (found.difference(&known).collect(), known.difference(&found).collect());
    assert!(new.is_empty() && gone.is_empty(), "not explained: {new:?}\nno more: {gone:?}");
}

#[test]
fn no_case_is_explained_twice_and_no_reason_given_twice() {
    let cases: Vec<&str> = DIFFERENCES.iter().flat_map(|difference| difference.cases).copied().collect();
    let reasons: Vec<&str> = DIFFERENCES.iter().map(|difference| difference.reason).collect();
    for names in [cases, reasons] {
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{names:?}");
    }
}
