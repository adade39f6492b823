//! Each deviation from OpenSSL 3.0 that a trace can show: what OpenSSL was recorded to return, and what the face returns.
//!
//! Those that no trace shows have their tests elsewhere: V17 (no data without keys), V18 (`AUTO_RETRY` off), V19 (one reply
//! at most), V20 (wiped buffers), V21 (unknown bits), V22 (no renegotiation unless it is asked for) in the engine's and
//! the face's own tests.
#![allow(missing_docs, reason = "tests")]

use tidegate_tests::oracle::libssl::Library;
use tidegate_tests::oracle::read_traces;
use tidegate_tests::oracle::replay::{Implementation, Replayer};
use tidegate_tests::oracle::trace::{Command, Results, Trace};

/// A result, and what SSL_get_error says of it.
type Told = (i64, &'static str);

/// The deviation, the trace (a scenario, or a random one), the operation, OpenSSL's result and ours.
const TABLE: [(&str, Place, usize, Told, Told); 30] = [
    ("V1 wrong retry, moved", Place::Scenario(2), 2, (-1, "SSL"), (-1, "SSL")),
    ("V1 .. and then the right one", Place::Scenario(2), 7, (-1, "SYSCALL"), (20000, "NONE")),
    ("V2 shorter retry", Place::Scenario(5), 3, (16384, "NONE"), (-1, "SSL")),
    ("V3 changed content", Place::Scenario(7), 3, (20000, "NONE"), (-1, "SSL")),
    ("V4 advanced retry, moving", Place::Scenario(12), 3, (83616, "NONE"), (-1, "SSL")),
    ("V5 longer retry", Place::Scenario(4), 3, (50000, "NONE"), (50000, "NONE")),
    ("V6 length 0, idle", Place::Scenario(13), 0, (0, "SYSCALL"), (0, "NONE")),
    ("V6 length 0 while blocked", Place::Scenario(14), 2, (-1, "SSL"), (0, "NONE")),
    ("V7 partial retry, room for one", Place::Scenario(9), 3, (-1, "WANT_WRITE"), (16384, "NONE")),
    ("V7 partial retry, room for all", Place::Scenario(10), 3, (32768, "NONE"), (16384, "NONE")),
    ("V8 two KeyUpdates while blocked", Place::Scenario(51), 5, (-1, "SSL"), (10, "NONE")),
    ("V8 a KeyUpdate and a ticket", Place::Scenario(52), 5, (-1, "SSL"), (10, "NONE")),
    ("V8 data that a write meets", Place::Scenario(35), 7, (-1, "SSL"), (-1, "WANT_READ")),
    ("V8 ClientHello while blocked", Place::Scenario(58), 3, (-1, "SSL"), (-1, "WANT_WRITE")),
    ("V8 refusal blocked in a write", Place::Scenario(65), 7, (-1, "SSL"), (20000, "NONE")),
    ("V9 shutdown with a blocked write", Place::Scenario(17), 5, (-1, "SSL"), (-1, "WANT_WRITE")),
    ("V10 shutdown over unread data", Place::Scenario(50), 2, (-1, "SSL"), (-1, "SSL")),
    ("V10 .. and then a read", Place::Scenario(50), 3, (-1, "SYSCALL"), (10, "NONE")),
    ("V11 shutdown with a KeyUpdate queued", Place::Scenario(64), 1, (-1, "SSL"), (0, "SYSCALL")),
    ("V12 shutdown after a read, blocked", Place::Scenario(18), 3, (-1, "WANT_READ"), (-1, "WANT_WRITE")),
    ("V13 after the end without close_notify", Place::Scenario(22), 4, (-1, "SYSCALL"), (-1, "SSL")),
    ("V13 after a fatal alert", Place::Scenario(26), 3, (0, "ZERO_RETURN"), (-1, "SSL")),
    ("V14 KeyUpdate after own close_notify", Place::Random(93), 2, (1, ""), (0, "")),
    ("V15 stale error in the queue", Place::Scenario(44), 2, (-1, "SSL"), (-1, "WANT_WRITE")),
    ("V23 write after an ignored end", Place::Live(FORGETS), 3, (5, "NONE"), (-1, "SSL")),
    ("V23 .. and shutdown again", Place::Live(FORGETS), 4, (1, "NONE"), (1, "NONE")),
    ("V24 asked for in a renegotiation", Place::Live12(&["reneg", "hs", "reneg"]), 2, (1, ""), (0, "")),
    ("V25 asked for after a shutdown", Place::Live12(&["shutdown", "reneg"]), 1, (1, ""), (0, "")),
    (
        "V25 .. and then a read",
        Place::Live12(&["shutdown", "reneg", "read 9"]),
        2,
        (-1, "WANT_READ"),
        (-1, "WANT_READ"),
    ),
    ("V16 after the transport failed", Place::Random(119), 15, (-1, "SSL"), (-1, "SYSCALL")),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Scenario(u64),
    Random(u64),
    /// Recorded on the spot: these commands, with `SSL_OP_IGNORE_UNEXPECTED_EOF`.
    Live(&'static [&'static str]),
    /// The same in TLS 1.2.
    Live12(&'static [&'static str]),
}

