//! `replay FILE..`: holds recorded traces of OpenSSL against Tidegate's face in OpenSSL's shape.
//!
//! Each operation is run on the face over a transport with the trace's budgets; the peer is the system's libssl. The last
//! line says how many operations went as recorded, as a named deviation predicts, and otherwise.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use tidegate_tests::oracle::judge::{Tally, Verdict};
use tidegate_tests::oracle::libssl::Library;
use tidegate_tests::oracle::read_traces;
use tidegate_tests::oracle::replay::{Replayer, describe};
use tidegate_tests::oracle::trace::Trace;

/// Holds recorded traces of OpenSSL against Tidegate's face in OpenSSL's shape
///
/// Prints each operation that went neither as recorded nor as a named deviation predicts. The exit status is 0 where there
/// is none, 1 where there is one, 2 where the traces can't be run.
#[derive(Parser)]
#[command(name = "replay")]
struct Arguments {
    /// Files of traces: one JSON object a line
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

fn main() -> ExitCode {
    match run(&Arguments::parse().files) {
        Ok(tally) => {
            println!("{tally}");
            ExitCode::from(u8::from(tally.different > 0))
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(files: &[PathBuf]) -> Result<Tally, String> {
    let library = Library::load().map_err(|error| format!("libssl, the peer, can't be loaded: {error}"))?;
    let replayer = Replayer::new(library);
    println!("peer: {library:?}");
    let mut tally = Tally::default();
    for file in files {
        let name = file.display();
        let text = std::fs::read_to_string(file).map_err(|error| format!("{name}: {error}"))?;
        for trace in read_traces(&text).map_err(|error| format!("{name}: {error}"))? {
            let verdicts = replayer.replay(&trace, &mut tally);
            print_differences(&name.to_string(), &trace, &verdicts);
        }
    }
    Ok(tally)
}

fn print_differences(file: &str, trace: &Trace, verdicts: &[Verdict]) {
    for (index, verdict) in verdicts.iter().enumerate() {
        if let Verdict::Different(difference) = verdict {
            println!("{file}: {}", describe(trace, index, difference));
        }
    }
}
