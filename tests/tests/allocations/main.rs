//! What streams ask of the allocator and of the system: nothing of the one for a record, little of the other, and how many
//! bytes an idle connection is.
#![allow(missing_docs, reason = "tests")]

mod calls;
mod ends;
mod idle;
mod providers;
mod records;

use std::alloc::System;
use std::sync::{Mutex, MutexGuard, PoisonError};

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// One at a time: the allocator counts for the whole process.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}
