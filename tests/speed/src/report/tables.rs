//! Tables in Markdown.

use std::fmt::Write;

use crate::bars::Bar;
use crate::measure::Series;
use crate::results::{Results, Whose, fastest};
use crate::statistics::Ratio;

/// A ratio as it is written everywhere: the median, its interval, the best deciles.
pub(crate) fn ratio(ratio: &Ratio) -> String {
    let [low, high] = ratio.interval;
    format!("{:.2} ({low:.2} to {high:.2}; {:.2})", ratio.median, ratio.best)
}

/// The width of an interval, as a part of its median, from which on it says nothing: the machine did something else.
const UNCLEAR: f64 = 0.2;

/// All tables.
pub(crate) fn tables(results: &Results, bars: &[Bar]) -> String {
    let mut out = String::new();
    out.push_str("## Speeds\n\n");
    speeds(&mut out, results);
    out.push_str("\n## Ours beside the fastest other implementation\n\n");
    best(&mut out, results);
    out.push_str("\n## What was to be reached\n\n");
    reached(&mut out, bars);
    if !results.shares.is_empty() {
        out.push_str("\n## Where the time of a full handshake is\n\n");
        out.push_str(&crate::shares::table(&results.shares));
    }
    if !results.allocations.is_empty() {
        out.push_str("\n## Allocations for a record\n\n");
        out.push_str(&crate::allocations::table(&results.allocations));
    }
    if !results.absent.is_empty() {
        out.push_str("\nNot measured:\n\n");
        results.absent.iter().for_each(|absent| line(&mut out, &format!("- {absent}")));
    }
    out
}

fn line(out: &mut String, text: &str) {
    // A string takes all.
    writeln!(out, "{text}").unwrap_or(());
}

/// A row for each implementation, a column for each of what was measured: there are more of the former.
fn speeds(out: &mut String, results: &Results) {
    for rows in results.rows.chunks(3) {
        let heads: Vec<_> =
            rows.iter().map(|(row, _)| format!("{}, {}", row.name, row.unit.name())).collect();
        line(out, &format!("| | {} |", heads.join(" | ")));
        line(out, &format!("|---|{}", "--:|".repeat(heads.len())));
        for Series { column, .. } in &rows[0].1 {
            let cell = |(row, all): &(crate::bench::Row, Vec<Series>)| {
                let series = all.iter().find(|series| series.column == *column);
                series.map_or(String::from("-"), |series| format!("{:.0}", row.unit.speed(series.median())))
            };
            let cells: Vec<_> = rows.iter().map(cell).collect();
            line(out, &format!("| {column} | {} |", cells.join(" | ")));
        }
        line(out, "");
    }
}

/// The ratios of the adapter's own choice to the fastest peer of each row.
fn best(out: &mut String, results: &Results) {
    line(out, "| | ours | fastest other | ratio |\n|---|---|---|---|");
    for (row, all) in &results.rows {
        let own = |series: &&Series| {
            series.whose() == Whose::Ours && series.library().is_none() && !series.keeps_signatures()
        };
        let peers = |series: &&Series| series.whose() == Whose::Peers;
        let Some((ours, other)) = fastest(all.iter().filter(own)).zip(fastest(all.iter().filter(peers)))
        else {
            continue;
        };
        let (name, ratio) = (&row.name, ratio(&ours.against(other)));
        line(out, &format!("| {name} | {} | {} | {ratio} |", ours.column, other.column));
    }
}

fn reached(out: &mut String, bars: &[Bar]) {
    line(out, "| | ours | other | ratio | at least | |\n|---|---|---|---|--:|---|");
    for bar in bars {
        let Bar { row, ours, other, at_least, .. } = bar;
        let [low, high] = bar.ratio.interval;
        let met = match bar.ratio.reaches(*at_least) {
            false => "**missed**",
            true if high - low > UNCLEAR * bar.ratio.median => "unclear",
            true => "met",
        };
        let ratio = ratio(&bar.ratio);
        line(out, &format!("| {row} | {ours} | {other} | {ratio} | {at_least:.2} | {met} |"));
    }
}
