//! What streams are lent.

use tidegate::{Lent, Side};

use crate::buffer::{FreeList, RecordBuffer};
use crate::provider::{Onlookers, Software};

/// The provider of a stream that these look on at.
pub(super) fn provider(onlookers: &Onlookers) -> Software {
    Software::new(onlookers.clone())
}

/// What a stream begins with.
pub(super) fn lend<H: Default>(free: &FreeList) -> Lent<H, RecordBuffer> {
    Lent { space: H::default(), incoming: free.buffer(Side::Incoming), outgoing: free.buffer(Side::Outgoing) }
}
