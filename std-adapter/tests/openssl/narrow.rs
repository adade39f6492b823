//! A transport through which next to nothing passes, and what passes through it.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::rc::Rc;

/// splitmix64.
#[derive(Clone)]
pub(crate) struct Random(Rc<Cell<u64>>);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Rc::new(Cell::new(seed)))
    }

    pub(crate) fn below(&self, bound: usize) -> usize {
        let state = self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0.set(state);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(bound).unwrap()).unwrap()
    }
}

type Wire = Rc<RefCell<VecDeque<u8>>>;

/// Takes and gives 0 to 3 bytes at a time once it is narrow, all before.
pub(crate) struct Narrow {
    random: Random,
    there: Wire,
    back: Wire,
    /// How many bytes pass at a time, and how many may be under way.
    width: Width,
}

/// How narrow both directions are; `None` is not at all.
pub(crate) type Width = Rc<Cell<Option<(usize, usize)>>>;

impl Narrow {
    /// Both ends of a transport.
    pub(crate) fn pair(random: &Random) -> ([Self; 2], Width) {
        let (one, other, width) = (Wire::default(), Wire::default(), Width::default());
        let end = |there: &Wire, back: &Wire| Self {
            random: random.clone(),
            there: Rc::clone(there),
            back: Rc::clone(back),
            width: Rc::clone(&width),
        };
        ([end(&one, &other), end(&other, &one)], width)
    }

    fn at_a_time(&self, wanted: usize) -> io::Result<usize> {
        let count = self.width.get().map_or(wanted, |(width, _)| self.random.below(width + 1).min(wanted));
        if count == 0 { Err(io::ErrorKind::WouldBlock.into()) } else { Ok(count) }
    }
}

impl Read for Narrow {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut back = self.back.borrow_mut();
        let count = self.at_a_time(out.len().min(back.len()))?;
        back.read(&mut out[..count])
    }
}

impl Write for Narrow {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let mut there = self.there.borrow_mut();
        let room = self.width.get().map_or(usize::MAX, |(_, most)| most.saturating_sub(there.len()));
        let count = self.at_a_time(data.len().min(room))?;
        there.extend(&data[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The byte at this place of what an end sends.
pub(crate) fn byte(place: usize) -> u8 {
    u8::try_from((place * 131 + (place >> 8) * 29 + 17) % 256).unwrap()
}
