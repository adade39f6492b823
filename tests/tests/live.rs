//! The same random commands on libssl and on the face, in one process: everything is equal, or as a named deviation
//! predicts. The face is the peer of libssl and of itself, too.
//!
//! `TIDEGATE_SEED` begins at another seed, `TIDEGATE_SEQUENCES` takes another number of them.
#![allow(missing_docs, reason = "tests")]

use std::time::Instant;

use tidegate_tests::oracle::compared::Compared;
use tidegate_tests::oracle::judge::{Verdict, judge};
use tidegate_tests::oracle::libssl::Library;
use tidegate_tests::oracle::live::shrink;
use tidegate_tests::oracle::random::ServerTickets;
use tidegate_tests::oracle::replay::{Implementation, Replayer, describe};
use tidegate_tests::oracle::tally::Tally;
use tidegate_tests::oracle::trace::{Command, Trace};
use tidegate_tests::oracle::write_trace;

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().map_or(otherwise, |value| value.parse().expect("a number"))
}

/// Runs a check over the seeds; the first sequence that fails is shrunk and shown.
fn over_seeds(count: u64, check: impl Fn(&Replayer, &Trace) -> Option<String>) {
    let Some(library) = Library::have() else { return };
    let replayer = Replayer::new(library);
    let (first, count) = (number("TIDEGATE_SEED", 0), number("TIDEGATE_SEQUENCES", count));
    let start = Instant::now();
    println!("seeds {first} to {}, {library:?}", first + count);
    for seed in first..first + count {
        let trace = replayer.reference().record(seed, ServerTickets::NotSent);
        if let Some(why) = check(&replayer, &trace) {
            panic!("seed {seed}: {why}\n{}", shortest(&replayer, &trace, &check));
        }
    }
    println!("{count} sequences in {:?}", start.elapsed());
}

/// The shortest sequence found that fails, as a trace that `replay` takes.
fn shortest(
    replayer: &Replayer,
    trace: &Trace,
    check: &impl Fn(&Replayer, &Trace) -> Option<String>,
) -> String {
    let commands: Vec<Command> = trace.operations.iter().map(|operation| operation.command).collect();
    let again =
        |commands: &[Command]| replayer.reference().record_again(trace.number, trace.config, commands);
    let short = again(&shrink(&commands, |left| check(replayer, &again(left)).is_some()));
    let why = check(replayer, &short).unwrap_or_default();
    format!("shortest:\n{}{why}", write_trace(&short))
}

#[test]
#[ignore = "needs libssl"]
fn the_face_does_what_libssl_does() {
    let tally = std::cell::RefCell::new(Tally::default());
    over_seeds(6000, |replayer, trace| {
        let verdicts = replayer.replay(trace, &mut tally.borrow_mut());
        first_difference(trace, &verdicts)
    });
    println!("{}", tally.borrow());
}

#[test]
#[ignore = "needs libssl"]
fn the_face_does_so_with_itself_as_its_peer() {
    over_seeds(1500, |replayer, trace| {
        if !can_be_peer(trace) {
            return None;
        }
        let verdicts = judge(trace, &replayer.observe(trace, Implementation::Tidegate));
        first_difference(trace, &verdicts)
    });
}

#[test]
#[ignore = "needs libssl"]
fn libssl_sees_no_difference_between_the_face_and_libssl_as_its_peer() {
    over_seeds(1500, |replayer, trace| {
        if !can_be_peer(trace) {
            return None;
        }
        let observed = replayer.observe_libssl(trace);
        let pairs = trace.operations.iter().zip(&observed).enumerate();
        let mut different = pairs.filter_map(|(index, (recorded, observed))| {
            let (recorded, observed) = (Compared::of(&recorded.results), Compared::of(&observed.results));
            (recorded != observed).then(|| format!("operation {index}: {recorded:?}, {observed:?}"))
        });
        different.next()
    });
}

fn first_difference(trace: &Trace, verdicts: &[Verdict]) -> Option<String> {
    verdicts.iter().enumerate().find_map(|(index, verdict)| match verdict {
        Verdict::Different(difference) => Some(describe(trace, index, difference)),
        Verdict::Equal | Verdict::Excused(..) | Verdict::Unordered(_) => None,
    })
}

/// The face sends no tickets yet; and a peer that shuts down twice over unread data dies as libssl alone (V10).
fn can_be_peer(trace: &Trace) -> bool {
    let count = |wanted| trace.operations.iter().filter(|operation| operation.command == wanted).count();
    trace.config.tickets == 0 && count(Command::PeerTicket) == 0 && count(Command::PeerShutdown) < 2
}
