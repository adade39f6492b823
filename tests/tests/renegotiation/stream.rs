//! What flows, and what chance decides.

use std::cell::Cell;
use std::convert::Infallible;
use std::rc::Rc;

use rand_core::{TryCryptoRng, TryRng};

/// SplitMix64; clones draw from one sequence.
#[derive(Clone)]
pub(crate) struct Random(Rc<Cell<u64>>);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Rc::new(Cell::new(seed)))
    }

    fn next(&self) -> u64 {
        let state = self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0.set(state);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// 0 to `bound` - 1.
    pub(crate) fn below(&self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound).unwrap()).unwrap()
    }

    /// Once in so many times.
    pub(crate) fn once_in(&self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// Another sequence.
    pub(crate) fn fork(&self) -> Self {
        Self::new(self.next())
    }
}

/// Keys of which a seed says all.
impl TryRng for Random {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok((self.next() >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.next())
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        out.iter_mut().for_each(|byte| *byte = (self.next() >> 56) as u8);
        Ok(())
    }
}

impl TryCryptoRng for Random {}

/// Bytes that say where they are: those of one direction, at two addresses.
#[derive(Clone)]
pub(crate) struct Stream([Vec<u8>; 2]);

impl Stream {
    /// The longest piece.
    pub(crate) const LONGEST: usize = 50_000;
    /// A prime, so that records and buffers are never a multiple of it.
    const PERIOD: usize = 65_521;

    pub(crate) fn new(random: &Random) -> Self {
        let mut bytes: Vec<u8> = (0..Self::PERIOD).map(|_| random.below(256) as u8).collect();
        bytes.extend_from_within(..Self::LONGEST);
        Self([bytes.clone(), bytes])
    }

    /// `length` bytes from this place on, at one address or the other.
    pub(crate) fn piece(&self, place: usize, length: usize, which: usize) -> &[u8] {
        &self.0[which][place % Self::PERIOD..][..length]
    }
}
