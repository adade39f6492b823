//! Compares what of firmware could panic with what is known to.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use tidegate_tests::panics::{Allowed, Sites, compare, sites};

/// Compares what of firmware could panic with what is known to.
#[derive(Parser)]
struct Arguments {
    /// What is known, and why it can't be reached.
    #[arg(long)]
    known: PathBuf,
    /// The programs, built with debug information.
    #[arg(required = true)]
    programs: Vec<PathBuf>,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(differences) if differences.is_empty() => ExitCode::SUCCESS,
        Ok(differences) => {
            differences.iter().for_each(|difference| println!("  {difference}"));
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("panics: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<Vec<String>, Box<dyn Error>> {
    let known = Allowed::parse(&std::fs::read_to_string(&arguments.known)?)?;
    let mut found = Sites::new();
    for program in &arguments.programs {
        for (owner, functions) in sites(program)? {
            found.entry(owner).or_default().extend(functions);
        }
    }
    let count: usize = found.values().map(std::collections::BTreeSet::len).sum();
    println!("  {count} functions of {} crates could panic", found.len());
    let mut differences = compare(&found, &known);
    let own = found.get("tidegate").into_iter().flatten();
    let engine = own.filter(|name| !name.contains("tidegate::embedded::"));
    differences.extend(engine.map(|name| format!("the engine itself could panic: {name}")));
    Ok(differences)
}
