//! The shim that BoringSSL's test runner drives: one process for each test, which connects to the runner and does what the
//! flags say.
//!
//! It speaks through the OpenSSL face, over a socket that blocks or, with `-async`, over one that takes and gives a byte at a
//! time. Flags mean what BoringSSL's own shim means by them. A flag that is not known ends the shim with 89, which the runner
//! counts as not implemented. `tests/bogo/README.md` says how to run it.

mod attempt;
mod certificates;
mod early;
mod exchange;
mod expectations;
mod flags;
mod known;
mod line;
mod names;
mod noted;
mod session;
mod setup;
mod tickets;
pub mod verdicts;

use std::process::ExitCode;

use flags::Flags;

/// What ends the shim with an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The runner wants something that is not there.
    Unimplemented(String),
    /// The connection or an expectation failed.
    Failed(String),
}

impl Failure {
    /// An expectation failed.
    fn said(what: impl Into<String>) -> Self {
        Self::Failed(what.into())
    }
}

/// Runs the shim with these arguments.
#[must_use]
pub fn run(arguments: &[String]) -> ExitCode {
    if arguments.iter().any(|argument| argument == "-is-handshaker-supported") {
        println!("No");
        return ExitCode::SUCCESS;
    }
    match Flags::parse(arguments).and_then(|flags| attempt::all(&flags)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Unimplemented(what)) => {
            eprintln!("not implemented: {what}");
            ExitCode::from(89)
        }
        Err(Failure::Failed(what)) => {
            eprintln!("{what}");
            ExitCode::FAILURE
        }
    }
}
