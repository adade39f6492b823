//! An Arm MPS2 with the AN386 image: a Cortex-M4F at 25 MHz.

#[cfg(feature = "embassy")]
mod executor;
#[cfg(feature = "defmt")]
mod log;
pub mod memory;
mod semihosting;
pub mod stack;
pub mod time;
mod uart;
mod vectors;
pub mod watchdog;

pub use cortex_m_rt::entry;
#[cfg(feature = "embassy")]
pub use executor::Executor;
pub use semihosting::{Arguments, Console, exit};
pub use uart::{LineError, Uart, UartRx, UartTx};

use super::Exit;

/// Starts what runs by itself, the tick, the watchdog and the UART; to be called once, first.
#[must_use]
pub fn start() -> Uart {
    time::start();
    watchdog::start();
    #[cfg(feature = "defmt")]
    log::start();
    Uart::start(if Arguments::read().has("no-timeouts") { uart::PATIENT } else { uart::SILENCE })
}
