//! Traces as files hold them: one JSON object a line.

use std::fmt::Write;
use std::iter::Peekable;
use std::str::FromStr;

use serde_json::{Map, Value};

use super::trace::{Operation, Results, State, Trace, TraceError, WireRecord};

/// Reads the traces of a file.
///
/// # Errors
/// The first line that is not as it should be: an unknown command or value, or a wrong number of lines.
pub fn read_traces(text: &str) -> Result<Vec<Trace>, TraceError> {
    read_each(text).collect()
}

/// Reads the traces of a file, each for itself: one with a line that is not as it should be leaves the others as they
/// are. Empty lines are nothing, and fields that are not known are left aside.
pub fn read_each(text: &str) -> impl Iterator<Item = Result<Trace, TraceError>> {
    let lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    let read = lines.map(|(line, number)| (number, Fields::read(line)));
    let boxed: Box<dyn Iterator<Item = NumberedLine> + '_> = Box::new(read);
    let mut lines = boxed.peekable();
    std::iter::from_fn(move || {
        let trace = trace(lines.next()?, &mut lines);
        if trace.is_err() {
            while lines.next_if(|line| !opens_trace(line)).is_some() {}
        }
        Some(trace)
    })
}

/// A line's number, and its fields.
type NumberedLine = (usize, Result<Fields, String>);
type Lines<'a> = Peekable<Box<dyn Iterator<Item = NumberedLine> + 'a>>;

/// The trace that a line opens.
fn trace((line, fields): NumberedLine, lines: &mut Lines<'_>) -> Result<Trace, TraceError> {
    let at = |line| move |what| TraceError { line, what };
    let (mut trace, count) = fields.and_then(head).map_err(at(line))?;
    for index in 0..count {
        let next = lines.next_if(|line| !opens_trace(line));
        let (line, fields) = next.ok_or_else(|| at(line)("operations are missing".to_owned()))?;
        trace.operations.push(fields.and_then(|fields| operation(fields, index)).map_err(at(line))?);
    }
    Ok(trace)
}

fn opens_trace((_, fields): &NumberedLine) -> bool {
    fields.as_ref().is_ok_and(|fields| fields.0.contains_key("t"))
}

/// The fields of a line that were not looked at yet.
struct Fields(Map<String, Value>);

impl Fields {
    fn read(line: &str) -> Result<Self, String> {
        serde_json::from_str(line).map(Self).map_err(|error| error.to_string())
    }

    fn get<V>(&mut self, name: &str, read: impl Fn(&Value) -> Option<V>) -> Result<Option<V>, String> {
        let Some(value) = self.0.remove(name) else { return Ok(None) };
        read(&value).map(Some).ok_or_else(|| format!("{name:?} can't be {value}"))
    }

    fn need<V>(&mut self, name: &str, read: impl Fn(&Value) -> Option<V>) -> Result<V, String> {
        self.get(name, read)?.ok_or_else(|| format!("{name:?} is missing"))
    }

    fn parse<V: FromStr<Err = String>>(&mut self, name: &str) -> Result<V, String> {
        self.need(name, string)?.parse()
    }
}

