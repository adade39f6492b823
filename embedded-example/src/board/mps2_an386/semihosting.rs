//! Console, arguments and exit, by way of the machine that runs the emulator or holds the debug probe. **Without either, a call
//! stops the processor**: a device on its own needs others in place of these.

use core::fmt::{self, Write};
use core::str;

use cortex_m_semihosting::{debug, nr};

use super::Exit;

/// The console.
///
/// Bytes go there one by one, by `SYS_WRITEC`: slow, and without a file handle that could fail to open.
#[derive(Clone, Copy, Debug)]
pub struct Console;

impl Write for Console {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            // SAFETY: SYS_WRITEC (Arm semihosting, section 7.11) reads one byte at the address and keeps nothing.
            unsafe { cortex_m_semihosting::syscall1(nr::WRITEC, &raw const byte as usize) };
        }
        Ok(())
    }
}

/// What the program was started with, words that the emulator joined with spaces.
#[derive(Debug)]
pub struct Arguments {
    bytes: [u8; 128],
    length: usize,
}

impl Arguments {
    /// Asks the emulator or the debug probe for them.
    #[must_use]
    pub fn read() -> Self {
        let mut bytes = [0; 128];
        let mut block = [bytes.as_mut_ptr() as usize, bytes.len()];
        // SAFETY: SYS_GET_CMDLINE (Arm semihosting, section 7.6) writes at most the given number of bytes to the buffer,
        // and the length to the second word.
        let result = unsafe { cortex_m_semihosting::syscall1(nr::GET_CMDLINE, block.as_mut_ptr() as usize) };
        let length = if result == 0 { block[1].min(bytes.len()) } else { 0 };
        Self { bytes, length }
    }

    /// Whether this word is among them.
    #[must_use]
    pub fn has(&self, word: &str) -> bool {
        let text = self.bytes.get(..self.length).and_then(|bytes| str::from_utf8(bytes).ok());
        text.unwrap_or_default().split_whitespace().any(|argument| argument == word)
    }
}

/// Ends the program, and the emulator with it.
pub fn exit(how: Exit) -> ! {
    debug::exit(match how {
        Exit::Success => debug::EXIT_SUCCESS,
        Exit::Failure => debug::EXIT_FAILURE,
    });
    // A debug probe may let the program go on.
    loop {
        core::hint::spin_loop();
    }
}
