//! The interrupts: a byte has come, a beat has passed.

use cortex_m_rt::exception;

use super::{time, uart, watchdog};

/// An entry of the table.
#[derive(Clone, Copy)]
union Vector {
    handler: unsafe extern "C" fn(),
    reserved: usize,
}

unsafe extern "C" {
    fn DefaultHandler();
}

const UNUSED: Vector = Vector { handler: DefaultHandler };

/// The interrupts of the board up to the last that is used (Arm DAI 0386, section 3.4): UART0 receives, UART0 transmits.
#[unsafe(link_section = ".vector_table.interrupts")]
#[unsafe(no_mangle)]
static __INTERRUPTS: [Vector; 3] = [Vector { handler: on_received }, UNUSED, Vector { reserved: 0 }];

unsafe extern "C" fn on_received() {
    uart::on_received();
}

#[exception]
fn SysTick() {
    time::beat();
    watchdog::on_beat();
    uart::on_beat();
}