fn string(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn size(value: &Value) -> Option<usize> {
    value.as_u64().and_then(|number| number.try_into().ok())
}

fn flag(value: &Value) -> Option<bool> {
    match value.as_u64()? {
        0 => Some(false),
        1 => Some(true),
        _ => None,
    }
}

fn list<V>(value: &Value, read: impl Fn(&Value) -> Option<V>) -> Option<Vec<V>> {
    value.as_array()?.iter().map(read).collect()
}

/// The line that opens a trace, and how many follow it.
fn head(mut fields: Fields) -> Result<(Trace, usize), String> {
    let trace = Trace {
        number: fields.need("t", Value::as_u64)?,
        name: fields.get("name", string)?.unwrap_or_default(),
        config: fields.parse("cmd")?,
        features: fields.need("feat", |value| list(value, string))?,
        operations: Vec::new(),
    };
    let count = fields.need("n", size)?;
    Ok((trace, count))
}

fn operation(mut fields: Fields, index: usize) -> Result<Operation, String> {
    let number = fields.need("i", size)?;
    if number != index {
        return Err(format!("operation {number} stands at {index}"));
    }
    let command = fields.parse("cmd")?;
    let results = results(&mut fields)?;
    Ok(Operation { command, results })
}

fn results(fields: &mut Fields) -> Result<Results, String> {
    Ok(Results {
        ret: fields.get("ret", Value::as_i64)?,
        count: fields.get("n", size)?,
        value: fields.get("val", Value::as_i64)?,
        error: fields.get("err", string)?,
        want: fields.get("want", string)?,
        reason: fields.get("rsn", string)?,
        accepted: fields.get("acc", size)?,
        wire: fields.get("wire", |value| list(value, record))?.unwrap_or_default(),
        part: fields.get("part", flag)?.unwrap_or(false),
        read: fields.get("rd", size)?,
        read_wrong: fields.get("rok", flag)? == Some(false),
        state: fields.get("st", state)?,
        peer_ret: fields.get("pret", Value::as_i64)?,
        peer_error: fields.get("perr", string)?,
        delivered: fields.get("dlv", size)?,
        delivered_right: fields.get("dok", flag)?,
        delivered_hash: fields.get("dh", |value| u64::from_str_radix(value.as_str()?, 16).ok())?,
        peer_alerts: fields.get("palert", |value| list(value, alert))?.unwrap_or_default(),
    })
}

fn record(value: &Value) -> Option<WireRecord> {
    match value.as_str() {
        None => size(value).map(WireRecord::Data),
        Some("hs") => Some(WireRecord::Handshake),
        Some("alert") => Some(WireRecord::Alert),
        Some("ccs") => Some(WireRecord::ChangeCipherSpec),
        Some(_) => None,
    }
}

fn state(value: &Value) -> Option<State> {
    let [shutdown, in_init, fatal, pending, has_pending, mode] = value.as_array()?.as_slice() else {
        return None;
    };
    Some(State {
        shutdown: shutdown.as_i64()?,
        in_init: flag(in_init)?,
        fatal: flag(fatal)?,
        pending: pending.as_i64()?,
        has_pending: flag(has_pending)?,
        mode: mode.as_i64()?,
    })
}

fn alert(value: &Value) -> Option<(u8, u8)> {
    let [level, description] = value.as_array()?.as_slice() else { return None };
    Some((level.as_u64()?.try_into().ok()?, description.as_u64()?.try_into().ok()?))
}

/// The lines of a trace, as [`read_traces`] reads them.
#[must_use]
pub fn write_trace(trace: &Trace) -> String {
    let name = if trace.name.is_empty() { None } else { Some(trace.name.as_str()) };
    let mut line = Line::new("t", trace.number);
    line.field("name", name);
    line.field("cmd", Some(trace.config.to_string()));
    line.field("feat", Some(trace.features.as_slice()));
    line.field("n", Some(trace.operations.len()));
    let mut text = line.end();
    for (index, operation) in trace.operations.iter().enumerate() {
        text += &write_operation(operation, index);
    }
    text
}

/// The line of one operation.
#[must_use]
pub fn write_operation(operation: &Operation, index: usize) -> String {
    let results = &operation.results;
    let mut line = Line::new("i", index);
    line.field("cmd", Some(operation.command.to_string()));
    line.field("ret", results.ret);
    line.field("n", results.count);
    line.field("val", results.value);
    line.field("err", results.error.as_deref());
    line.field("want", results.want.as_deref());
    line.field("rsn", results.reason.as_deref());
    line.field("acc", results.accepted);
    let wire: Vec<Value> = results.wire.iter().map(record_value).collect();
    line.field("wire", (!wire.is_empty()).then_some(wire));
    line.field("part", results.part.then_some(1));
    line.field("rd", results.read);
    line.field("rok", results.read_wrong.then_some(0));
    line.field("st", results.state.map(state_values));
    line.field("pret", results.peer_ret);
    line.field("perr", results.peer_error.as_deref());
    line.field("dlv", results.delivered);
    line.field("dok", results.delivered_right.map(u8::from));
    line.field("dh", results.delivered_hash.map(|hash| format!("{hash:016x}")));
    let alerts: Vec<Value> =
        results.peer_alerts.iter().map(|(level, code)| vec![*level, *code].into()).collect();
    line.field("palert", (!alerts.is_empty()).then_some(alerts));
    line.end()
}

fn record_value(record: &WireRecord) -> Value {
    match record {
        WireRecord::Data(length) => (*length).into(),
        WireRecord::Handshake => "hs".into(),
        WireRecord::Alert => "alert".into(),
        WireRecord::ChangeCipherSpec => "ccs".into(),
    }
}

fn state_values(state: State) -> Vec<i64> {
    let State { shutdown, in_init, fatal, pending, has_pending, mode } = state;
    vec![shutdown, in_init.into(), fatal.into(), pending, has_pending.into(), mode]
}

/// A line in the making: its fields stay in the order in which they are given.
struct Line(String);

impl Line {
    fn new(name: &str, value: impl Into<Value>) -> Self {
        Self(format!("{{\"{name}\":{}", value.into()))
    }

    fn field(&mut self, name: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            write!(self.0, ",\"{name}\":{}", value.into()).expect("a string takes all");
        }
    }

    fn end(self) -> String {
        self.0 + "}\n"
    }
}

