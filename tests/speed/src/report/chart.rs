//! Bar charts in SVG.

use std::fmt::Write;

use crate::bench::Row;
use crate::measure::Series;
use crate::results::{Results, Whose, fastest};

/// Rows of the chart, a panel each.
const PANELS: [&str; 8] = [
    "full handshakes",
    "resumptions",
    "AES-128-GCM 16 kB send",
    "AES-128-GCM 16 kB receive",
    "AES-128-GCM 1 kB send",
    "AES-128-GCM 1 kB receive",
    "AES-128-GCM 64 B send",
    "ChaCha20-Poly1305 16 kB send",
];

/// Width of the picture.
const WIDTH: usize = 960;
/// Width of a panel.
const PANEL: usize = WIDTH / 2;
/// Where bars begin in a panel.
const NAMES: usize = 150;
/// Width of the longest bar.
const LONGEST: f64 = 230.0;
/// From one bar to the next.
const STEP: usize = 20;
/// Above the first bar.
const HEAD: usize = 40;

/// Colours for light and dark backgrounds.
const STYLE: &str = "text{font:12px system-ui,sans-serif;fill:#24292f}.t{font-weight:600;font-size:13px}\
.n{text-anchor:end}.v{fill:#57606a}.o{fill:#0a7ea4}.p{fill:#afb8c1}.b{fill:none;stroke:#afb8c1}.g{fill:#fff}\
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.v{fill:#9198a1}.o{fill:#39b5e0}.p{fill:#59636e}.b{stroke:#59636e}\
.g{fill:#0d1117}}";

/// A bar: its name, what it shows, and its class.
struct Bar<'a> {
    name: &'a str,
    speed: f64,
    class: &'static str,
}

/// The whole chart; none if nothing of it was measured.
pub(crate) fn chart(results: &Results) -> Option<String> {
    let panels: Vec<_> = PANELS
        .iter()
        .filter_map(|name| results.rows.iter().find(|(row, _)| row.name == *name))
        .map(|(row, all)| (row, bars(row, all)))
        .collect();
    let heights: Vec<_> = panels
        .chunks(2)
        .map(|pair| pair.iter().map(|(_, bars)| bars.len()).max().unwrap_or(0) * STEP + HEAD + 16)
        .collect();
    let height: usize = heights.iter().sum::<usize>() + 28;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         aria-label=\"Speed of Tidegate beside other implementations\"><style>{STYLE}</style>\
         <rect class=\"g\" width=\"{WIDTH}\" height=\"{height}\" rx=\"6\"/>\n"
    );
    let mut top = 4;
    for (pair, height) in panels.chunks(2).zip(heights) {
        for (at, (row, bars)) in pair.iter().enumerate() {
            panel(&mut out, (at * PANEL, top), row, bars);
        }
        top += height;
    }
    out.push_str(&format!(
        "<text class=\"v\" x=\"12\" y=\"{}\">More is faster. Filled in colour: Tidegate over each library. Outlined: the fastest \
         AEAD alone.</text>\n</svg>\n",
        height - 10
    ));
    (!panels.is_empty()).then_some(out)
}

/// One bar for each implementation and library, the fastest first; the ceiling behind them.
fn bars<'a>(row: &Row, all: &'a [Series]) -> Vec<Bar<'a>> {
    let name = |series: &'a Series| {
        if series.keeps_signatures() {
            return &*series.column;
        }
        let name = series.column.split(',').next().unwrap_or_default();
        name.trim_end_matches(" unbuffered")
    };
    let mut names: Vec<_> = all.iter().map(name).collect();
    names.dedup();
    let one = |shown: &'a str| {
        let series = fastest(all.iter().filter(|series| name(series) == shown))?;
        let class = match series.whose() {
            Whose::Ours => "o",
            Whose::Bare => "b",
            Whose::Peers => "p",
        };
        Some(Bar { name: shown, speed: row.unit.speed(series.median()), class })
    };
    let mut bars: Vec<_> = names.into_iter().filter_map(one).collect();
    bars.sort_by(|one, other| other.speed.total_cmp(&one.speed));
    bars.dedup_by(|one, other| one.name == other.name);
    let ceiling = bars.iter().position(|bar| bar.class == "b");
    bars.into_iter()
        .enumerate()
        .filter(|(at, bar)| bar.class != "b" || Some(*at) == ceiling)
        .map(|(_, bar)| bar)
        .collect()
}

fn panel(out: &mut String, (left, top): (usize, usize), row: &Row, bars: &[Bar<'_>]) {
    let most = bars.iter().map(|bar| bar.speed).fold(1.0, f64::max);
    let from = left + NAMES;
    let title = format!("{}, {}", row.name, row.unit.name());
    let mut put = |text: String| writeln!(out, "{text}").unwrap_or(());
    put(format!("<text class=\"t\" x=\"{}\" y=\"{}\">{title}</text>", left + 12, top + 24));
    for (at, Bar { name, speed, class }) in bars.iter().enumerate() {
        let y = top + HEAD + at * STEP;
        let (width, name) = (speed / most * LONGEST, if *class == "b" { "AEAD alone" } else { name });
        put(format!("<text class=\"n\" x=\"{}\" y=\"{}\">{name}</text>", from - 8, y + 11));
        put(format!(
            "<rect class=\"{class}\" x=\"{from}\" y=\"{y}\" width=\"{width:.1}\" height=\"14\" rx=\"2\"/>"
        ));
        let x = from as f64 + width + 6.0;
        put(format!("<text class=\"v\" x=\"{x:.1}\" y=\"{}\">{speed:.0}</text>", y + 11));
    }
}
