//! Builds the firmware in its profiles, measures it, and fails where a limit is exceeded.

use std::error::Error;
use std::fs;
use std::process::ExitCode;
use std::thread;

use clap::Parser;
use tidegate_tests::budget::image::Image;
use tidegate_tests::budget::limits::{Verdict, line, verdicts};
use tidegate_tests::budget::program::{Level, Program, all};
use tidegate_tests::budget::{Measured, add_sums, report, run};
use tidegate_tests::cargo::target_folder;

/// Measures what a firmware with Tidegate takes, and fails where a limit is exceeded
///
/// Prints the tables and writes the same figures to `budget.json` in cargo's target folder. The limits and their reasons
/// stand in `tests/src/budget/limits.rs`. It takes QEMU and OpenSSL.
#[derive(Parser)]
#[command(name = "budget")]
struct Arguments {
    /// Only programs whose name contains this, as in `client minimal`, and no JSON
    #[arg(long, default_value = "")]
    only: String,
    /// Also prints what was measured as the lines of `MEASURES` in that file
    #[arg(long)]
    lines: bool,
}

type Failure = Box<dyn Error + Send + Sync>;

fn main() -> Result<ExitCode, Failure> {
    let Arguments { only, lines } = Arguments::parse();
    let chosen: Vec<_> = all().into_iter().filter(|program| program.to_string().contains(&only)).collect();
    let measured = measure_all(&chosen)?;
    let verdicts: Vec<_> =
        measured.iter().flat_map(|measured| verdicts(&measured.program, &measured.figures)).collect();
    if lines {
        measured.iter().for_each(|measured| println!("{}", line(&measured.program, &measured.figures)));
    }
    print!("{}", report::tables(&measured, &verdicts));
    if only.is_empty() {
        let path = target_folder().join("budget.json");
        fs::write(&path, format!("{:#}\n", report::json(&measured, &verdicts)))?;
        println!("  {}", path.display());
    }
    let is_kept = verdicts.iter().all(Verdict::is_kept);
    Ok(if is_kept { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Measures programs, in their order: those of either optimisation beside those of the other, which have no code in common.
fn measure_all(programs: &[Program]) -> Result<Vec<Measured>, Failure> {
    let measure_those = |level| {
        let those = programs.iter().filter(move |program| program.level == level);
        those.map(|program| measure(*program)).collect::<Result<Vec<_>, _>>()
    };
    let mut measured = thread::scope(|scope| {
        let small = scope.spawn(|| measure_those(Level::Small));
        let smallest = measure_those(Level::Smallest);
        let small = small.join().map_err(|_| "measuring panicked")?;
        Ok::<_, Failure>(small?.into_iter().chain(smallest?).collect::<Vec<_>>())
    })?;
    measured.sort_by_key(|measured| programs.iter().position(|program| *program == measured.program));
    Ok(measured)
}

fn measure(program: Program) -> Result<Measured, Failure> {
    eprintln!("  {program}");
    let path = program.build()?;
    let Image { mut figures, parts, sources } = Image::read(&path)?;
    let said = run::run(&program, &path)?;
    for name in figures.keys().filter(|name| said.contains_key(*name)) {
        if figures[name] != said[name] {
            return Err(format!("{program}: {name}: {} linked, {} run", figures[name], said[name]).into());
        }
    }
    figures.extend(said);
    add_sums(&mut figures);
    Ok(Measured { program, figures, parts, sources })
}
