//! What a panic calls.
#![allow(unsafe_code, reason = "a function that is declared and nowhere defined")]

use core::panic::PanicInfo;

unsafe extern "C" {
    /// Is nowhere: the linker says so by its name if anything needs it.
    safe fn tidegate_could_panic() -> !;
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    tidegate_could_panic()
}

/// Where the linker begins.
#[unsafe(no_mangle)]
extern "C" fn _start() {
    super::run();
}
