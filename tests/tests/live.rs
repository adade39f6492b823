//! The same random commands on libssl and on the face, in one process: everything is equal, or as a named deviation
//! predicts. The face is the peer of libssl and of itself, too.
//!
//! `TIDEGATE_SEED` begins at another seed, `TIDEGATE_SEQUENCES` takes another number of them.
#![allow(missing_docs, reason = "tests")]

use std::cell::RefCell;
use std::ops::Range;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use tidegate_tests::oracle::compared::Compared;
use tidegate_tests::oracle::judge::{Verdict, judge};
use tidegate_tests::oracle::libssl::Library;
use tidegate_tests::oracle::live::shrink;
use tidegate_tests::oracle::random::ServerTickets;
use tidegate_tests::oracle::reference::Reference;
use tidegate_tests::oracle::replay::{Implementation, Replayer, describe};
use tidegate_tests::oracle::tally::Tally;
use tidegate_tests::oracle::trace::{Command, Trace};
use tidegate_tests::oracle::write_trace;

const SECONDS_OF_A_DAY: u64 = 86400;
/// How far the seeds of two days are apart.
const SEEDS_OF_A_DAY: u64 = 1_000_000;
/// Sequences of a day.
const TODAY: u64 = 500;

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().map_or(otherwise, |value| value.parse().expect("a number"))
}

/// Runs a check over the seeds from `TIDEGATE_SEED` on; the first sequence that fails is shrunk and shown.
fn over_seeds(count: u64, check: impl Fn(&Replayer, &Trace) -> Option<String>) {
    let count = number("TIDEGATE_SEQUENCES", count);
    let first = number("TIDEGATE_SEED", 0);
    over(first..first + count, check);
}

fn over(seeds: Range<u64>, check: impl Fn(&Replayer, &Trace) -> Option<String>) {
    over_made(seeds, |reference, seed| reference.record(seed, ServerTickets::Sent), check);
}

fn over_made(
    seeds: Range<u64>,
    make: impl Fn(&Reference, u64) -> Trace,
    check: impl Fn(&Replayer, &Trace) -> Option<String>,
) {
    let Some(library) = Library::have() else { return };
    let replayer = Replayer::new(library);
    let (start, count) = (Instant::now(), seeds.end - seeds.start);
    println!("seeds {seeds:?}, {library:?}");
    for seed in seeds {
        let trace = make(replayer.reference(), seed);
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
    let tally = RefCell::new(Tally::default());
    over_seeds(6000, |replayer, trace| replay(replayer, trace, &tally));
    println!("{}", tally.borrow());
}

/// In TLS 1.2, with handshakes in mid-connection.
#[test]
#[ignore = "needs libssl"]
fn the_face_does_in_tls12_what_libssl_does() {
    let tally = RefCell::new(Tally::default());
    let (first, count) = (number("TIDEGATE_SEED", 0), number("TIDEGATE_SEQUENCES", 3000));
    let check = |replayer: &Replayer, trace: &Trace| replay(replayer, trace, &tally);
    over_made(first..first + count, |reference, seed| reference.record_12(seed), check);
    println!("{}", tally.borrow());
}

fn replay(replayer: &Replayer, trace: &Trace, tally: &RefCell<Tally>) -> Option<String> {
    let verdicts = replayer.replay(trace, &mut tally.borrow_mut());
    first_difference(trace, &verdicts)
}

/// Sequences that nobody has seen, every day others.
#[test]
#[ignore = "needs libssl"]
fn the_face_does_today_what_libssl_does() {
    let day = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() / SECONDS_OF_A_DAY;
    let first = day * SEEDS_OF_A_DAY;
    let tally = RefCell::new(Tally::default());
    over(first..first + TODAY, |replayer, trace| replay(replayer, trace, &tally));
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
        // A foreign error in the thread's queue is gone after a call of libssl's alone (V15), and what libssl sends after
        // the fragment size was changed under a blocked record is no record: its length is chance.
        let resized = |command| matches!(command, Command::SetFragment(_));
        let chance = trace.operations.iter().any(|operation| resized(operation.command));
        if !can_be_peer(trace) || has(trace, Command::StaleError) || chance {
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
        Verdict::Equal | Verdict::Excused(..) => None,
    })
}

/// The face sends no tickets yet; and a peer that shuts down twice over unread data dies as libssl alone (V10).
fn can_be_peer(trace: &Trace) -> bool {
    trace.config.tickets == 0 && !has(trace, Command::PeerTicket) && count(trace, Command::PeerShutdown) < 2
}

fn has(trace: &Trace, wanted: Command) -> bool {
    count(trace, wanted) > 0
}

fn count(trace: &Trace, wanted: Command) -> usize {
    trace.operations.iter().filter(|operation| operation.command == wanted).count()
}
