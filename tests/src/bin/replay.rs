//! `replay FILE..`: holds recorded traces of OpenSSL against Tidegate's face in OpenSSL's shape.
//!
//! Each operation is run on the face over a transport with the trace's budgets; the peer is the system's libssl. The last
//! line says how many operations went as recorded, as a named deviation predicts, and otherwise.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use tidegate_tests::oracle::judge::Verdict;
use tidegate_tests::oracle::libssl::Library;
use tidegate_tests::oracle::read_each;
use tidegate_tests::oracle::replay::{Replayer, describe};
use tidegate_tests::oracle::tally::Tally;
use tidegate_tests::oracle::trace::Trace;

/// Holds recorded traces of OpenSSL against Tidegate's face in OpenSSL's shape
///
/// Prints each operation that went neither as recorded nor as a named deviation predicts. The exit status is 0 where there
/// is none, 1 where there is one, 2 where something can't be run; whatever can be is run all the same.
#[derive(Parser)]
#[command(name = "replay")]
struct Arguments {
    /// Files of traces: one JSON object a line
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut run = Run::default();
    match Library::load() {
        Ok(library) => {
            println!("peer: {library:?}");
            let replayer = Replayer::new(library);
            arguments.files.iter().for_each(|file| run.file(&replayer, file));
        }
        Err(error) => run.cannot(&format!("libssl, the peer, can't be loaded: {error}")),
    }
    println!("{}", run.tally);
    ExitCode::from(match (run.troubles, run.tally.different) {
        (1.., _) => 2,
        (0, 1..) => 1,
        (0, 0) => 0,
    })
}

/// What came of the files so far.
#[derive(Default)]
struct Run {
    tally: Tally,
    /// Files and traces that can't be run.
    troubles: usize,
}

impl Run {
    fn cannot(&mut self, what: &str) {
        eprintln!("error: {what}");
        self.troubles += 1;
    }

    fn file(&mut self, replayer: &Replayer, file: &Path) {
        let name = file.display().to_string();
        let bytes = match std::fs::read(file) {
            Ok(bytes) => bytes,
            Err(error) => return self.cannot(&format!("{name}: {error}")),
        };
        for trace in read_each(&String::from_utf8_lossy(&bytes)) {
            match trace {
                Ok(trace) => self.trace(replayer, &name, &trace),
                Err(error) => self.cannot(&format!("{name}: {error}")),
            }
        }
    }

    /// A trace whose run is broken off counts as different in all its operations.
    fn trace(&mut self, replayer: &Replayer, file: &str, trace: &Trace) {
        let tally = &mut self.tally;
        let run = AssertUnwindSafe(|| replayer.replay(trace, tally));
        match catch_unwind(run) {
            Ok(verdicts) => print_differences(file, trace, &verdicts),
            Err(_) => {
                self.tally.different += trace.operations.len().max(1);
                println!("{file}: trace {} {}: broken off", trace.number, trace.name);
            }
        }
    }
}

fn print_differences(file: &str, trace: &Trace, verdicts: &[Verdict]) {
    for (index, verdict) in verdicts.iter().enumerate() {
        if let Verdict::Different(difference) = verdict {
            println!("{file}: {}", describe(trace, index, difference));
        }
    }
}
