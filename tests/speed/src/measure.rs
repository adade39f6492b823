//! Rounds: in each of them every implementation has its turn.

use std::fs;

use tidegate_tests::pki::Pki;

use crate::bench::{Bench, Row};
use crate::stack::{Agreed, Failure, Form, Kind, Setup, connect};
use crate::stacks::Entry;

/// What came out of a bench.
#[derive(Debug)]
pub(crate) struct Measured {
    /// The rows, each with a series for each column.
    pub(crate) rows: Vec<(Row, Vec<Series>)>,
    /// Who was left out, and why.
    pub(crate) absent: Vec<String>,
}

/// Seconds of one, round by round.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Series {
    /// Whose they are.
    pub(crate) column: String,
    /// The seconds.
    pub(crate) seconds: Vec<f64>,
}

/// An implementation that runs, in one form.
struct Runner {
    name: String,
    form: Form,
    stack: usize,
    times: usize,
    rows: Vec<Vec<f64>>,
}

/// Measures implementations, so many rounds.
///
/// # Errors
/// If one does something else than the others, or trusts whom it should not.
pub(crate) fn measure(
    bench: Bench,
    entries: &[Entry],
    pki: &Pki,
    rounds: usize,
) -> Result<Measured, Failure> {
    let (mut stacks, mut runners, mut absent) = (Vec::new(), Vec::new(), Vec::new());
    for entry in entries.iter().filter(|entry| entry.fits(bench)) {
        let setup = bench.setup(pki);
        match (entry.make)(&setup) {
            Ok(stack) => stacks.push(stack),
            Err(why) => {
                absent.push(format!("{}: {why}", entry.name));
                continue;
            }
        }
        check(entry, &setup).map_err(|why| format!("{}: {why}", entry.name))?;
        let stack = stacks.len() - 1;
        for form in bench.forms(&*stacks[stack]) {
            let times = bench.times(&mut *stacks[stack], *form)?;
            let name = format!("{}{}", entry.name, suffix(entry, *form));
            runners.push(Runner {
                name,
                form: *form,
                stack,
                times,
                rows: vec![Vec::new(); bench.rows().len()],
            });
        }
    }
    for round in 0..rounds {
        eprint!("\r  {:60} round {} of {rounds} ", bench.rows()[0].name, round + 1);
        for at in order(round, runners.len()) {
            let runner = &mut runners[at];
            let values = undisturbed(|| bench.slice(&mut *stacks[runner.stack], runner.form, runner.times))?;
            runner.rows.iter_mut().zip(values).for_each(|(row, value)| row.push(value));
        }
    }
    eprintln!();
    Ok(Measured { rows: rows(bench, &runners), absent })
}

/// Slices until one had the processor to itself, or many were tried.
fn undisturbed(mut slice: impl FnMut() -> Result<Vec<f64>, Failure>) -> Result<Vec<f64>, Failure> {
    const TRIES: usize = 20;
    for _ in 1..TRIES {
        let before = waited();
        let done = slice()?;
        if waited() == before {
            return Ok(done);
        }
    }
    slice()
}

/// How long this thread has waited for a processor, as Linux says it; nothing elsewhere.
fn waited() -> Option<String> {
    let counts = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    counts.split(' ').nth(1).map(str::to_owned)
}

fn suffix(entry: &Entry, form: Form) -> &'static str {
    if form == Form::InPlace && !entry.is_bare() { ", in place" } else { "" }
}

/// Who comes after whom: another one begins each time, and every other time they go backwards.
fn order(round: usize, count: usize) -> Vec<usize> {
    let mut order: Vec<_> = (0..count).map(|at| (at + round * 5) % count).collect();
    if round % 2 == 1 {
        order.reverse();
    }
    order
}

/// The row `open` is of those alone that say when the bytes have arrived.
fn rows(bench: Bench, runners: &[Runner]) -> Vec<(Row, Vec<Series>)> {
    let series = |at: usize, row: &Row| {
        let says = |runner: &&Runner| !row.name.ends_with("open") || runner.form == Form::InPlace;
        let those = runners.iter().filter(says);
        those.map(|runner| Series { column: runner.name.clone(), seconds: runner.rows[at].clone() }).collect()
    };
    bench.rows().into_iter().enumerate().map(|(at, row)| (row.clone(), series(at, &row))).collect()
}

/// That an implementation agrees on what it should, and verifies: with another root it must fail.
fn check(entry: &Entry, setup: &Setup) -> Result<(), Failure> {
    let mut stack = (entry.make)(setup)?;
    connect(&mut *stack)?;
    connect(&mut *stack)?;
    expect(stack.agreed(), setup)?;
    let stranger = Pki::new(&rcgen::PKCS_ECDSA_P256_SHA256);
    let mut trusting = (entry.make)(&Setup { trusted: stranger, ..setup.clone() })?;
    match connect(&mut *trusting) {
        Ok(()) if !entry.is_bare() => Err("it trusts a stranger".into()),
        _ => Ok(()),
    }
}

fn expect(agreed: Option<Agreed>, setup: &Setup) -> Result<(), Failure> {
    let agreed = agreed.ok_or("nothing was agreed on")?;
    let wanted = Agreed { suite: setup.suite.0, resumed: setup.kind == Kind::Resumed, ..agreed };
    if agreed == wanted && agreed.x25519 != Some(false) {
        return Ok(());
    }
    Err(format!("{agreed:?} in place of {wanted:?}").into())
}
