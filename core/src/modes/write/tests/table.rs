//! The diagram and the table of the machine in the documentation are made here, by walking the machine: every step from
//! every place.
//!
//! `TIDEGATE_REWRITE=1 cargo test -p tidegate the_table_in_the_documentation` writes it anew.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

use super::super::{Address, Close, Content, Step, WriteEvent as E, WriteOutcome as O, WriteState};
use super::enumeration::{all_terms, events};
use crate::modes::{Completion, Control, Handshake, Modes, Terms};

const CHAPTER: &str = include_str!("../../chapter.md");
const BEGIN: &str = "```text\nat rest\n";
const BEGIN_DIAGRAM: &str = "```text\nfrom";
const END: &str = "```\n";

const PLACES: [&str; 6] = ["at rest", "[Handshake]", "[SendControl]", "[Seal]", "[Offer]", "pending"];

/// From where, on what, to where.
type Edge = (&'static str, &'static str, String);

/// Under what: completion, PARTIAL, close.
type When = (&'static str, &'static str, &'static str);

fn place(state: WriteState) -> &'static str {
    match (state.step, state.sequence) {
        (Step::Rest, None) => "at rest",
        (Step::Rest, Some(_)) => "pending",
        (Step::Handshake { .. }, _) => "[Handshake]",
        (Step::Control { .. }, _) => "[SendControl]",
        (Step::Offer { .. }, _) => "[Offer]",
        (Step::Seal { .. }, _) => "[Seal]",
        (Step::Failed, _) => "failed",
    }
}

fn named(state: WriteState, event: E, terms: &Terms) -> &'static str {
    let moving = terms.modes.contains(Modes::ACCEPT_MOVING_WRITE_BUFFER);
    match event {
        E::Call { .. } if terms.handshake == Handshake::NoRole => "Call without a role",
        E::Call { len, content, address } => match state.sequence {
            Some(_) if len == 0 => "Call of nothing",
            Some(sequence) if len < sequence.offered || content == Content::Different => {
                "Call, another write"
            }
            Some(_) if address == Address::Moved && !moving => "Call, another write",
            Some(_) => "Call, the same write",
            None if terms.handshake != Handshake::Done => "Call in a handshake",
            None if terms.control != Control::None => "Call, control waits",
            None if len == 0 => "Call of nothing",
            None => "Call",
        },
        E::Ready if terms.handshake != Handshake::Done => "Ready, but it is not",
        E::Ready => "Ready",
        E::NotReady => "NotReady",
        E::Sealed => "Sealed",
        E::NoRoom => "NoRoom",
        E::TakenAll => "TakenAll",
        E::TakenPart => "TakenPart",
        E::Close => "Close",
        E::CloseNotifySealed => "CloseNotifySealed",
        E::Abandon => "Abandon",
        E::Fail => "Fail",
    }
}

fn told(outcome: O, next: WriteState) -> String {
    let (answer, place) = (format!("{outcome:?}"), place(next));
    let answer = answer.split([' ', '(']).next().unwrap_or_default();
    if place.trim_matches(['[', ']']) == answer { place.to_string() } else { format!("{answer}, {place}") }
}

/// Every step that the machine can take.
fn every_step(completion: Completion, mut visit: impl FnMut(WriteState, E, &Terms, (WriteState, O))) {
    let (events, all_terms) = (events(), all_terms(completion));
    let (mut seen, mut todo) = (HashSet::new(), Vec::from([WriteState::default()]));
    while let Some(state) = todo.pop() {
        let under = all_terms.iter().flat_map(|terms| events.iter().map(move |event| (terms, *event)));
        for (terms, event) in under {
            let after = state.step(event, terms);
            visit(state, event, terms, after);
            todo.extend(seen.insert(after.0).then_some(after.0));
        }
    }
}

/// All edges but two kinds that the documentation says in a sentence: `Fail`, and what is out of turn.
fn edges() -> BTreeMap<Edge, BTreeSet<When>> {
    let mut edges: BTreeMap<Edge, BTreeSet<When>> = BTreeMap::new();
    for completion in [Completion::Drained, Completion::Sealed] {
        every_step(completion, |state, event, terms, (next, outcome)| {
            if state.step == Step::Failed || event == E::Fail {
                assert_eq!((next.step, outcome), (Step::Failed, O::Failed));
                return;
            }
            if outcome == O::OutOfTurn {
                assert_eq!(state, next);
                return;
            }
            let partial = terms.modes.contains(Modes::ENABLE_PARTIAL_WRITE);
            let when = (
                if completion == Completion::Drained { "drained" } else { "sealed" },
                if partial { "PARTIAL" } else { "no PARTIAL" },
                match state.close {
                    Close::Open => "open",
                    Close::Asked => "closing",
                    Close::Sent => "closed",
                },
            );
            let edge = (place(state), named(state, event, terms), told(outcome, next));
            edges.entry(edge).or_default().insert(when);
        });
    }
    edges
}

