//! Line charts as SVG: a panel for each quantity, over a logarithmic axis.

use std::fmt::Write;

/// One quantity over what was varied.
#[derive(Clone, Debug)]
pub struct Panel {
    /// What it is.
    pub title: String,
    /// The lines.
    pub lines: Vec<Line>,
}

/// How a quantity goes.
#[derive(Clone, Debug)]
pub struct Line {
    /// Of what; nothing is written where it is empty.
    pub name: String,
    /// What was varied, and what came of it. At least 1 and 0.
    pub points: Vec<(f64, f64)>,
}

const WIDTH: f64 = 360.0;
const HEIGHT: f64 = 240.0;
/// Room for labels, at the left, the top, the right and the bottom.
const MARGINS: [f64; 4] = [62.0, 40.0, 24.0, 44.0];

const STYLE: &str = "\
svg{font:12px system-ui,sans-serif;background:#fff}text{fill:#24292f}.title{font-size:14px;font-weight:600}\
.minor{fill:#57606a}.grid{stroke:#d0d7de}polyline{fill:none;stroke-width:2}\
.l0{stroke:#0969da;fill:#0969da}.l1{stroke:#bc4c00;fill:#bc4c00}.l2{stroke:#1a7f37;fill:#1a7f37}\
polyline.l0,polyline.l1,polyline.l2{fill:none}text.l0,text.l1,text.l2{stroke:none}\
@media(prefers-color-scheme:dark){svg{background:#0d1117}text{fill:#e6edf3}.minor{fill:#8b949e}.grid{stroke:#30363d}\
.l0{stroke:#58a6ff;fill:#58a6ff}.l1{stroke:#f0883e;fill:#f0883e}.l2{stroke:#3fb950;fill:#3fb950}}";

/// The panels, two in a row, over a quantity of this name.
#[must_use]
pub fn lines(varied: &str, panels: &[Panel]) -> String {
    let columns = panels.len().clamp(1, 2);
    let (width, height) = (WIDTH * float(columns), HEIGHT * float(panels.len().div_ceil(columns)));
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\">\
         <style>{STYLE}</style>\n"
    );
    for (at, panel) in panels.iter().enumerate() {
        let (x, y) = (WIDTH * float(at % columns), HEIGHT * float(at / columns));
        let _ = writeln!(svg, "<g transform=\"translate({x} {y})\">{}</g>", draw(varied, panel));
    }
    svg + "</svg>\n"
}

/// Where values are.
struct Scale {
    /// The largest exponent of ten of what was varied.
    decades: f64,
    /// The largest value, a round one.
    top: f64,
}

impl Scale {
    fn of(panel: &Panel) -> Self {
        let points = || panel.lines.iter().flat_map(|line| &line.points);
        let widest = points().map(|point| point.0).fold(1.0, f64::max);
        let largest = points().map(|point| point.1).fold(f64::MIN_POSITIVE, f64::max);
        Self { decades: widest.log10().max(1.0), top: round_up(largest) }
    }

    fn place(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let [left, top, right, bottom] = MARGINS;
        let across = x.max(1.0).log10() / self.decades;
        (left + across * (WIDTH - left - right), HEIGHT - bottom - y / self.top * (HEIGHT - top - bottom))
    }
}

/// The next of 1, 2 and 5 with zeros behind it.
fn round_up(value: f64) -> f64 {
    let unit = 10_f64.powf(value.log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|step| step * unit).find(|round| *round >= value).unwrap_or(value)
}

fn draw(varied: &str, panel: &Panel) -> String {
    let scale = Scale::of(panel);
    let mut out = format!("<text class=\"title\" x=\"12\" y=\"20\">{}</text>", escape(&panel.title));
    grid(&scale, &mut out);
    let bottom = HEIGHT - 8.0;
    let _ = write!(
        out,
        "<text class=\"minor\" x=\"{}\" y=\"{bottom}\" text-anchor=\"middle\">{}</text>",
        (WIDTH + MARGINS[0] - MARGINS[2]) / 2.0,
        escape(varied)
    );
    for (number, line) in panel.lines.iter().enumerate() {
        draw_line(&scale, (number, line), &mut out);
    }
    out
}

fn grid(scale: &Scale, out: &mut String) {
    let right = WIDTH - MARGINS[2];
    for step in 0..=4 {
        let value = scale.top * f64::from(step) / 4.0;
        let (left, y) = scale.place((1.0, value));
        let _ =
            write!(out, "<line class=\"grid\" x1=\"{left}\" y1=\"{y:.1}\" x2=\"{right}\" y2=\"{y:.1}\"/>");
        let _ = write!(
            out,
            "<text class=\"minor\" x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            left - 6.0,
            y + 4.0,
            short(value)
        );
    }
    let mut decade = 1.0;
    while f64::log10(decade) <= scale.decades + 0.01 {
        let (x, y) = scale.place((decade, 0.0));
        let _ = write!(
            out,
            "<text class=\"minor\" x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            y + 16.0,
            short(decade)
        );
        decade *= 10.0;
    }
}

fn draw_line(scale: &Scale, (number, line): (usize, &Line), out: &mut String) {
    let class = format!("l{}", number % 3);
    let places: Vec<_> = line.points.iter().map(|point| scale.place(*point)).collect();
    let path: Vec<_> = places.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    let _ = write!(out, "<polyline class=\"{class}\" points=\"{}\"/>", path.join(" "));
    for ((x, y), (_, value)) in places.iter().zip(&line.points) {
        let _ = write!(
            out,
            "<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\"><title>{value:.0}</title></circle>"
        );
    }
    let legend = 34.0;
    let x = 62.0 + 100.0 * float(number);
    let _ = write!(out, "<text class=\"{class}\" x=\"{x}\" y=\"{legend}\">{}</text>", escape(&line.name));
}

/// A number in few characters.
fn short(value: f64) -> String {
    let (scaled, unit) = match value {
        _ if value >= 1e6 => (value / 1e6, "M"),
        _ if value >= 1e3 => (value / 1e3, "k"),
        _ => (value, ""),
    };
    let text = format!("{scaled:.2}");
    format!("{}{unit}", text.trim_end_matches('0').trim_end_matches('.'))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// A small number.
fn float(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

#[cfg(test)]
mod tests {
    use super::{Line, Panel, lines, round_up, short};

    #[test]
    fn a_chart_has_a_point_for_each_value() {
        let line = |name: &str| Line { name: name.into(), points: vec![(1.0, 5.0), (1000.0, 17.0)] };
        let panel = Panel { title: "a < b".into(), lines: vec![line("one"), line("two")] };
        let svg = lines("connections", &[panel.clone(), panel]);
        assert_eq!(svg.matches("<circle").count(), 8);
        assert_eq!(svg.matches("<polyline").count(), 4);
        assert!(svg.contains("a &lt; b") && svg.contains(">connections<") && svg.ends_with("</svg>\n"));
    }

    #[test]
    fn axes_end_at_round_values() {
        assert_eq!([0.7, 17.0, 100.0, 201.0].map(round_up), [1.0, 20.0, 100.0, 500.0]);
        assert_eq!([12.5, 1000.0, 2.5e6, 0.0].map(short), ["12.5", "1k", "2.5M", "0"]);
    }
}
