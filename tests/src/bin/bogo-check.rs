//! Compares the JSON output of BoringSSL's test runner to the list of what passes: see `tests/bogo/README.md`.

use std::process::ExitCode;

use tidegate_tests::bogo::verdicts::compare;

/// The names that pass.
const LIST: &str = include_str!("../../bogo/passes.txt");

fn main() -> ExitCode {
    let Some(file) = std::env::args().nth(1) else {
        eprintln!("bogo-check RUNNER_OUTPUT.json");
        return ExitCode::from(2);
    };
    let read = std::fs::read_to_string(&file).map_err(|error| error.to_string());
    let verdicts = match read.and_then(|output| compare(&output, LIST)) {
        Ok(verdicts) => verdicts,
        Err(error) => {
            eprintln!("{file}: {error}");
            return ExitCode::from(2);
        }
    };
    for (word, names) in
        [("lost", &verdicts.lost), ("not run", &verdicts.missing), ("gained", &verdicts.gained)]
    {
        names.iter().for_each(|name| println!("{word}: {name}"));
    }
    println!("{} of the list passed, {} did not", verdicts.kept, verdicts.lost.len());
    if verdicts.lost.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