/// What restricts an edge among those from the same place.
fn condition(when: &BTreeSet<When>, possible: &BTreeSet<When>) -> String {
    let dimensions: [fn(&When) -> &'static str; 3] = [|when| when.0, |when| when.1, |when| when.2];
    let chosen = dimensions.map(|of| when.iter().map(of).collect::<BTreeSet<_>>());
    let product = |when: &&When| dimensions.iter().zip(&chosen).all(|(of, chosen)| chosen.contains(of(when)));
    if possible.iter().filter(product).count() != when.len() {
        let of = |completion| {
            let some =
                |set: &BTreeSet<When>| set.iter().copied().filter(|when| when.0 == completion).collect();
            let inner = condition(&some(when), &some(possible));
            if inner.is_empty() { String::from(completion) } else { format!("{completion} and {inner}") }
        };
        return format!("{}; {}", of("drained"), of("sealed"));
    }
    let told = dimensions.iter().zip(chosen).filter_map(|(of, chosen)| {
        let all: BTreeSet<_> = possible.iter().map(of).collect();
        (chosen != all).then(|| chosen.into_iter().collect::<Vec<_>>().join(" or "))
    });
    told.collect::<Vec<_>>().join(", ")
}

fn table() -> String {
    let edges = edges();
    let mut table = String::from("```text\n");
    for from in PLACES {
        let here = || edges.iter().filter(|((place, ..), _)| *place == from);
        let possible = here().flat_map(|(_, when)| when).copied().collect();
        table += &format!("{from}\n");
        for ((_, event, to), when) in here() {
            let row = format!("    {event:<22}-> {to:<22}{}", condition(when, &possible));
            table += &format!("{}\n", row.trim_end());
        }
    }
    assert_eq!(edges.keys().filter(|(from, ..)| !PLACES.contains(from)).count(), 0);
    table + END
}

/// The places as rows and columns, and in each cell what leads from one to the other.
fn diagram() -> String {
    let edges = edges();
    let cell = |from: &str, to: &str| {
        let leads = edges.keys().filter(|(place, _, told)| *place == from && told.ends_with(to));
        let events = leads.map(|(_, event, _)| event.split([' ', ',']).next().unwrap_or_default());
        let events: BTreeSet<_> = events.collect();
        events.into_iter().collect::<Vec<_>>().join(", ")
    };
    let mut rows = Vec::from([Vec::from(["from \\ to"])
        .into_iter()
        .chain(PLACES)
        .map(String::from)
        .collect::<Vec<_>>()]);
    for from in PLACES {
        let cells = PLACES.map(|to| match cell(from, to) {
            events if events.is_empty() => String::from("."),
            events => events,
        });
        rows.push([String::from(from)].into_iter().chain(cells).collect());
    }
    let widths: Vec<usize> = (0..=PLACES.len())
        .map(|column| rows.iter().map(|row| row[column].len()).max().unwrap_or(0))
        .collect();
    let mut diagram = String::from("```text\n");
    for row in rows {
        let line: Vec<_> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        diagram += &format!("{}\n", line.join("  ").trim_end());
    }
    diagram + END
}

/// The chapter with this part of it made anew.
fn with(chapter: &str, begin: &str, made: &str) -> String {
    let (before, rest) = chapter.split_once(begin).expect("it begins");
    let (_, after) = rest.split_once(END).expect("it ends");
    format!("{before}{made}{after}")
}

#[test]
fn the_table_in_the_documentation_is_the_machines() {
    let chapter = with(&with(CHAPTER, BEGIN, &table()), BEGIN_DIAGRAM, &diagram());
    if std::env::var_os("TIDEGATE_REWRITE").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/modes/chapter.md");
        std::fs::write(path, &chapter).expect("the chapter can be written");
        return;
    }
    assert!(chapter == CHAPTER, "see the head of this test; the machine's are\n{}{}", diagram(), table());
}
