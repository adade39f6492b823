//! Runs the commands of a trace on two ends and says what came of each.

use super::endpoint::Endpoint;
use super::libssl::Role;
use super::record::Content;
use super::reference::{Reference, tested_role};
use super::steps::Steps;
use super::tap::{Flow, Secrets, contents_12};
use super::trace::{Command, Config, Results, WireRecord};
use super::wire::{PeerSide, SharedWire, TestedSide, Wire};

/// Two ends and the wire between them, before the handshake.
#[derive(Debug)]
pub struct Ends<T, P> {
    /// The tested end, its role set where the trace begins with one.
    pub tested: T,
    /// Its peer, its role set.
    pub peer: P,
    /// What lies between them.
    pub wire: SharedWire,
}

impl Reference {
    /// Two ends of libssl's.
    #[must_use]
    pub fn ends(&self, config: &Config) -> Ends<super::reference::LibsslEnd, super::reference::LibsslEnd> {
        let wire = Wire::new();
        let tested = self.tested(config, Box::new(TestedSide(wire.clone())));
        let peer = self.peer(config, Box::new(PeerSide(wire.clone())));
        Ends { tested, peer, wire }
    }
}

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
/// If the two ends can't shake hands.
pub fn run<T: Endpoint, P: Endpoint>(
    config: &Config,
    commands: &[Command],
    ends: Ends<T, P>,
) -> Vec<Observed> {
    let mut steps = Steps::new(ends, config);
    let mut marks = vec![steps.mark()];
    let mut results = Vec::new();
    for command in commands {
        results.push(steps.step(command));
        marks.push(steps.mark());
    }
    let known = Contents::of(config, steps.ends());
    let operation = |(index, mut results): (usize, Results)| {
        let before = marks[index];
        let after = marks[index + 1];
        let sent = known.sent[before.sent..after.sent].to_vec();
        if results.accepted.is_some() {
            results.wire = sent.iter().map(|contents| wire_record(contents)).collect();
        }
        // What the peer sends during its own operation arrives before the next one.
        let since = index.checked_sub(1).map_or(steps.unread_from(), |last| marks[last].received);
        Observed { results, arrived: known.received[since..before.received].to_vec(), sent }
    };
    results.into_iter().enumerate().map(operation).collect()
}

/// All records of a run, each with its contents.
struct Contents {
    sent: Vec<Vec<Content>>,
    received: Vec<Vec<Content>>,
}

impl Contents {
    /// Once the run is over, since an end may learn the keys of what was sent to it only when it reads.
    fn of<T: Endpoint, P: Endpoint>(config: &Config, ends: &Ends<T, P>) -> Self {
        let (tested_log, peer_log) = (ends.tested.key_log(), ends.peer.key_log());
        let secrets = Secrets::of(tested_log.iter().chain(&peer_log));
        let (tested, peer) = match tested_role(config) {
            Role::Client => (Role::Client, Role::Server),
            Role::Server => (Role::Server, Role::Client),
        };
        let all = |sender, records: &[Vec<u8>]| match config.version {
            13 => all_contents(&mut Flow::new(sender, &secrets), records),
            _ => all_contents_12(records),
        };
        let wire = ends.wire.borrow();
        Self { sent: all(tested, wire.sent()), received: all(peer, wire.received()) }
    }
}

fn all_contents(flow: &mut Flow<'_>, records: &[Vec<u8>]) -> Vec<Vec<Content>> {
    records.iter().map(|record| flow.contents(record)).collect()
}

fn all_contents_12(records: &[Vec<u8>]) -> Vec<Vec<Content>> {
    let mut encrypted = false;
    records.iter().map(|record| contents_12(record, &mut encrypted)).collect()
}

/// A record as a trace names it.
fn wire_record(contents: &[Content]) -> WireRecord {
    match contents.first() {
        Some(Content::Data(length)) => WireRecord::Data(*length),
        Some(Content::CloseNotify | Content::Alert(_)) => WireRecord::Alert,
        Some(Content::ChangeCipherSpec) => WireRecord::ChangeCipherSpec,
        Some(Content::Handshake | Content::KeyUpdate { .. } | Content::Ticket) | None => {
            WireRecord::Handshake
        }
    }
}
