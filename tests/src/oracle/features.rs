//! What a trace is about, from its commands.

use super::trace::{Command, Config, Fill, ModeCall, Operation, Span, Start};

/// `SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER`.
const ACCEPT_MOVING_WRITE_BUFFER: i64 = 2;

/// The features of a trace, by the names and in the order that files use: `reneg`, `keyupdate`, `ticket`, `shutdown`,
/// `misuse`, `eof`, `fatal`, `implicit`, `uninit`, `txerr`, `zero`, `modechange`.
#[must_use]
pub fn features(config: &Config, operations: &[Operation]) -> Vec<String> {
    let has = |wanted: fn(&Command) -> bool| operations.iter().any(|operation| wanted(&operation.command));
    let found = [
        ("reneg", has(|command| matches!(command, Command::Renegotiate | Command::PeerRenegotiate))),
        ("keyupdate", has(|command| matches!(command, Command::KeyUpdate(_) | Command::PeerKeyUpdate(_)))),
        ("ticket", has(|command| matches!(command, Command::NewTicket | Command::PeerTicket))),
        ("shutdown", has(|command| matches!(command, Command::Shutdown | Command::PeerShutdown))),
        ("misuse", has_misuse(config, operations)),
        ("eof", has(|command| *command == Command::EndOfTransport)),
        ("fatal", has(|command| *command == Command::PeerFatal)),
        ("implicit", config.start == Start::Implicit),
        ("uninit", config.start == Start::NoRole),
        ("txerr", has(|command| *command == Command::SendError)),
        ("zero", has(|command| span_of(command).is_some_and(|span| span.length == 0))),
        ("modechange", has(changes_modes)),
    ];
    found.into_iter().filter(|(_, is_there)| *is_there).map(|(name, _)| name.to_owned()).collect()
}

/// What a write offers; `None` for other commands.
#[must_use]
pub fn span_of(command: &Command) -> Option<Span> {
    if let Command::Write(span) | Command::WriteEx(span) = command { Some(*span) } else { None }
}

fn changes_modes(command: &Command) -> bool {
    let (Command::Mode(call) | Command::ContextMode(call)) = command else { return false };
    *call != ModeCall::Get
}

/// Whether a blocked write was repeated otherwise than the manual allows, or bytes were changed at all.
fn has_misuse(config: &Config, operations: &[Operation]) -> bool {
    let mut modes = i64::from(config.modes);
    let mut blocked: Option<Span> = None;
    operations.iter().any(|Operation { command, results }| {
        let Some(span) = span_of(command) else {
            modes = results.state.map_or(modes, |state| state.mode);
            return false;
        };
        let may_move = modes & ACCEPT_MOVING_WRITE_BUFFER != 0;
        let is_wrong = blocked.is_some_and(|blocked| !is_retry(span, blocked, may_move));
        blocked = match results.error.as_deref() {
            Some("WANT_WRITE") => Some(span),
            Some("WANT_READ") => blocked,
            _ => None,
        };
        is_wrong || span.fill == Fill::Altered
    })
}

/// Whether a write repeats a blocked one as the manual allows; it may be longer.
fn is_retry(span: Span, blocked: Span, may_move: bool) -> bool {
    let same_place = span.offset == blocked.offset && (may_move || span.buffer == blocked.buffer);
    same_place && span.length >= blocked.length
}

#[cfg(test)]
mod tests {
    use super::features;
    use crate::oracle::read_traces;
    use crate::oracle::trace::{Config, Operation, Results};

    /// The features of a blocked write and the one after it.
    fn after_a_block(modes: u32, next: &str) -> Vec<String> {
        let config =
            "cfg role=client ver=13 modes=4 frag=512 split=0 ra=0 start=done tickets=0 reneg=0 ieof=0";
        let config = Config { modes, ..config.parse().unwrap() };
        let results = Results { error: Some("WANT_WRITE".to_owned()), ..Results::default() };
        let operation =
            |command: &str| Operation { command: command.parse().unwrap(), results: results.clone() };
        features(&config, &[operation("write 0 50 10 seq"), operation(next)])
    }

    #[test]
    fn a_retry_that_the_manual_does_not_allow_is_misuse() {
        for right in ["write 0 50 10 seq", "write_ex 0 50 11 seq"] {
            assert_eq!(after_a_block(0, right), Vec::<String>::new(), "{right}");
        }
        for wrong in ["write 0 50 9 seq", "write 0 51 20 seq", "write 0 50 10 alt", "write 1 50 10 seq"] {
            assert_eq!(after_a_block(0, wrong), ["misuse"], "{wrong}");
        }
        assert_eq!(after_a_block(2, "write 1 50 10 seq"), Vec::<String>::new());
    }

    #[test]
    fn the_features_are_those_that_the_recorder_named() {
        let traces = read_traces(include_str!("../../oracle/traces-public.jsonl")).unwrap();
        let other =
            traces.iter().filter(|trace| features(&trace.config, &trace.operations) != trace.features);
        // 89: the recorder meant a misuse, but nothing was blocked, so that any arguments are right.
        assert_eq!(other.map(|trace| trace.number).collect::<Vec<_>>(), [89]);
    }
}
