//! Embassy's executor, with another way to sleep. `embassy_executor::Executor` sleeps in WFE, which the emulator passes over:
//! waiting, its clock then counts instructions and falls far behind. On real hardware take that one.

use core::cell::Cell;
use core::ptr;

use critical_section::Mutex;
use embassy_executor::{Spawner, raw};

use super::time;

/// A task was woken since it was looked for one.
static IS_PENDING: Mutex<Cell<bool>> = Mutex::new(Cell::new(false));

/// What runs the tasks.
pub struct Executor(raw::Executor);

impl Executor {
    /// One without tasks.
    #[must_use]
    pub fn new() -> Self {
        Self(raw::Executor::new(ptr::null_mut()))
    }

    /// Runs tasks for ever, first those that this spawns.
    pub fn run(&'static mut self, spawn: impl FnOnce(Spawner)) -> ! {
        let executor = &self.0;
        spawn(executor.spawner());
        loop {
            // SAFETY: it was made with a context that our `__pender` takes, and is polled here only, which no task reaches.
            unsafe { executor.poll() };
            sleep();
        }
    }
}

impl Default for Executor {
    fn default() -> Self {
        Self::new()
    }
}

/// Sleeps until an interrupt, unless a task was woken: one that comes between looking and sleeping wakes the processor, too.
fn sleep() {
    critical_section::with(|section| {
        if !IS_PENDING.borrow(section).take() {
            time::waiting(cortex_m::asm::wfi);
        }
    });
}

/// What embassy calls when a task is woken.
#[unsafe(export_name = "__pender")]
fn pender(_context: *mut ()) {
    critical_section::with(|section| IS_PENDING.borrow(section).set(true));
}
