//! What ends a program that hangs (CMSDK APB watchdog, Arm DDI 0479, section 4.5). There are two kinds:
//!
//! - It computes and comes to no end: [`LIMIT`] instructions without a byte of the peer. Then the watchdog's counter is at
//!   zero, and its interrupt is the one that nothing masks.
//! - It sleeps, and who is woken by the tick has nothing to do: [`LONGEST_SLEEP`] beats without a byte of the peer.
//!
//! Only bytes of the peer feed it: a program that sends for ever hangs, too. One that has long work of another kind says so by
//! [`feed`]. The counter stands still while the program waits for the line.

use core::cell::Cell;
use core::fmt::{self, Write};

use cortex_m_rt::exception;
use critical_section::Mutex;

use super::semihosting::{Console, exit};
use super::{Exit, time};

/// Instructions without a byte of the peer that are a hang. The longest handshake takes 55 million.
pub const LIMIT: u32 = 500_000_000;
/// Beats without a byte of the peer that are a hang, ten seconds: each wait ends by itself after five.
pub const LONGEST_SLEEP: u32 = 10 * time::BEATS_PER_SECOND;

const BASE: usize = 0x4000_8000;
const LOAD: *mut u32 = BASE as *mut u32;
const VALUE: *const u32 = (BASE + 0x04) as *const u32;
const CONTROL: *mut u32 = (BASE + 0x08) as *mut u32;

const INTERRUPT_ENABLE: u32 = 1 << 0;
/// The board starts anew if the program has not ended when the counter is at zero once more.
const RESET_ENABLE: u32 = 1 << 1;

/// When it was fed last.
static FED: Mutex<Cell<u32>> = Mutex::new(Cell::new(0));

pub(super) fn start() {
    feed();
    // SAFETY: the register is mapped at this address on this board, and nobody else uses it.
    unsafe { CONTROL.write_volatile(INTERRUPT_ENABLE | RESET_ENABLE) };
}

/// The program has got on.
pub fn feed() {
    critical_section::with(|section| FED.borrow(section).set(time::beats()));
    load(LIMIT / time::INSTRUCTIONS_PER_TICK);
}

/// What happens in this does not count.
pub(super) fn pause<T>(wait: impl FnOnce() -> T) -> T {
    // SAFETY: as in `start`; reading changes nothing.
    let left = unsafe { VALUE.read_volatile() };
    load(LIMIT / time::INSTRUCTIONS_PER_TICK);
    let result = wait();
    load(left);
    result
}

/// The counter goes on from so many ticks.
fn load(ticks: u32) {
    // SAFETY: as in `start`.
    unsafe { LOAD.write_volatile(ticks) };
}

/// A beat has passed.
pub(super) fn on_beat() {
    let fed = critical_section::with(|section| FED.borrow(section).get());
    if time::beats().wrapping_sub(fed) > LONGEST_SLEEP {
        bite(format_args!("{} seconds", LONGEST_SLEEP / time::BEATS_PER_SECOND));
    }
}

/// The watchdog's interrupt.
#[exception]
unsafe fn NonMaskableInt() -> ! {
    bite(format_args!("{LIMIT} instructions"))
}

fn bite(silence: fmt::Arguments<'_>) -> ! {
    // A console that fails has nobody to be told.
    let _ = writeln!(
        Console,
        "failed: the watchdog: {silence} without a byte of the peer\nticks {}",
        time::ticks()
    );
    exit(Exit::Failure)
}
