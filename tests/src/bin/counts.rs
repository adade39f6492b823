//! Counts the engine's own instructions, and fails where a limit is exceeded.

use std::error::Error;
use std::process::ExitCode;
use std::thread;

use clap::Parser;
use tidegate_tests::budget::grouped;
use tidegate_tests::counts::limits::{MEASURES, Verdict, line, verdicts};
use tidegate_tests::counts::{Count, Program};

/// Counts the instructions of handshakes and records without their cryptography, and fails where a limit is exceeded
///
/// It takes valgrind. The limits stand in `tests/src/counts/limits.rs`.
#[derive(Parser)]
#[command(name = "counts")]
struct Arguments {
    /// Only what has a name that contains this, as in `client`
    #[arg(long, default_value = "")]
    only: String,
    /// Also prints what was counted as the lines of `MEASURES` in that file
    #[arg(long)]
    lines: bool,
    /// Prints by function where the instructions of one piece of work are, and nothing else
    #[arg(long, value_name = "WORK")]
    functions: Option<String>,
}

type Failure = Box<dyn Error + Send + Sync>;

fn main() -> Result<ExitCode, Failure> {
    let Arguments { only, lines, functions } = Arguments::parse();
    let program = Program::build()?;
    if let Some(work) = functions {
        print!("{}", program.functions(&work)?);
        return Ok(ExitCode::SUCCESS);
    }
    let works: Vec<_> = program.works()?.into_iter().filter(|work| work.contains(&only)).collect();
    let counts = count_all(&program, &works)?;
    let measures: Vec<_> = MEASURES.iter().filter(|(work, _)| work.contains(&only)).copied().collect();
    let verdicts = verdicts(&counts, &measures);
    if lines {
        counts.iter().for_each(|count| println!("{}", line(count)));
    }
    println!("{:20}{:>12}{:>12}", "instructions", "counted", "at most");
    verdicts.iter().for_each(print);
    let is_kept = verdicts.iter().all(Verdict::is_kept);
    Ok(if is_kept { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print(verdict: &Verdict) {
    let shown = |value: Option<u64>| value.map_or(String::from("-"), |value| grouped(value, ' '));
    let beyond = if verdict.is_kept() { "" } else { "  BEYOND" };
    println!("{:20}{:>12}{:>12}{beyond}", verdict.work, shown(verdict.value), shown(verdict.at_most));
}

/// Counts all, in their order, one half beside the other.
fn count_all(program: &Program, works: &[String]) -> Result<Vec<Count>, Failure> {
    let count = |works: &[String]| {
        works
            .iter()
            .map(|work| program.count(work))
            .collect::<Result<Vec<_>, _>>()
            .map(|counts| counts.concat())
    };
    let (first, second) = works.split_at(works.len() / 2);
    thread::scope(|scope| {
        let first = scope.spawn(|| count(first));
        let second = count(second)?;
        let first = first.join().map_err(|_| "counting panicked")??;
        Ok(first.into_iter().chain(second).collect())
    })
}
