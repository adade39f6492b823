//! That the weaknesses still fit the engine; `tests/run weakened` builds it with them.
#![allow(missing_docs, reason = "tests")]

use std::collections::BTreeSet;
use std::path::PathBuf;

use tidegate_tests::cargo::repository;
use tidegate_tests::weakened::{WEAKNESSES, Workshop};

#[test]
fn every_edit_fits() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("weakened");
    if let Err(error) = Workshop::set_up(repository(), folder) {
        panic!("{error}");
    }
}

#[test]
fn every_weakness_has_a_name_of_its_own_and_somebody_who_finds_it() {
    let names: BTreeSet<&str> = WEAKNESSES.iter().map(|weakness| weakness.name).collect();
    assert_eq!(names.len(), WEAKNESSES.len());
    assert!(WEAKNESSES.iter().all(|weakness| !weakness.edits.is_empty() && weakness.tests().count() > 0));
}
