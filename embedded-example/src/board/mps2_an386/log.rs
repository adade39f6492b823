//! defmt's frames, on UART1. They are waited for, with interrupts off: the emulated UART takes bytes at once. On a slow line,
//! put them in a ring first, or use a debug probe's channel.

use core::cell::UnsafeCell;

use critical_section::RestoreState;
use defmt::{Encoder, Logger, global_logger};

const BASE: usize = 0x4000_5000;
const DATA: *mut u32 = BASE as *mut u32;
const STATE: *mut u32 = (BASE + 0x04) as *mut u32;
const CTRL: *mut u32 = (BASE + 0x08) as *mut u32;
const BAUDDIV: *mut u32 = (BASE + 0x10) as *mut u32;

const TX_FULL: u32 = 1 << 0;
const TX_ENABLE: u32 = 1 << 0;

/// The frame that is being made. Only who has the critical section touches it.
struct Frame(UnsafeCell<Option<(Encoder, RestoreState)>>);

// SAFETY: between `acquire` and `release` interrupts are off, and there is one core.
unsafe impl Sync for Frame {}

static FRAME: Frame = Frame(UnsafeCell::new(None));

pub(super) fn start() {
    // SAFETY: the registers are mapped at these addresses on this board, and nobody else uses them.
    unsafe {
        BAUDDIV.write_volatile(16);
        CTRL.write_volatile(TX_ENABLE);
    }
}

fn send(bytes: &[u8]) {
    for byte in bytes {
        // SAFETY: as in `start`.
        unsafe {
            while STATE.read_volatile() & TX_FULL != 0 {}
            DATA.write_volatile(u32::from(*byte));
        }
    }
}

#[global_logger]
struct Uart1;

// SAFETY: `acquire` takes the critical section and `release` gives it back, so that frames do not mix.
unsafe impl Logger for Uart1 {
    fn acquire() {
        // SAFETY: given back in `release`, which defmt calls once for each `acquire`.
        let section = unsafe { critical_section::acquire() };
        // SAFETY: within the critical section.
        let frame = unsafe { &mut *FRAME.0.get() };
        if frame.is_some() {
            panic!("a log line within a log line");
        }
        let mut encoder = Encoder::new();
        encoder.start_frame(send);
        *frame = Some((encoder, section));
    }

    unsafe fn flush() {}

    unsafe fn release() {
        // SAFETY: within the critical section, which ends here.
        if let Some((mut encoder, section)) = unsafe { (*FRAME.0.get()).take() } {
            encoder.end_frame(send);
            // SAFETY: taken in `acquire`.
            unsafe { critical_section::release(section) };
        }
    }

    unsafe fn write(bytes: &[u8]) {
        // SAFETY: within the critical section.
        if let Some((encoder, _)) = unsafe { &mut *FRAME.0.get() } {
            encoder.write(bytes, send);
        }
    }
}
