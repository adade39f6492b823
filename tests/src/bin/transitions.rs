//! Writes the page of the transition table, tests/TRANSITIONS.md.

use std::process::ExitCode;

use tidegate_tests::transitions::{page, page_path};

fn main() -> ExitCode {
    let path = page_path();
    match std::fs::write(&path, page()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", path.display());
            ExitCode::FAILURE
        }
    }
}
