//! How often memory is allocated for a record, as valgrind sees it: also what libraries in C do.

use std::process::Command;
use std::{env, io};

use serde_json::{Value, json};
use tidegate::wire::enums::CipherSuite;
use tidegate_tests::pki::Pki;

use crate::bench::Bench;
use crate::stack::{Failure, Form, Stack, connect};
use crate::stacks::Entry;

/// Bytes of data in a record.
const LENGTH: usize = 16384;
/// Records in a run of which the allocations are compared with those of a run without any.
const RECORDS: usize = 100;

/// Allocations for a record.
#[derive(Clone, Debug)]
pub(crate) struct Allocations {
    /// Whose.
    pub(crate) column: String,
    /// To send one.
    pub(crate) send: f64,
    /// To receive one.
    pub(crate) receive: f64,
}

impl Allocations {
    /// For programs.
    pub(crate) fn json(&self) -> Value {
        json!({ "name": self.column, "send": self.send, "receive": self.receive })
    }
}

/// As a table.
pub(crate) fn table(all: &[Allocations]) -> String {
    let mut out = String::from("| | 16 kB sent | 16 kB received |\n|---|--:|--:|\n");
    for Allocations { column, send, receive } in all {
        out.push_str(&format!("| {column} | {send:.1} | {receive:.1} |\n"));
    }
    out
}

/// Counts them for all that can run under valgrind.
pub(crate) fn measure(entries: &[Entry]) -> Vec<Allocations> {
    let mut all = Vec::new();
    for entry in entries.iter().filter(|entry| !entry.is_bare()) {
        eprint!("\r  allocations: {:40}", entry.name);
        for form in ["copied", "in-place"] {
            match count(entry.name, form) {
                Ok(counted) => all.push(counted),
                Err(why) => eprintln!("\r  allocations: {}, {form}: {why}", entry.name),
            }
            if !entry.name.starts_with("tidegate") {
                break;
            }
        }
    }
    eprintln!();
    all
}

fn count(name: &str, form: &str) -> io::Result<Allocations> {
    let [none, sent, both] = [("send", 0), ("send", RECORDS), ("receive", RECORDS)]
        .map(|(way, times)| blocks(&format!("{name}:{form}:{way}:{times}")));
    let (none, sent, both) = (none?, sent?, both?);
    let each = |more: u64, less: u64| more.saturating_sub(less) as f64 / RECORDS as f64;
    let suffix = if form == "copied" { "" } else { ", in place" };
    Ok(Allocations { column: format!("{name}{suffix}"), send: each(sent, none), receive: each(both, sent) })
}

/// Runs this program again, under valgrind; how many blocks it allocated.
fn blocks(work: &str) -> io::Result<u64> {
    let mut command = Command::new("valgrind");
    command.args(["--tool=dhat", "--dhat-out-file=/dev/null"]).arg(env::current_exe()?);
    let output = command.args(["--repeat", work]).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    let total = said.lines().find_map(|line| line.split_once("Total:")?.1.split(" in ").nth(1));
    let blocks = total.and_then(|total| total.split(' ').next()?.replace(',', "").parse().ok());
    blocks.filter(|_| output.status.success()).ok_or_else(|| io::Error::other("it does not run there"))
}

/// What the run does: the name of an implementation, the form, the way, and how many records.
///
/// # Errors
/// If it is no such work, or the implementation fails.
pub(crate) fn repeat(entries: &[Entry], work: &str) -> Result<(), Failure> {
    let parts: Vec<_> = work.split(':').collect();
    let [name, form, way, times] = parts[..] else { return Err("NAME:FORM:WAY:TIMES".into()) };
    let entry = entries.iter().find(|entry| entry.name == name).ok_or("no such implementation")?;
    let form = if form == "copied" { Form::Copied } else { Form::InPlace };
    let bench = Bench::Records(CipherSuite::TLS_AES_128_GCM_SHA256, LENGTH);
    let mut stack = (entry.make)(&bench.setup(&Pki::new(&rcgen::PKCS_ECDSA_P256_SHA256)))?;
    connect(&mut *stack)?;
    // What is allocated once is there.
    pass(&mut *stack, form, "receive");
    for _ in 0..times.parse::<usize>()? {
        pass(&mut *stack, form, way);
    }
    Ok(())
}

/// One record.
fn pass(stack: &mut dyn Stack, form: Form, way: &str) {
    let data = [7; LENGTH];
    if way == "send" {
        stack.send(form, &data, 1);
    } else {
        stack.prepare(&data, 1);
        stack.arrive();
        stack.receive(form, LENGTH, 1);
    }
}
