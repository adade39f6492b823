//! What streams ask of the allocator and of the system: nothing of the one for a record, little of the other, and how many
//! bytes an idle connection is.
#![allow(missing_docs, reason = "tests")]

mod calls;
mod ends;
mod idle;
mod providers;
mod records;

use allocation_counter::measure;

/// How often this thread allocates meanwhile; what the test's own threads do is not counted.
fn allocations(work: impl FnOnce()) -> u64 {
    measure(work).count_total
}
