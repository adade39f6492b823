//! An Arm MPS2 with the AN386 image: a Cortex-M4F. Console and exit go through semihosting.

use core::fmt::{self, Write};

pub(crate) use cortex_m_rt::entry;
use cortex_m_semihosting::{debug, nr};

use super::Exit;

/// The console of the machine that runs the emulator or holds the debug probe.
///
/// Bytes go there one by one, by `SYS_WRITEC`: slow, and without a file handle that could fail to open.
pub(crate) struct Console;

impl Write for Console {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            // SAFETY: SYS_WRITEC (Arm semihosting, section 7.11) reads one byte at the address and keeps nothing.
            unsafe { cortex_m_semihosting::syscall1(nr::WRITEC, &raw const byte as usize) };
        }
        Ok(())
    }
}

/// Ends the program, and the emulator with it.
pub(crate) fn exit(how: Exit) -> ! {
    debug::exit(match how {
        Exit::Success => debug::EXIT_SUCCESS,
        Exit::Failure => debug::EXIT_FAILURE,
    });
    // A debug probe may let the program go on.
    loop {
        core::hint::spin_loop();
    }
}
