//! Traces made on the spot: random commands on libssl, and the shortest of them that still show something.

use super::endpoint::{Endpoint, Ends};
use super::features::features;
use super::random::{Sequence, ServerTickets};
use super::reference::Reference;
use super::run::{Observed, run, run_while};
use super::trace::{Command, Config, Operation, Trace};

impl Reference {
    /// The trace of a seed, made on libssl.
    #[must_use]
    pub fn record(&self, seed: u64, server_tickets: ServerTickets) -> Trace {
        self.record_sequence(seed, Sequence::new(seed, server_tickets))
    }

    /// The trace of a seed in TLS 1.2, made on libssl.
    #[must_use]
    pub fn record_12(&self, seed: u64) -> Trace {
        self.record_sequence(seed, Sequence::new_12(seed))
    }

    fn record_sequence(&self, seed: u64, mut sequence: Sequence) -> Trace {
        let config = *sequence.config();
        let done = run_while(&config, self.ends(&config), |last| sequence.next(last));
        trace(seed, config, done)
    }

    /// The trace of these commands, made on libssl.
    #[must_use]
    pub fn record_again(&self, number: u64, config: Config, commands: &[Command]) -> Trace {
        observe(number, config, commands, self.ends(&config))
    }
}

/// The trace of these commands on any two ends.
pub fn observe<T: Endpoint, P: Endpoint>(
    number: u64,
    config: Config,
    commands: &[Command],
    ends: Ends<T, P>,
) -> Trace {
    let observed = run(&config, commands, ends);
    trace(number, config, commands.iter().copied().zip(observed).collect())
}

fn trace(number: u64, config: Config, done: Vec<(Command, Observed)>) -> Trace {
    let operation =
        |(command, observed): (Command, Observed)| Operation { command, results: observed.results };
    let operations: Vec<Operation> = done.into_iter().map(operation).collect();
    let features = features(&config, &operations);
    Trace { number, name: String::new(), config, features, operations }
}

/// Drops commands as long as what is left still fails: first half of them at once, then ever smaller runs, until no
/// single one can go.
pub fn shrink(commands: &[Command], mut fails: impl FnMut(&[Command]) -> bool) -> Vec<Command> {
    let mut kept = commands.to_vec();
    let mut run = kept.len().div_ceil(2);
    while run > 0 {
        let before = kept.len();
        drop_runs(&mut kept, run, &mut fails);
        if run > 1 || kept.len() == before {
            run /= 2;
        }
    }
    kept
}

/// Drops every run of so many commands that is not needed, the last ones first.
fn drop_runs(kept: &mut Vec<Command>, run: usize, fails: &mut impl FnMut(&[Command]) -> bool) {
    let mut end = kept.len();
    while end > 0 {
        let start = end.saturating_sub(run);
        let without = [&kept[..start], &kept[end..]].concat();
        if fails(&without) {
            *kept = without;
        }
        end = start;
    }
}

#[cfg(test)]
mod tests {
    use super::shrink;
    use crate::oracle::trace::Command;

    #[test]
    fn a_sequence_shrinks_to_what_fails_in_its_order() {
        let commands: Vec<Command> = (0..40).map(Command::Read).collect();
        let wanted = [Command::Read(3), Command::Read(17), Command::Read(38)];
        let mut tries = 0;
        let kept = shrink(&commands, |left| {
            tries += 1;
            wanted.iter().all(|command| left.contains(command))
        });
        assert_eq!(kept, wanted);
        assert!(tries < 200, "{tries}");
    }

    #[test]
    fn commands_that_can_go_only_one_after_the_other_all_go() {
        // Each can go once the one before it has gone.
        let commands: Vec<Command> = (0..9).map(Command::Read).collect();
        let kept = shrink(&commands, |left| left == &commands[commands.len() - left.len()..]);
        assert_eq!(kept, []);
    }
}
