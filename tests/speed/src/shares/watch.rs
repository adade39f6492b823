//! Takes the time of calls, each without those within it.

use std::cell::Cell;
use std::time::{Duration, Instant};

/// What a call is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The provider's work, signing, and verifying the signature of the handshake.
    Cryptography,
    /// Verifying the signatures of the chain.
    ChainSignatures,
    /// The rest of verifying the chain: parsing certificates, names, times.
    Chain,
}

/// How many parts there are.
pub(super) const PARTS: usize = 3;

/// What was spent, and by how many calls.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spent {
    pub(super) time: [Duration; PARTS],
    pub(super) calls: u32,
}

thread_local! {
    static SPENT: Cell<Spent> = const { Cell::new(Spent { time: [Duration::ZERO; PARTS], calls: 0 }) };
    static WITHIN: Cell<Duration> = const { Cell::new(Duration::ZERO) };
    static IN_CHAIN: Cell<bool> = const { Cell::new(false) };
}

/// What was spent since this was asked last.
pub(super) fn take() -> Spent {
    SPENT.take()
}

/// Whether a chain is being verified.
pub(super) fn is_in_chain() -> bool {
    IN_CHAIN.get()
}

/// Takes the time of a call.
pub(super) fn timed<T>(part: Part, work: impl FnOnce() -> T) -> T {
    let before = WITHIN.take();
    let outer = IN_CHAIN.replace(IN_CHAIN.get() || part == Part::Chain);
    let start = Instant::now();
    let done = work();
    let whole = start.elapsed();
    let mut spent = SPENT.get();
    spent.time[part as usize] += whole.saturating_sub(WITHIN.replace(before + whole));
    spent.calls += 1;
    SPENT.set(spent);
    IN_CHAIN.set(outer);
    done
}

/// What a call costs that does nothing: what is counted as its own, and all of it. The least of several measures, since others
/// may have had the processor meanwhile.
pub(super) fn cost() -> [Duration; 2] {
    const MANY: u32 = 100;
    let costs: Vec<_> = (0..100)
        .map(|_| {
            take();
            let start = Instant::now();
            (0..MANY).for_each(|_| timed(Part::Cryptography, || std::hint::black_box(())));
            let whole = start.elapsed();
            [take().time[Part::Cryptography as usize] / MANY, whole / MANY]
        })
        .collect();
    costs.into_iter().min_by_key(|[_, whole]| *whole).unwrap_or_default()
}
