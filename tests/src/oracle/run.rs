//! Runs the commands of a trace on two ends and says what came of each.

use super::endpoint::{Endpoint, Ends, tested_role};
use super::features::span_of;
use super::libssl::Role;
use super::record::Content;
use super::steps::Steps;
use super::stream::BUFFER;
use super::tap::{Flow, Secrets};
use super::tap12::contents_12;
use super::trace::{Command, Config, Results, Span, WireRecord};

/// An operation as it went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed {
    /// What came of it.
    pub results: Results,
    /// The records that the peer had sent since the operation before, each with its contents. Before the first one:
    /// those that the handshake left unread.
    pub arrived: Vec<Vec<Content>>,
    /// The records that the tested end completed, each with its contents.
    pub sent: Vec<Vec<Content>>,
}

/// Runs `commands` from the state that the configuration describes.
///
/// # Panics
/// If the two ends can't shake hands, or a write ends where no buffer can.
pub fn run<T: Endpoint, P: Endpoint>(
    config: &Config,
    commands: &[Command],
    ends: Ends<T, P>,
) -> Vec<Observed> {
    let end = |span: Span| span.offset.saturating_add(span.length);
    let extent = commands.iter().filter_map(span_of).map(end).max().unwrap_or_default();
    let mut commands = commands.iter().copied();
    let done = run_steps(config, Steps::new(ends, config, extent), |_| commands.next());
    done.into_iter().map(|(_, observed)| observed).collect()
}

/// As [`run`], each command chosen when the results of the one before are known, its records on the wire excepted.
///
/// # Panics
/// If the two ends can't shake hands, or a write ends behind [`BUFFER`].
pub fn run_while<T: Endpoint, P: Endpoint>(
    config: &Config,
    ends: Ends<T, P>,
    next: impl FnMut(&Results) -> Option<Command>,
) -> Vec<(Command, Observed)> {
    run_steps(config, Steps::new(ends, config, BUFFER), next)
}

fn run_steps<T: Endpoint, P: Endpoint>(
    config: &Config,
    mut steps: Steps<T, P>,
    mut next: impl FnMut(&Results) -> Option<Command>,
) -> Vec<(Command, Observed)> {
    let mut marks = vec![steps.mark()];
    let mut done = Vec::new();
    let mut last = Results::default();
    while let Some(command) = next(&last) {
        last = steps.step(&command);
        done.push((command, last.clone()));
        marks.push(steps.mark());
    }
    let known = Contents::of(config, steps.ends());
    let operation = |(index, (command, mut results)): (usize, (Command, Results))| {
        let (before, after) = (marks[index], marks[index + 1]);
        let sent = known.sent[before.sent..after.sent].to_vec();
        if results.accepted.is_some() {
            results.wire = sent.iter().map(|contents| wire_record(contents)).collect();
        }
        // What the peer sends during its own operation arrives before the next one.
        let since = index.checked_sub(1).map_or(steps.unread_from(), |last| marks[last].received);
        (command, Observed { results, arrived: known.received[since..before.received].to_vec(), sent })
    };
    done.into_iter().enumerate().map(operation).collect()
}

/// All records of a run, each with its contents.
struct Contents {
    sent: Vec<Vec<Content>>,
    received: Vec<Vec<Content>>,
}

impl Contents {
    /// Once the run is over, since an end may learn the keys of what was sent to it only when it reads.
    fn of<T: Endpoint, P: Endpoint>(config: &Config, ends: &Ends<T, P>) -> Self {
        let log = [ends.tested.key_log(), ends.peer.key_log()].concat();
        let wire = ends.wire.borrow();
        let (tested, peer) = match tested_role(config) {
            Role::Client => (Role::Client, Role::Server),
            Role::Server => (Role::Server, Role::Client),
        };
        if config.version == 12 {
            let (sent, received) = (wire.sent(), wire.received());
            let [client, server] = match tested {
                Role::Client => contents_12(&log, sent, received),
                Role::Server => contents_12(&log, received, sent),
            };
            return match tested {
                Role::Client => Self { sent: client, received: server },
                Role::Server => Self { sent: server, received: client },
            };
        }
        let secrets = Secrets::of(&log);
        let all = |sender, records: &[Vec<u8>]| all_contents(&mut Flow::new(sender, &secrets), records);
        Self { sent: all(tested, wire.sent()), received: all(peer, wire.received()) }
    }
}

fn all_contents(flow: &mut Flow<'_>, records: &[Vec<u8>]) -> Vec<Vec<Content>> {
    records.iter().map(|record| flow.contents(record)).collect()
}

/// A record as a trace names it.
fn wire_record(contents: &[Content]) -> WireRecord {
    match contents.first() {
        Some(Content::Data(length) | Content::Unreadable(length)) => WireRecord::Data(*length),
        Some(Content::CloseNotify | Content::Alert(_)) => WireRecord::Alert,
        Some(Content::ChangeCipherSpec) => WireRecord::ChangeCipherSpec,
        Some(Content::Handshake | Content::HelloRequest | Content::KeyUpdate { .. } | Content::Ticket)
        | None => WireRecord::Handshake,
    }
}
