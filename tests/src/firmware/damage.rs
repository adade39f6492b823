//! What a bad line does to bytes.

/// A fault of a line; `at` is the place of a byte among those that pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A byte is lost.
    Drop {
        /// Which one.
        at: usize,
    },
    /// A byte comes twice.
    Duplicate {
        /// Which one.
        at: usize,
    },
    /// A bit of a byte is another one.
    Flip {
        /// Which byte.
        at: usize,
        /// Which bit of it, 0 to 7.
        bit: u8,
    },
    /// The receiver fetches bytes too late: of each burst that ends behind this place, what its FIFO can't hold is lost.
    Overrun {
        /// The place.
        at: usize,
        /// Bytes that the FIFO holds.
        depth: usize,
    },
    /// The line is cut: nothing passes from this byte on.
    Cut {
        /// Which one.
        at: usize,
    },
}

/// The damage to the bytes of one direction.
#[derive(Clone, Debug)]
pub struct Damage {
    fault: Option<Fault>,
    came: usize,
    has_struck: bool,
}

impl Damage {
    /// None yet.
    #[must_use]
    pub const fn new(fault: Option<Fault>) -> Self {
        Self { fault, came: 0, has_struck: false }
    }

    /// Bytes that came.
    #[must_use]
    pub const fn came(&self) -> usize {
        self.came
    }

    /// Whether it has done anything.
    #[must_use]
    pub const fn has_struck(&self) -> bool {
        self.has_struck
    }

    /// What passes of a burst of bytes.
    pub fn pass(&mut self, burst: &[u8]) -> Vec<u8> {
        let (start, mut passed) = (self.came, burst.to_vec());
        self.came += burst.len();
        let inside = |at: usize| at.checked_sub(start).filter(|place| *place < burst.len());
        match self.fault {
            Some(Fault::Drop { at }) => drop(inside(at).map(|place| passed.remove(place))),
            Some(Fault::Duplicate { at }) => drop(inside(at).map(|place| passed.insert(place, burst[place]))),
            Some(Fault::Flip { at, bit }) => drop(inside(at).map(|place| passed[place] ^= 1 << bit)),
            Some(Fault::Overrun { at, depth }) if self.came > at => passed.truncate(depth),
            Some(Fault::Cut { at }) => passed.truncate(at.saturating_sub(start)),
            Some(Fault::Overrun { .. }) | None => {}
        }
        self.has_struck |= passed != burst;
        passed
    }
}

#[cfg(test)]
mod tests {
    use super::{Damage, Fault};

    /// What passes of the bytes 0 to 9 in two bursts.
    fn passed(fault: Fault) -> Vec<u8> {
        let mut damage = Damage::new(Some(fault));
        let mut passed = damage.pass(&[0, 1, 2, 3, 4]);
        passed.extend(damage.pass(&[5, 6, 7, 8, 9]));
        assert_eq!(damage.came(), 10);
        assert_eq!(damage.has_struck(), passed != [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        passed
    }

    #[test]
    fn each_fault_strikes_where_it_is_told_to() {
        assert_eq!(passed(Fault::Drop { at: 6 }), [0, 1, 2, 3, 4, 5, 7, 8, 9]);
        assert_eq!(passed(Fault::Duplicate { at: 4 }), [0, 1, 2, 3, 4, 4, 5, 6, 7, 8, 9]);
        assert_eq!(passed(Fault::Flip { at: 5, bit: 1 }), [0, 1, 2, 3, 4, 7, 6, 7, 8, 9]);
        assert_eq!(passed(Fault::Overrun { at: 5, depth: 2 }), [0, 1, 2, 3, 4, 5, 6]);
        assert_eq!(passed(Fault::Cut { at: 7 }), [0, 1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn no_fault_strikes_behind_the_end() {
        let faults = [
            Fault::Drop { at: 10 },
            Fault::Duplicate { at: 10 },
            Fault::Flip { at: 10, bit: 0 },
            Fault::Overrun { at: 10, depth: 2 },
            Fault::Cut { at: 10 },
        ];
        for fault in faults {
            assert_eq!(passed(fault), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], "{fault:?}");
        }
    }
}
