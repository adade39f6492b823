//! The named deviations from OpenSSL 3.0, and which traces may use them.

use std::fmt;

use super::super::trace::{Command, ModeCall, Operation, Span, TestedRole, Trace};
use tidegate::modes::Modes;

/// A deviation, named as in the documentation of `tidegate::modes`. Those that no trace can show are not here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names are documented where the machines are")]
pub enum Row {
    V1,
    V2,
    V3,
    V4,
    V6,
    V7,
    V8,
    V9,
    V10,
    V11,
    V12,
    V13,
    V14,
    V15,
    V16,
    V23,
    V24,
    V25,
}

impl Row {
    /// All of them.
    pub const ALL: [Self; 18] = [
        Self::V1,
        Self::V2,
        Self::V3,
        Self::V4,
        Self::V6,
        Self::V7,
        Self::V8,
        Self::V9,
        Self::V10,
        Self::V11,
        Self::V12,
        Self::V13,
        Self::V14,
        Self::V15,
        Self::V16,
        Self::V23,
        Self::V24,
        Self::V25,
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::V1 => "V1",
            Self::V2 => "V2",
            Self::V3 => "V3",
            Self::V4 => "V4",
            Self::V6 => "V6",
            Self::V7 => "V7",
            Self::V8 => "V8",
            Self::V9 => "V9",
            Self::V10 => "V10",
            Self::V11 => "V11",
            Self::V12 => "V12",
            Self::V13 => "V13",
            Self::V14 => "V14",
            Self::V15 => "V15",
            Self::V16 => "V16",
            Self::V23 => "V23",
            Self::V24 => "V24",
            Self::V25 => "V25",
        }
    }

    /// Whether it may first show in an operation after its own: it leaves another state behind, and perhaps nothing in
    /// the results. The others show at once or not at all.
    #[must_use]
    pub const fn shows_later(self) -> bool {
        matches!(self, Self::V8 | Self::V9 | Self::V14 | Self::V16 | Self::V23 | Self::V24 | Self::V25)
    }

    /// Whether the commands of a trace have what it takes for this deviation to show.
    #[must_use]
    pub fn allowed(self, trace: &Trace) -> bool {
        let has = |wanted: fn(Command) -> bool| trace.operations.iter().any(|op| wanted(op.command));
        let shuts_down = || has(|command| command == Command::Shutdown);
        match self {
            Self::V1 => retries(trace).any(|(first, then)| is_shorter(first, then) || is_moved(first, then)),
            Self::V2 => retries(trace).any(|(first, then)| is_shorter(first, then)),
            Self::V3 => retries(trace).any(|(first, then)| first.fill != then.fill || is_moved(first, then)),
            Self::V4 => {
                let advances = |(first, then): (Span, Span)| then.offset > first.offset;
                has_mode(trace, Modes::ACCEPT_MOVING_WRITE_BUFFER) && retries(trace).any(advances)
            }
            Self::V6 => writes(trace).any(|(span, _)| span.length == 0),
            Self::V7 => has_mode(trace, Modes::ENABLE_PARTIAL_WRITE),
            Self::V8 => has(updates_or_ticket) || has_tickets(trace) || has(renegotiates),
            Self::V9 | Self::V10 | Self::V12 => shuts_down(),
            Self::V11 => shuts_down() && (has(own_control_record) || has(renegotiates)),
            Self::V13 => has(breaks) || has(renegotiates),
            Self::V14 => shuts_down() && has(updates_or_ticket),
            Self::V15 => has(|command| command == Command::StaleError),
            Self::V16 => has(|command| command == Command::SendError),
            Self::V23 => {
                let ends = has(|command| command == Command::EndOfTransport);
                trace.config.ignore_unexpected_end && shuts_down() && ends
            }
            Self::V24 => has(|command| command == Command::Renegotiate),
            Self::V25 => {
                let closes = |command| {
                    matches!(command, Command::Shutdown | Command::PeerShutdown | Command::EndOfTransport)
                };
                has(closes) && has(renegotiates)
            }
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The writes, and what OpenSSL returned.
fn writes(trace: &Trace) -> impl Iterator<Item = (Span, &Operation)> {
    trace.operations.iter().filter_map(|operation| {
        if let Command::Write(span) | Command::WriteEx(span) = operation.command {
            return Some((span, operation));
        }
        None
    })
}

/// Each write that failed, and the later ones that may be taken for its retry: all of them where a retry was wrong, since
/// a refused one leaves the write as it was. Where writes may end in parts ours end earlier (V7), and where the fragment
/// size changes OpenSSL's blocked record may be lost, and where a renegotiation is refused the alert leaves elsewhere among the
/// records (V8), so that ours may still be blocked when OpenSSL's has succeeded, or block where
/// OpenSSL's did not: there it is those up to the one after the next success. Elsewhere that is the next one only, and it
/// is a right one.
fn retries(trace: &Trace) -> impl Iterator<Item = (Span, Span)> {
    let failed = |operation: &Operation| operation.results.error.as_deref() != Some("NONE");
    let writes: Vec<(Span, &Operation)> = writes(trace).collect();
    let is_wrong =
        |first: Span, then: Span| is_shorter(first, then) || is_moved(first, then) || first.fill != then.fill;
    let wrong = writes.windows(2).any(|pair| failed(pair[0].1) && is_wrong(pair[0].0, pair[1].0));
    let resizes = |operation: &Operation| matches!(operation.command, Command::SetFragment(_));
    let refuses = refuses(trace);
    let lags =
        refuses || has_mode(trace, Modes::ENABLE_PARTIAL_WRITE) || trace.operations.iter().any(resizes);
    let mut pairs = Vec::new();
    let may_block = |write: &(Span, &Operation)| refuses || failed(write.1);
    for (index, (first, _)) in writes.iter().enumerate().filter(|(_, write)| may_block(write)) {
        let later = &writes[index + 1..];
        let until_noticed = later
            .iter()
            .position(|(_, operation)| !failed(operation))
            .map_or(later.len(), |at| later.len().min(at + 2));
        let count = if wrong { later.len() } else { until_noticed * usize::from(lags) };
        pairs.extend(later[..count].iter().map(|(then, _)| (*first, *then)));
    }
    pairs.into_iter()
}

fn is_shorter(first: Span, then: Span) -> bool {
    then.length < first.length
}

fn is_moved(first: Span, then: Span) -> bool {
    (then.buffer, then.offset) != (first.buffer, first.offset)
}

/// Whether the mode is ever on.
fn has_mode(trace: &Trace, mode: Modes) -> bool {
    let set = trace.operations.iter().any(|operation| {
        matches!(operation.command, Command::Mode(ModeCall::Set(bits)) if bits & mode.bits() != 0)
    });
    set || trace.config.modes & mode.bits() != 0
}

/// Whether tickets wait for the tested client. A server's were read before the first command.
fn has_tickets(trace: &Trace) -> bool {
    trace.config.tickets > 0 && trace.config.role == TestedRole::Client
}

fn updates_or_ticket(command: Command) -> bool {
    use Command as C;
    matches!(command, C::PeerKeyUpdate(_) | C::PeerTicket | C::KeyUpdate(_) | C::NewTicket)
}

fn renegotiates(command: Command) -> bool {
    matches!(command, Command::Renegotiate | Command::PeerRenegotiate)
}

/// Whether the tested end is a server that is asked for a renegotiation and may have none.
fn refuses(trace: &Trace) -> bool {
    let config = &trace.config;
    let asks = |operation: &Operation| operation.command == Command::PeerRenegotiate;
    config.role == TestedRole::Server && !config.renegotiation && trace.operations.iter().any(asks)
}

fn own_control_record(command: Command) -> bool {
    matches!(command, Command::KeyUpdate(_) | Command::PeerKeyUpdate(1) | Command::NewTicket)
}

/// Whether it can end a connection with an error.
fn breaks(command: Command) -> bool {
    matches!(command, Command::PeerFatal | Command::EndOfTransport | Command::SendError)
}
