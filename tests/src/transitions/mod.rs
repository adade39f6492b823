//! The transition table: every state x everything that a peer may say.
//!
//! The table is data; [`page`] prints it, and [`check`] holds the engine against it.

mod page;
mod place;
mod samples;
mod stimulus;
mod table;
mod table12;
mod table13;

use std::collections::BTreeMap;
use std::path::PathBuf;

pub use page::page;
use place::Stage;
pub use place::{Form, Outcome, Place};
use samples::Samples;
pub use stimulus::Stimulus;
pub use table::{Cell, InClear, Row};
use tidegate::wire::enums::ContentType;

use crate::insider::{Ground, Scenario};

/// The states of one end in one version.
#[derive(Clone, Copy, Debug)]
pub struct Chapter {
    /// What the page calls it.
    pub title: &'static str,
    /// Its states.
    pub rows: &'static [Row],
}

/// The whole table.
pub const CHAPTERS: [Chapter; 4] = [
    Chapter { title: "A client of TLS 1.3", rows: table13::CLIENT },
    Chapter { title: "A server of TLS 1.3", rows: table13::SERVER },
    Chapter { title: "A client of TLS 1.2", rows: table12::CLIENT },
    Chapter { title: "A server of TLS 1.2", rows: table12::SERVER },
];

/// Where the page is.
#[must_use]
pub fn page_path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("TRANSITIONS.md")
}

/// Tells ends everything in each of these states, each time in a fresh connection. How often; and what is otherwise than the
/// table says.
#[must_use]
pub fn check(rows: &[Row]) -> (usize, Vec<String>) {
    let samples = Samples::new();
    let mut grounds: BTreeMap<Scenario, Ground> = BTreeMap::new();
    let (mut told, mut wrong) = (0, Vec::new());
    for row in rows {
        let scenario = row.place.scenario;
        let ground = grounds.entry(scenario).or_insert_with(|| Ground::new(scenario));
        let stage = Stage { place: row.place, ground, samples: &samples };
        assert_eq!(row.in_clear != InClear::NoKeys || row.is_ask(), stage.has_keys() || row.is_ask());
        for (stimulus, form, expected) in cells(row) {
            told += 1;
            let outcome = stage.tell(stimulus, form);
            if outcome != expected {
                let place = row.place;
                wrong.push(format!("{stimulus:?} {form:?} at {place:?}: {outcome:?}, not {expected:?}"));
            }
        }
    }
    (told, wrong)
}

/// Every form of everything that is said in a state, and what is expected of it.
fn cells(row: &Row) -> impl Iterator<Item = (Stimulus, Form, Outcome)> + '_ {
    Stimulus::ALL.iter().flat_map(|stimulus| {
        let cell = row.cell(*stimulus);
        let mut forms = vec![(Form::Once, cell.once)];
        if !row.is_ask() {
            forms.extend([(Form::Twice, cell.twice), (Form::WithNext, cell.with_next)]);
        }
        if row.in_clear != InClear::NoKeys {
            forms.push((Form::Clear, row.clear_cell(*stimulus)));
        }
        let comes_in_pieces =
            stimulus.kind() == ContentType::HANDSHAKE && *stimulus != Stimulus::EmptyHandshake;
        if comes_in_pieces && !row.is_ask() {
            forms.extend([(Form::HeadFirst, cell.once), (Form::TailLast, cell.once)]);
        }
        forms.into_iter().map(|(form, expected)| (*stimulus, form, expected))
    })
}
