//! What streams are lent.

use tidegate::{Lent, Side};

use crate::buffer::{FreeList, RecordBuffer};
use crate::provider::{Onlookers, Software};

/// What both kinds of maker give to each stream.
#[derive(Clone, Debug, Default)]
pub(super) struct Lending {
    pub(super) free: FreeList,
    pub(super) onlookers: Onlookers,
}

impl Lending {
    pub(super) fn provider(&self) -> Software {
        Software::new(self.onlookers.clone())
    }

    pub(super) fn lend<H: Default>(&self) -> Lent<H, RecordBuffer> {
        Lent {
            space: H::default(),
            incoming: self.free.buffer(Side::Incoming),
            outgoing: self.free.buffer(Side::Outgoing),
        }
    }
}
