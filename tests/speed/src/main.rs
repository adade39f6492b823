//! How fast Tidegate is, beside other implementations: both ends in memory, on one core.

#[cfg(all(feature = "boring", feature = "openssl"))]
compile_error!("BoringSSL's functions have the names of OpenSSL's: choose one of them");

mod allocations;
mod bars;
mod bench;
mod measure;
mod processor;
mod report;
mod results;
mod shares;
mod stack;
mod stacks;
mod statistics;

use std::path::{Path, PathBuf};
use std::{fs, io};

use clap::Parser;
use tidegate_tests::pki::Pki;

use bars::Bar;
use results::Results;
use stack::Failure;

/// Measures how fast Tidegate is, beside other implementations
///
/// In each round every implementation has its turn, for some milliseconds. A ratio is the median of those of all rounds, with
/// its interval of 95 percent and the ratio of the best deciles.
#[derive(Parser)]
#[command(name = "speed")]
struct Arguments {
    /// Rounds, at least 30 for results that count
    #[arg(long, default_value_t = 31)]
    rounds: usize,
    /// Only what has a row with a name that contains this, as in `resumptions` or `1 kB`
    #[arg(long, default_value = "")]
    only: String,
    /// Only implementations with names that contain one of these, separated by commas
    #[arg(long, value_delimiter = ',')]
    stacks: Vec<String>,
    /// Lists the implementations and the rows, and measures nothing
    #[arg(long)]
    list: bool,
    /// Does one thing again and again, for valgrind to look on
    #[arg(long, hide = true)]
    repeat: Option<String>,
    /// Writes the results to this page, with a chart and JSON of the same name beside it
    #[arg(long, value_name = "PAGE.md")]
    write: Option<PathBuf>,
}

fn main() -> Result<(), Failure> {
    let arguments = Arguments::parse();
    let is_chosen = |name: &str| {
        arguments.stacks.is_empty() || arguments.stacks.iter().any(|part| name.contains(part.as_str()))
    };
    let entries: Vec<_> = stacks::entries().into_iter().filter(|entry| is_chosen(entry.name)).collect();
    if let Some(work) = &arguments.repeat {
        return allocations::repeat(&entries, work);
    }
    let has_row = |bench: &bench::Bench| bench.rows().iter().any(|row| row.name.contains(&arguments.only));
    let benches: Vec<_> = bench::benches().into_iter().filter(has_row).collect();
    if arguments.list {
        entries.iter().for_each(|entry| println!("{}", entry.name));
        benches.iter().flat_map(|bench| bench.rows()).for_each(|row| println!("  {}", row.name));
        return Ok(());
    }
    let pki = Pki::new(&rcgen::PKCS_ECDSA_P256_SHA256);
    let mut results = Results { rounds: arguments.rounds, ..Results::default() };
    for bench in benches {
        results.add(measure::measure(bench, &entries, &pki, arguments.rounds.max(1))?);
    }
    if "shares of a full handshake".contains(&arguments.only) {
        let setup = bench::Bench::Handshakes(stack::Kind::Full).setup(&pki);
        results.shares = shares::measure(&setup, arguments.rounds.max(1))?;
    }
    if "allocations for a record".contains(&arguments.only) {
        results.allocations = allocations::measure(&entries);
    }
    let bars = bars::bars(&results);
    let tables = report::tables::tables(&results, &bars);
    print!("{tables}");
    if let Some(page) = arguments.write {
        write(&page, &results, &bars, &tables)?;
    }
    Ok(())
}

/// Writes the page, with a chart and JSON of the same name beside it.
fn write(page: &Path, results: &Results, bars: &[Bar], tables: &str) -> io::Result<()> {
    let (chart, json) = (page.with_extension("svg"), page.with_extension("json"));
    fs::write(json, format!("{:#}\n", results.json(bars)))?;
    let mut text = format!("# Speeds on {}\n\n", processor::name());
    let (features, rounds) = (processor::features().join(", "), results.rounds);
    text.push_str(&format!("{features}; {rounds} rounds. What it means: [README.md](README.md).\n\n"));
    if let Some(drawn) = report::chart::chart(results) {
        let name = chart.file_name().unwrap_or_default().to_string_lossy();
        text.push_str(&format!("![Speeds]({name})\n\n"));
        fs::write(&chart, drawn)?;
    }
    fs::write(page, text + tables)
}
