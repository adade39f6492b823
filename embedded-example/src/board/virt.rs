//! QEMU's 32-bit RISC-V machine `virt`. Console and exit are its UART and its test device.

use core::fmt::{self, Write};

pub use riscv_rt::entry;

use super::Exit;

/// The transmit register of the 16550 UART.
const UART: *mut u8 = 0x1000_0000 as *mut u8;
/// The SiFive test device: a word written there ends the emulator.
const TEST: *mut u32 = 0x0010_0000 as *mut u32;

/// The emulator's serial line.
#[derive(Clone, Copy, Debug)]
pub struct Console;

impl Write for Console {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            // SAFETY: the register is mapped at this address on this machine; a write sends the byte.
            unsafe { UART.write_volatile(byte) };
        }
        Ok(())
    }
}

/// Ends the program, and the emulator with it.
pub fn exit(how: Exit) -> ! {
    let word = match how {
        Exit::Success => 0x5555,
        // Status 1 in the upper half.
        Exit::Failure => 0x1_3333,
    };
    // SAFETY: the device is mapped at this address on this machine.
    unsafe { TEST.write_volatile(word) };
    loop {
        core::hint::spin_loop();
    }
}