#[cfg(test)]
mod tests {
    use super::{read_each, read_traces, write_trace};

    const FILES: [&str; 2] =
        [include_str!("../../oracle/scenarios.jsonl"), include_str!("../../oracle/traces-public.jsonl")];

    const TRACE: &str = r#"{"t":7,"cmd":"cfg role=client ver=13 modes=4 frag=16384 split=0 ra=0 start=done tickets=0 reneg=0 ieof=0","feat":[],"n":1}
{"i":0,"cmd":"tx -1 0"}
"#;

    #[test]
    fn every_recorded_trace_is_read_and_written_as_it_was() {
        let mut operations = 0;
        for file in FILES {
            let traces = read_traces(file).unwrap();
            operations += traces.iter().map(|trace| trace.operations.len()).sum::<usize>();
            let written: String = traces.iter().map(write_trace).collect();
            for (was, is) in file.lines().zip(written.lines()) {
                // A budget may leave out that no half record passes.
                let same =
                    was == is || ["tx", "rx"].iter().any(|name| is.contains(&format!("\"cmd\":\"{name} ")));
                assert!(same, "{was}\n{is}");
            }
            assert_eq!(file.lines().count(), written.lines().count());
            assert_eq!(read_traces(&written).unwrap(), traces);
        }
        assert_eq!(operations, 4455 + 454);
    }

    #[test]
    fn what_is_not_known_is_an_error_with_its_line() {
        assert_eq!(read_traces(TRACE).unwrap().len(), 1);
        let wrong = [
            ("tx -1 0", "ty -1 0", "line 2: \"ty\" is no command"),
            ("tx -1 0", "tx -2 0", "line 2: out of range integral type conversion attempted"),
            ("tx -1 0", "tx -1 0 0", "line 2: \"0\" is one argument too many"),
            ("tx -1 0", "write 0 0 1 all", "line 2: \"all\" is no fill"),
            ("tx -1 0\"", "tx -1 0\",\"err\":1", "line 2: \"err\" can't be 1"),
            ("\"i\":0", "\"i\":1", "line 2: operation 1 stands at 0"),
            ("\"n\":1", "\"n\":2", "line 1: operations are missing"),
            ("\"n\":1", "\"n\":0", "line 2: \"t\" is missing"),
            ("ieof=0", "ieof=2", "line 1: \"2\" is neither 0 nor 1"),
            ("ieof=0", "eof=0", "line 1: \"ieof\" is missing"),
            ("ieof=0", "ieof=0 x=1", "line 1: \"x\" is no setting"),
            ("start=done", "start=up", "line 1: \"up\" is no start"),
        ];
        for (was, is, error) in wrong {
            let text = TRACE.replacen(was, is, 1);
            assert_eq!(read_traces(&text).unwrap_err().to_string(), error, "{text}");
        }
    }

    #[test]
    fn a_trace_that_is_not_as_it_should_be_leaves_the_others_as_they_are() {
        let spaced = TRACE.replace('\n', "\n \n\r\n").replace("\"i\":0", "\"since\":3,\"i\":0");
        for wrong in ["ty -1 0", "tx", "\"", "0\"}{\""] {
            let text = [
                TRACE,
                &TRACE.replace("tx -1 0", wrong),
                &spaced,
                &TRACE.replace("\"n\":1", "\"n\":2"),
                TRACE,
            ];
            let read: Vec<bool> = read_each(&text.concat()).map(|trace| trace.is_ok()).collect();
            assert_eq!(read, [true, false, true, false, true], "{wrong}");
        }
        assert_eq!(read_traces(&spaced).unwrap(), read_traces(TRACE).unwrap());
    }
}
