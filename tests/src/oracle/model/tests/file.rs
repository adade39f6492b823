//! The files of traces, as far as these tests need them.

use serde_json::Value;

use super::super::super::trace::{
    Budget, Command, Config, Fill, ModeCall, Operation, Results, Span, Start, TestedRole, Trace,
};

/// The traces of a file.
pub(super) fn read(name: &str) -> Vec<Trace> {
    let path = format!("{}/oracle/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut traces: Vec<Trace> = Vec::new();
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).expect("a JSON object");
        let command = line["cmd"].as_str().expect("a command");
        match line["t"].as_u64() {
            Some(number) => traces.push(Trace {
                number,
                name: line["name"].as_str().unwrap_or_default().to_owned(),
                config: config(command),
                features: Vec::new(),
                operations: Vec::new(),
            }),
            // A negative length can't be written with slices.
            None if command.split(' ').any(|word| word == "write") && command.contains(" -") => {}
            None => {
                let operation = Operation { command: parse(command), results: results(&line) };
                traces.last_mut().expect("a trace before its operations").operations.push(operation);
            }
        }
    }
    traces
}

fn config(line: &str) -> Config {
    let value = |key: &str| {
        let prefix = format!("{key}=");
        line.split(' ').find_map(|word| word.strip_prefix(&prefix)).expect("a key of the configuration")
    };
    let number = |key: &str| value(key).parse::<usize>().expect("a number");
    Config {
        role: if value("role") == "client" { TestedRole::Client } else { TestedRole::Server },
        version: u32::try_from(number("ver")).expect("12 or 13"),
        modes: u32::try_from(number("modes")).expect("a mask"),
        fragment: number("frag"),
        split: number("split"),
        read_ahead: number("ra") == 1,
        start: match value("start") {
            "done" => Start::Done,
            "implicit" => Start::Implicit,
            _ => Start::NoRole,
        },
        tickets: number("tickets"),
        renegotiation: number("reneg") == 1,
        ignore_unexpected_end: number("ieof") == 1,
    }
}

fn parse(line: &str) -> Command {
    let words: Vec<&str> = line.split(' ').collect();
    let number = |at: usize| words.get(at).map_or(0, |word| word.parse::<i64>().expect("a number"));
    let size = |at: usize| usize::try_from(number(at)).expect("a length");
    let bits = |at: usize| u32::try_from(number(at)).expect("a mask");
    let budget = || Budget { records: usize::try_from(number(1)).ok(), half: number(2) == 1 };
    match words[0] {
        "tx" => Command::SendBudget(budget()),
        "rx" => Command::ReceiveBudget(budget()),
        "eof" => Command::EndOfTransport,
        "txerr" => Command::SendError,
        "drain" => Command::Drain,
        "pwrite" => Command::PeerWrite(size(1)),
        "pku" => Command::PeerKeyUpdate(bits(1)),
        "pnst" => Command::PeerTicket,
        "preneg" => Command::PeerRenegotiate,
        "phs" => Command::PeerHandshake,
        "pshut" => Command::PeerShutdown,
        "pfatal" => Command::PeerFatal,
        _ => call(&words),
    }
}

/// A call of the tested end.
fn call(words: &[&str]) -> Command {
    let number = |at: usize| words.get(at).map_or(0, |word| word.parse::<i64>().expect("a number"));
    let size = |at: usize| usize::try_from(number(at)).expect("a length");
    let bits = |at: usize| u32::try_from(number(at)).expect("a mask");
    let span = || Span {
        buffer: size(1),
        offset: size(2),
        length: size(3),
        fill: if words[4] == "alt" { Fill::Altered } else { Fill::Right },
    };
    match words[0] {
        "write" => Command::Write(span()),
        "write_ex" => Command::WriteEx(span()),
        "read" => Command::Read(size(1)),
        "read_ex" => Command::ReadEx(size(1)),
        "peek" => Command::Peek(size(1)),
        "pending" => Command::Pending,
        "hs" => Command::Handshake,
        "shutdown" => Command::Shutdown,
        "ku" => Command::KeyUpdate(bits(1)),
        "nst" => Command::NewTicket,
        "reneg" => Command::Renegotiate,
        "setmode" => Command::Mode(ModeCall::Set(bits(1))),
        "clrmode" => Command::Mode(ModeCall::Clear(bits(1))),
        "getmode" => Command::Mode(ModeCall::Get),
        "ctxsetmode" => Command::ContextMode(ModeCall::Set(bits(1))),
        "ctxclrmode" => Command::ContextMode(ModeCall::Clear(bits(1))),
        "ctxgetmode" => Command::ContextMode(ModeCall::Get),
        "setfrag" => Command::SetFragment(size(1)),
        "setstate" => Command::SetState,
        "stale" => Command::StaleError,
        other => panic!("unknown command {other}"),
    }
}

fn results(line: &Value) -> Results {
    let size = |key: &str| line[key].as_u64().map(|value| usize::try_from(value).expect("a size"));
    let text = |key: &str| line[key].as_str().map(str::to_owned);
    Results {
        ret: line["ret"].as_i64(),
        count: size("n"),
        value: line["val"].as_i64(),
        error: text("err"),
        want: text("want"),
        accepted: size("acc"),
        wire: line["wire"].as_array().cloned().unwrap_or_default(),
        part: line["part"] == 1,
        read: size("rd"),
        state: line["st"].as_array().map(|state| {
            let numbers: Vec<i64> = state.iter().filter_map(Value::as_i64).collect();
            numbers.try_into().expect("six numbers")
        }),
        peer_ret: line["pret"].as_i64(),
        peer_error: text("perr"),
        delivered: size("dlv"),
        delivered_hash: text("dh"),
    }
}
