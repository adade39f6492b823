//! What was measured, as tables and as JSON.

use std::fmt::{self, Write};

use serde_json::{Value, json};

use super::limits::{Against, Verdict};
use super::part::Part;
use super::program::{Program, Work};
use super::{
    CONFIG, CONNECTION, CONSTANTS, FLASH, HANDSHAKE, HANDSHAKING, Measured, PROTOCOL, RAM, RECEIVE, SEND,
    STACK, STATICS, WITH_BUFFERS, grouped,
};
use crate::firmware::build::TARGET;

/// The columns of the first table: a head in two lines, and the figure.
const COLUMNS: [(&str, &str, &str); 12] = [
    ("", "flash", FLASH),
    ("protocol", "code", PROTOCOL),
    ("", "statics", STATICS),
    ("", "stack", STACK),
    ("", "RAM", RAM),
    ("parked", "connection", CONNECTION),
    ("with", "buffers", WITH_BUFFERS),
    ("hand-", "shaking", HANDSHAKING),
    ("", "config", CONFIG),
    ("handshake", "instr.", HANDSHAKE),
    ("send", "1 kB", SEND),
    ("receive", "1 kB", RECEIVE),
];

/// Width of a program's name.
const NAME: usize = 34;

/// All tables.
#[must_use]
pub fn tables(measured: &[Measured], verdicts: &[Verdict]) -> String {
    let mut text = String::new();
    let written = figures(&mut text, measured)
        .and_then(|()| parts(&mut text, measured))
        .and_then(|()| tls12(&mut text, measured))
        .and_then(|()| limits(&mut text, verdicts));
    // A string takes all.
    written.map_or_else(|error| error.to_string(), |()| text)
}

/// A row for each program.
fn figures(out: &mut String, measured: &[Measured]) -> fmt::Result {
    for heads in [COLUMNS.map(|(head, _, _)| head), COLUMNS.map(|(_, head, _)| head)] {
        write!(out, "{:NAME$}", "")?;
        heads.iter().try_for_each(|head| write!(out, "{head:>11}"))?;
        writeln!(out)?;
    }
    for Measured { program, figures, .. } in measured {
        write!(out, "{:NAME$}", program.to_string())?;
        for (_, _, name) in COLUMNS {
            write!(out, "{:>11}", figures.get(name).map_or(String::from("-"), |value| shown(*value)))?;
        }
        writeln!(out)?;
    }
    writeln!(out)
}

/// Bytes of code: a row for each part, a column for each program that runs.
fn parts(out: &mut String, measured: &[Measured]) -> fmt::Result {
    let has_column =
        |program: &Program| program.work != Work::Linked && !program.features.contains(&"full-records");
    let columns: Vec<_> = measured.iter().filter(|measured| has_column(&measured.program)).collect();
    let rows: [fn(&Measured) -> String; 3] = [
        |measured| measured.program.binary.to_owned(),
        |measured| measured.program.features.last().copied().unwrap_or_default().to_owned(),
        |measured| measured.program.level.name().to_owned(),
    ];
    for (row, name) in rows.iter().zip(["bytes of code", "", ""]) {
        write!(out, "{name:22}")?;
        columns.iter().try_for_each(|measured| write!(out, "{:>8.7}", row(measured)))?;
        writeln!(out)?;
    }
    let mut line = |name: &str, bytes: &dyn Fn(&Measured) -> u64| {
        if columns.iter().all(|measured| bytes(measured) == 0) {
            return Ok(());
        }
        write!(out, "{name:22}")?;
        columns.iter().try_for_each(|measured| write!(out, "{:>8}", shown(bytes(measured))))?;
        writeln!(out)
    };
    for part in Part::ALL {
        line(part.name(), &|measured| measured.parts.get(&part).copied().unwrap_or(0))?;
    }
    line("all code", &|measured| measured.parts.values().sum())?;
    line("constants", &|measured| measured.figures.get(CONSTANTS).copied().unwrap_or(0))?;
    writeln!(out)
}

/// What TLS 1.2 adds to the programs that are measured with it and without.
fn tls12(out: &mut String, measured: &[Measured]) -> fmt::Result {
    let flash = |measured: &Measured| measured.figures.get(FLASH).copied().unwrap_or(0);
    for with in measured.iter().filter(|measured| measured.program.features.contains(&"tls12")) {
        let name = with.program.to_string();
        let Some(without) = measured.iter().find(|m| m.program.to_string() == name.replace("+tls12", ""))
        else {
            continue;
        };
        let own: u64 =
            with.sources.iter().filter(|(source, _)| source.contains("12")).map(|(_, own)| own).sum();
        writeln!(
            out,
            "{}: {} bytes of flash, {} more with TLS 1.2; {} bytes of code stand in its own files",
            without.program,
            shown(flash(without)),
            shown(flash(with).saturating_sub(flash(without))),
            shown(own)
        )?;
    }
    writeln!(out)
}

/// The promises, and what else is beyond its limit.
fn limits(out: &mut String, verdicts: &[Verdict]) -> fmt::Result {
    let is_shown = |verdict: &&Verdict| verdict.against == Against::Limit || !verdict.is_kept();
    for verdict in verdicts.iter().filter(is_shown) {
        let value = verdict.value.map_or(String::from("nothing"), shown);
        let kept = if verdict.is_kept() { "kept  " } else { "BEYOND" };
        let Verdict { program, figure, at_most, reason, .. } = verdict;
        write!(out, "{kept} {program}: {figure} {value}, at most {}", shown(*at_most))?;
        if let Some(wish) = verdict.wish {
            write!(out, ", wished for {}", shown(wish))?;
        }
        writeln!(out, " ({reason})")?;
    }
    let others = verdicts.iter().filter(|verdict| verdict.against == Against::Measure && verdict.is_kept());
    writeln!(out, "kept   {} more figures, about as when last looked at", others.count())
}

/// A number with its thousands apart.
fn shown(value: u64) -> String {
    grouped(value, ' ')
}

/// The same figures for programs to read.
#[must_use]
pub fn json(measured: &[Measured], verdicts: &[Verdict]) -> Value {
    let program = |measured: &Measured| {
        let parts: serde_json::Map<_, _> =
            measured.parts.iter().map(|(part, bytes)| (String::from(part.name()), json!(bytes))).collect();
        json!({
            "program": measured.program.binary,
            "features": measured.program.features,
            "opt-level": measured.program.level.name(),
            "figures": measured.figures,
            "code-bytes": parts,
            "code-bytes-by-source": measured.sources,
        })
    };
    let verdict = |verdict: &Verdict| {
        json!({
            "program": verdict.program,
            "figure": verdict.figure,
            "value": verdict.value,
            "at-most": verdict.at_most,
            "wish": verdict.wish,
            "reason": verdict.reason,
            "kept": verdict.is_kept(),
        })
    };
    json!({
        "target": TARGET,
        "programs": measured.iter().map(program).collect::<Vec<_>>(),
        "limits": verdicts.iter().map(verdict).collect::<Vec<_>>(),
    })
}
