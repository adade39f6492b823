//! Time since the start, and how much of it was spent waiting.
//!
//! The emulator, told to (`-icount shift=0`), executes one instruction in each nanosecond: 40 of them are one tick of the
//! board's 25 MHz counter, and a program that only computes takes the same number each time.

use core::cell::Cell;

use critical_section::Mutex;

use super::watchdog;

/// Instructions in a tick of the counter.
pub const INSTRUCTIONS_PER_TICK: u32 = 40;
/// The counter's ticks in a second.
const TICKS_PER_SECOND: u32 = 25_000_000;
/// How often the waiting are woken to look at the time, in a second.
pub const BEATS_PER_SECOND: u32 = 20;

/// The counter of the FPGA's I/O block (Arm DAI 0386, section 4.4).
const COUNTER: *const u32 = 0x4002_8018 as *const u32;
/// SysTick's registers (Armv7-M, section B3.3).
const SYST_CSR: *mut u32 = 0xe000_e010 as *mut u32;
const SYST_RVR: *mut u32 = 0xe000_e014 as *mut u32;

static BEATS: Mutex<Cell<u32>> = Mutex::new(Cell::new(0));
static WAITED: Mutex<Cell<u32>> = Mutex::new(Cell::new(0));

pub(super) fn start() {
    // SAFETY: the registers are the processor's own, and nobody else uses them. Reload, then: processor clock, interrupt, on.
    unsafe {
        SYST_RVR.write_volatile(TICKS_PER_SECOND / BEATS_PER_SECOND - 1);
        SYST_CSR.write_volatile(0b111);
    }
}

/// A beat has passed.
pub(super) fn beat() {
    critical_section::with(|section| BEATS.borrow(section).set(BEATS.borrow(section).get().wrapping_add(1)));
}

/// Beats since the start.
#[must_use]
pub fn beats() -> u32 {
    critical_section::with(|section| BEATS.borrow(section).get())
}

/// Ticks since the start; it wraps after 171 seconds.
#[must_use]
pub fn ticks() -> u32 {
    // SAFETY: the register is mapped at this address on this board; reading it changes nothing.
    unsafe { COUNTER.read_volatile() }
}

/// Waits in this work do not count as work.
pub fn waiting<T>(wait: impl FnOnce() -> T) -> T {
    let before = ticks();
    let result = watchdog::pause(wait);
    let waited = ticks().wrapping_sub(before);
    critical_section::with(|section| {
        WAITED.borrow(section).set(WAITED.borrow(section).get().wrapping_add(waited));
    });
    result
}

/// A stretch of work.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch {
    ticks: u32,
    waited: u32,
}

impl Stopwatch {
    /// Begins now.
    #[must_use]
    pub fn start() -> Self {
        Self { ticks: ticks(), waited: critical_section::with(|section| WAITED.borrow(section).get()) }
    }

    /// Instructions since it began, without those spent waiting.
    #[must_use]
    pub fn instructions(&self) -> u64 {
        let now = Self::start();
        let waited = now.waited.wrapping_sub(self.waited);
        let worked = now.ticks.wrapping_sub(self.ticks).wrapping_sub(waited);
        u64::from(worked) * u64::from(INSTRUCTIONS_PER_TICK)
    }
}
