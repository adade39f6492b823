//! How fast Tidegate is, beside other implementations: both ends in memory, on one core.

#[cfg(all(feature = "boring", feature = "openssl"))]
compile_error!("BoringSSL's functions have the names of OpenSSL's: choose one of them");

mod allocations;
mod bars;
mod bench;
mod measure;
mod report;
mod results;
mod shares;
mod stack;
mod stacks;
mod statistics;

use std::path::PathBuf;
use std::{fs, io};

use clap::Parser;
use tidegate_tests::pki::Pki;

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
    /// Writes the results to the page, the chart and `results.json` in this folder, which has a README.md
    #[arg(long, value_name = "FOLDER")]
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
    if let Some(folder) = arguments.write {
        let json = format!("{:#}\n", results.json(&bars));
        let name = if WITH_BORING { "results-boring.json" } else { "results.json" };
        fs::write(folder.join(name), json)?;
        write(&folder, &results, &tables)?;
    }
    Ok(())
}

/// Whether BoringSSL is here, and OpenSSL, whose functions have the same names, is not.
const WITH_BORING: bool = cfg!(feature = "boring");

/// Where the results stand in the page.
const MARKS: [&str; 2] = if WITH_BORING {
    ["<!-- results with BoringSSL: written by the command -->\n", "<!-- end of those with BoringSSL -->"]
} else {
    ["<!-- results: written by the command -->\n", "<!-- end of the results -->"]
};

/// Writes the chart and the page.
fn write(folder: &std::path::Path, results: &Results, tables: &str) -> io::Result<()> {
    let name = if WITH_BORING { "chart-boring.svg" } else { "chart.svg" };
    if let Some(chart) = report::chart::chart(results) {
        fs::write(folder.join(name), chart)?;
    }
    let page = fs::read_to_string(folder.join("README.md"))?;
    let parts =
        page.split_once(MARKS[0]).and_then(|(before, rest)| Some((before, rest.split_once(MARKS[1])?.1)));
    let (before, after) = parts.ok_or_else(|| io::Error::other("the page has no place for results"))?;
    let page = format!("{before}{}\n![Speeds]({name})\n\n{tables}\n{}{after}", MARKS[0], MARKS[1]);
    fs::write(folder.join("README.md"), page)
}
