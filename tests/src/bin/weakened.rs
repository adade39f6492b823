//! Builds the engine with checks left out, and demands that its tests find each.

use std::process::ExitCode;

use tidegate_tests::cargo::{repository, target_folder};
use tidegate_tests::weakened::{Verdict, Workshop, try_all};

fn main() -> ExitCode {
    match verdicts() {
        Ok(verdicts) => {
            verdicts.iter().for_each(show);
            let failed = verdicts.iter().any(|verdict| !verdict.overlooked_by.is_empty());
            if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn verdicts() -> Result<Vec<Verdict>, Box<dyn std::error::Error>> {
    let program = Workshop::set_up(repository(), target_folder().join("weakened"))?.build()?;
    Ok(try_all(&program)?)
}

fn show(verdict: &Verdict) {
    let Some(weakness) = verdict.weakness else {
        return println!(
            "  as it is: {}",
            outcome(verdict, "every test that is named passes", "does not pass")
        );
    };
    let found = format!("found by {}", weakness.tests().collect::<Vec<_>>().join(", "));
    println!("  {}: {}", weakness.name, outcome(verdict, &found, "does not find it"));
}

fn outcome(verdict: &Verdict, good: &str, bad: &str) -> String {
    match verdict.overlooked_by.as_slice() {
        [] => good.to_owned(),
        tests => format!("{} {bad}", tests.join(", ")),
    }
}
