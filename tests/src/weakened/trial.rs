//! Runs the tests with each weakness.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::process::Command;

use super::{VARIABLE, WEAKNESSES, Weakness};

/// What came of one weakness.
#[derive(Debug)]
pub struct Verdict {
    /// The weakness; none where nothing was weakened.
    pub weakness: Option<&'static Weakness>,
    /// Tests that should have failed and did not; where nothing was weakened, tests that did not pass.
    pub overlooked_by: Vec<String>,
}

/// Runs the tests that are named, first with no weakness, then with each.
///
/// # Errors
/// If the program can't be run.
pub fn try_all(program: &Path) -> io::Result<Vec<Verdict>> {
    let named: BTreeSet<String> = WEAKNESSES.iter().flat_map(Weakness::tests).collect();
    let mut verdicts = vec![try_one(program, None, named, "ok")?];
    for weakness in WEAKNESSES {
        verdicts.push(try_one(program, Some(weakness), weakness.tests().collect(), "FAILED")?);
    }
    Ok(verdicts)
}

/// Runs these tests, each of which must come to this.
fn try_one(
    program: &Path,
    weakness: Option<&'static Weakness>,
    tests: BTreeSet<String>,
    result: &str,
) -> io::Result<Verdict> {
    let mut command = Command::new(program);
    command.arg("--exact").args(&tests).env_remove(VARIABLE);
    if let Some(weakness) = weakness {
        command.env(VARIABLE, weakness.name);
    }
    let output = command.output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    let came = |test: &String| said.lines().any(|line| line == format!("test {test} ... {result}"));
    Ok(Verdict { weakness, overlooked_by: tests.into_iter().filter(|test| !came(test)).collect() })
}
