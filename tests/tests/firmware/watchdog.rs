//! A program that hangs is ended by the board's watchdog.

use std::collections::BTreeMap;
use std::thread;

use tidegate_tests::firmware::build::have;
use tidegate_tests::firmware::device::Device;
use tidegate_tests::firmware::report::Report;

const INSTRUCTIONS: &str = "the watchdog: 500000000 instructions without a byte of the peer";
const SECONDS: &str = "the watchdog: 10 seconds without a byte of the peer";
/// The same in ticks of 40 instructions.
const LIMIT: u64 = 500_000_000 / 40;

/// Runs programs with this word, all at once, and a peer that says nothing: each ends with this, and says when.
fn run(programs: &[&str], word: &str, failure: &str) -> Vec<Report> {
    thread::scope(|scope| {
        let start = |program: &str| {
            let (device, _uart) = Device::start(program, &[word]);
            device.finish()
        };
        let runs: Vec<_> = programs.iter().map(|program| scope.spawn(move || start(program))).collect();
        let reports = runs.into_iter().map(|run| run.join().unwrap());
        reports.inspect(|report| assert_eq!(report.failure(), Ok(failure), "{report:?}")).collect()
    })
}

#[test]
#[ignore = "needs qemu-system-arm"]
fn one_that_computes_for_ever_is_ended_after_so_many_instructions() {
    if !have(&[]) {
        return;
    }
    // It has interrupts off, for which the watchdog does not care.
    for run in run(&["client", "embassy"], "stuck-randomness", INSTRUCTIONS) {
        let ticks = run.figure("ticks");
        assert_eq!(run.figures, BTreeMap::from([("ticks".to_owned(), ticks)]), "nothing more was done");
        // However fast the host is. Before it is fed first, the start-up code paints the stack, and the emulator starts.
        assert!((LIMIT..LIMIT + LIMIT / 10).contains(&ticks), "{ticks}");
    }
}

#[test]
#[ignore = "needs qemu-system-arm"]
fn one_that_waits_for_ever_is_ended() {
    if have(&[]) {
        run(&["client", "server", "embassy", "many"], "no-timeouts", SECONDS);
    }
}