/// OpenSSL forgets its own close_notify.
const FORGETS: &[&str] = &["shutdown", "eof", "read 10", "write 0 0 5 seq", "shutdown"];

fn record(replayer: &Replayer, version: u32, commands: &[&str]) -> Trace {
    let config = format!(
        "cfg role=client ver={version} modes=4 frag=16384 split=0 ra=0 start=done tickets=0 reneg=1 ieof=1"
    );
    let commands: Vec<Command> = commands.iter().map(|command| command.parse().unwrap()).collect();
    replayer.reference().record_again(0, config.parse().unwrap(), &commands)
}

fn told(results: &Results) -> (i64, &str) {
    (results.ret.unwrap_or_default(), results.error.as_deref().unwrap_or_default())
}

#[test]
#[ignore = "needs libssl"]
fn every_deviation_is_what_the_table_says() {
    let Some(library) = Library::have() else { return };
    let replayer = Replayer::new(library);
    let scenarios = read_traces(include_str!("../oracle/scenarios.jsonl")).unwrap();
    let random = read_traces(include_str!("../oracle/traces-public.jsonl")).unwrap();
    let find = |traces: &[Trace], number| traces.iter().find(|trace| trace.number == number).cloned();
    let mut wrong = Vec::new();
    for (name, place, index, openssl, ours) in TABLE {
        let trace = match place {
            Place::Scenario(number) => find(&scenarios, number),
            Place::Random(number) => find(&random, number),
            Place::Live(commands) => Some(record(&replayer, 13, commands)),
            Place::Live12(commands) => Some(record(&replayer, 12, commands)),
        };
        let trace = trace.expect("the trace is there");
        let observed = replayer.observe(&trace, Implementation::Libssl);
        let (recorded, observed) = (told(&trace.operations[index].results), told(&observed[index].results));
        let line = format!(
            "{name:<40}{:<28}OpenSSL {recorded:?}, here {observed:?}",
            trace.operations[index].command.to_string()
        );
        println!("{line}");
        if (recorded, observed) != (openssl, ours) {
            wrong.push(line);
        }
    }
    assert!(wrong.is_empty(), "otherwise than the table says:\n{}", wrong.join("\n"));
}

/// What it comes to for the user: nothing is lost where OpenSSL loses it.
#[test]
#[ignore = "needs libssl"]
fn what_openssl_loses_arrives() {
    let Some(library) = Library::have() else { return };
    let replayer = Replayer::new(library);
    let scenarios = read_traces(include_str!("../oracle/scenarios.jsonl")).unwrap();
    for (number, openssl, ours) in [(2, 0, 20000), (17, 0, 100), (51, 0, 20000)] {
        let trace = scenarios.iter().find(|trace| trace.number == number).unwrap();
        let observed = replayer.observe(trace, Implementation::Libssl);
        let last = |results: Vec<&Results>| results.iter().rev().find_map(|results| results.delivered);
        let recorded = last(trace.operations.iter().map(|operation| &operation.results).collect());
        let delivered = last(observed.iter().map(|observed| &observed.results).collect());
        assert_eq!((recorded, delivered), (Some(openssl), Some(ours)), "scenario {number}");
    }
}
