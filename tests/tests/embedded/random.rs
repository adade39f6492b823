//! What chance decides, and the bytes that flow.

use std::cell::Cell;
use std::ops::Range;
use std::rc::Rc;

/// SplitMix64; clones draw from one sequence.
#[derive(Clone)]
pub(crate) struct Random(Rc<Cell<u64>>);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Rc::new(Cell::new(seed.wrapping_mul(0x2545_f491_4f6c_dd1d))))
    }

    /// 0 to `bound` - 1.
    pub(crate) fn below(&self, bound: usize) -> usize {
        self.0.set(self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15));
        usize::try_from(mix(self.0.get()) % u64::try_from(bound).unwrap()).unwrap()
    }

    /// Once in so many times.
    pub(crate) fn once_in(&self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub(crate) fn one_of<T: Copy>(&self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

const fn mix(state: u64) -> u64 {
    let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Bytes that say where in which stream they are.
pub(crate) fn piece(stream: u64, place: usize, length: usize) -> Vec<u8> {
    (place..place + length).map(|at| (mix(stream << 32 | at as u64) >> 56) as u8).collect()
}

/// These seeds, or those that the environment asks for: `TIDEGATE_EMBEDDED` is `FIRST..END`.
pub(crate) fn seeds(default: Range<u64>) -> Range<u64> {
    let Ok(asked) = std::env::var("TIDEGATE_EMBEDDED") else { return default };
    let (first, end) = asked.split_once("..").unwrap();
    first.parse().unwrap()..end.parse().unwrap()
}
