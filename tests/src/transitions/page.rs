//! The table as a page.

use std::fmt::Write as _;

use super::place::Outcome;
use super::stimulus::Stimulus;
use super::table::{InClear, Row, UNEXPECTED};
use super::{CHAPTERS, Chapter};

const HEAD: &str = "\
# What an end does with what it is told

Every state in which a client or a server waits, and everything that a peer may say there: a handshake message of every
type, well-formed, and a record of every other type. Written by `cargo run -p tidegate-tests --bin transitions`; the test
`transitions` holds the table against the engine, each cell in a connection of its own whose peer has the keys. Behind a state
stand the handshake that it is in, by its name in `tests/src/insider/scenario.rs`, and how many messages of it have come.

| in a cell | the end |
|---|---|
| the name of a state | waits there next; what it says and asks in between is done |
| · | fails with the alert unexpected_message |
| the name of an alert in *italics* | fails with that |
| ends | fails, and says nothing: its peer has said that it failed, or has closed in the middle of a handshake |
| stays | takes it, and is where it was |
| answers | the same, and says something |
| data, closed | the same, and its application is told |

A message that comes in pieces, its first byte or its last in a record of its own, does what it does in one. What
unexpected_message is the answer to is so too whatever follows it. Where an application has been asked and has not answered
(AskVerifyPeer and its like) nothing is read. States whose names begin with Send read nothing either: they end with
what they send.
";

/// The page.
#[must_use]
pub fn page() -> String {
    let mut page = HEAD.to_owned();
    for Chapter { title, rows } in CHAPTERS {
        let waits: Vec<&Row> = rows.iter().filter(|row| !row.is_ask()).collect();
        let asks: Vec<&str> = rows.iter().filter(|row| row.is_ask()).map(|row| row.place.state).collect();
        let _ = write!(page, "\n## {title}\n\nNothing is read in {}.\n\n", asks.join(", "));
        matrix(&mut page, &waits, &|row, stimulus| row.cell(stimulus).once);
        page.push_str("\nIn clear, where keys are in force:\n\n");
        let keyed: Vec<&Row> = waits.iter().copied().filter(|row| row.in_clear != InClear::NoKeys).collect();
        matrix(&mut page, &keyed, &|row, stimulus| row.clear_cell(stimulus));
        page.push_str("\nTwice, and in one record with what comes next:\n\n");
        more(&mut page, &waits);
    }
    page
}

/// A row for each thing that is said, a column for each state.
fn matrix(page: &mut String, rows: &[&Row], cell: &dyn Fn(&Row, Stimulus) -> Outcome) {
    let heads: Vec<String> = rows.iter().map(|row| head(row)).collect();
    let _ = writeln!(page, "| | {} |", heads.join(" | "));
    let _ = writeln!(page, "|---|{}", "---|".repeat(rows.len()));
    for stimulus in Stimulus::ALL {
        let cells: Vec<String> = rows.iter().map(|row| shown(cell(row, *stimulus))).collect();
        let _ = writeln!(page, "| {} | {} |", stimulus.name(), cells.join(" | "));
    }
}

/// A line for each cell that does not end the connection at once.
fn more(page: &mut String, rows: &[&Row]) {
    page.push_str("| state | what is said | once | twice | with the next |\n|---|---|---|---|---|\n");
    for row in rows {
        let cells = Stimulus::ALL.iter().map(|stimulus| row.cell(*stimulus));
        for cell in cells.filter(|cell| !matches!(cell.once, Outcome::Alert(_) | Outcome::Failed)) {
            let [once, twice, next] = [cell.once, cell.twice, cell.with_next].map(shown);
            let (state, said) = (head(row), cell.stimulus.name());
            let _ = writeln!(page, "| {state} | {said} | {once} | {twice} | {next} |");
        }
    }
}

/// A state, and in which handshake.
fn head(row: &Row) -> String {
    format!("{} ({:?}, {})", row.place.state, row.place.scenario, row.place.heard)
}

fn shown(outcome: Outcome) -> String {
    match outcome {
        _ if outcome == UNEXPECTED => "·".to_owned(),
        Outcome::To(state) => state.to_owned(),
        Outcome::Alert(alert) => format!("*{alert}*"),
        Outcome::Stays => "stays".to_owned(),
        Outcome::Answers => "answers".to_owned(),
        Outcome::Data => "data".to_owned(),
        Outcome::Closed => "closed".to_owned(),
        Outcome::Unread => "not read".to_owned(),
        Outcome::Failed => "ends".to_owned(),
        Outcome::Untold => "ends, and does not say why".to_owned(),
    }
}
