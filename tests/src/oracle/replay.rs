//! Traces on the face, with libssl as its peer, and judged.

use super::compared::Difference;
use super::endpoint::Ends;
use super::judge::{Verdict, judge, not_run};
use super::libssl::Library;
use super::reference::Reference;
use super::run::{Observed, run};
use super::tally::Tally;
use super::tidegate::Tidegate;
use super::trace::{Command, Trace};
use super::wire::{PeerSide, TestedSide, Wire};

/// Both implementations, their contexts shared by all traces.
#[derive(Debug)]
pub struct Replayer {
    tidegate: Tidegate,
    reference: Reference,
}

impl Replayer {
    /// With this libssl as the peer.
    #[must_use]
    pub fn new(library: Library) -> Self {
        Self { tidegate: Tidegate::new(), reference: Reference::new(library) }
    }

    /// Runs and judges a trace and counts what came of it; nothing of one that is not run.
    pub fn replay(&self, trace: &Trace, tally: &mut Tally) -> Vec<Verdict> {
        if let Some(why) = not_run(trace) {
            tally.leave_out(why, trace);
            return Vec::new();
        }
        let verdicts = judge(trace, &self.observe(trace, Implementation::Libssl));
        tally.add(&verdicts);
        verdicts
    }

    /// What the face does when these commands are run.
    #[must_use]
    pub fn observe(&self, trace: &Trace, peer: Implementation) -> Vec<Observed> {
        let (config, wire) = (&trace.config, Wire::new());
        let tested = self.tidegate.tested(config, Box::new(TestedSide(wire.clone())));
        let transport = Box::new(PeerSide(wire.clone()));
        match peer {
            Implementation::Libssl => {
                let peer = self.reference.peer(config, transport);
                run(config, &commands(trace), Ends { tested, peer, wire })
            }
            Implementation::Tidegate => {
                let peer = self.tidegate.peer(config, transport);
                run(config, &commands(trace), Ends { tested, peer, wire })
            }
        }
    }

    /// What libssl does when these commands are run and the face is its peer.
    #[must_use]
    pub fn observe_libssl(&self, trace: &Trace) -> Vec<Observed> {
        let (config, wire) = (&trace.config, Wire::new());
        let tested = self.reference.tested(config, Box::new(TestedSide(wire.clone())));
        let peer = self.tidegate.peer(config, Box::new(PeerSide(wire.clone())));
        run(config, &commands(trace), Ends { tested, peer, wire })
    }

    /// libssl's ends.
    #[must_use]
    pub const fn reference(&self) -> &Reference {
        &self.reference
    }
}

/// Whose connection an end is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Implementation {
    /// The system's libssl.
    Libssl,
    /// The face.
    Tidegate,
}

fn commands(trace: &Trace) -> Vec<Command> {
    trace.operations.iter().map(|operation| operation.command).collect()
}

/// A difference in words: the trace, the operation, the three results.
#[must_use]
pub fn describe(trace: &Trace, index: usize, difference: &Difference) -> String {
    let Difference { recorded, observed, predicted: (predicted, rows), because } = difference;
    let rows: Vec<&str> = rows.iter().map(|row| row.name()).collect();
    let command = trace.operations.get(index).map(|operation| operation.command.to_string());
    let because = because.map(|because| format!("\n  {because}"));
    format!(
        "trace {} {}, operation {index}: {}{}\n  recorded  {recorded:?}\n  observed  {observed:?}\n  predicted \
         {predicted:?} by {rows:?}",
        trace.number,
        trace.name,
        command.unwrap_or_default(),
        because.unwrap_or_default()
    )
}
