//! UART0 (CMSDK APB UART, Arm DDI 0479, section 4.3): the line to the peer. Received bytes go to a ring in an interrupt, as
//! this UART has room for one; what is sent is waited for.

use core::cell::{Cell, RefCell};
use core::fmt;
#[cfg(feature = "embassy")]
use core::task::Waker;

use critical_section::{CriticalSection, Mutex};
use embedded_io::{ErrorKind, ErrorType, Read, Write};
use heapless::Deque;

use super::{time, watchdog};

#[cfg(feature = "embassy")]
mod tasks;

/// Received bytes that the program may be late for.
const ROOM: usize = 2048;
/// Bytes that are taken from it at once.
const AT_ONCE: usize = 16;
/// Beats without a byte after which the line counts as dead: five seconds.
pub(super) const SILENCE: u32 = 5 * time::BEATS_PER_SECOND;
/// As many as never pass.
pub(super) const PATIENT: u32 = u32::MAX;

const BASE: usize = 0x4000_4000;
const DATA: *mut u32 = BASE as *mut u32;
const STATE: *mut u32 = (BASE + 0x04) as *mut u32;
const CTRL: *mut u32 = (BASE + 0x08) as *mut u32;
const INTCLEAR: *mut u32 = (BASE + 0x0c) as *mut u32;
const BAUDDIV: *mut u32 = (BASE + 0x10) as *mut u32;

const TX_FULL: u32 = 1 << 0;
const RX_FULL: u32 = 1 << 1;
const RX_OVERRUN: u32 = 1 << 3;
const TX_ENABLE: u32 = 1 << 0;
const RX_ENABLE: u32 = 1 << 1;
const RX_INTERRUPT_ENABLE: u32 = 1 << 3;
const RX_INTERRUPT: u32 = 1 << 1;

/// NVIC_ISER0 and NVIC_ICER0 (Armv7-M, section B3.4.4); writing this bit turns the interrupt on, or off.
const NVIC_ISER: *mut u32 = 0xe000_e100 as *mut u32;
const NVIC_ICER: *mut u32 = 0xe000_e180 as *mut u32;
const INTERRUPT: u32 = 1 << 0;

/// What the interrupt and the program share.
struct Received {
    ring: RefCell<Deque<u8, ROOM>>,
    has_lost: Cell<bool>,
    #[cfg(feature = "embassy")]
    waker: Cell<Option<Waker>>,
}

static RECEIVED: Mutex<Received> = Mutex::new(Received {
    ring: RefCell::new(Deque::new()),
    has_lost: Cell::new(false),
    #[cfg(feature = "embassy")]
    waker: Cell::new(None),
});

/// What is wrong with the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineError {
    /// Bytes came faster than they were fetched, and some are lost.
    Overrun,
    /// Nothing came, or nothing could be sent, for a long time.
    Silent,
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Overrun => "bytes were lost",
            Self::Silent => "the line is silent",
        })
    }
}

impl core::error::Error for LineError {}

impl embedded_io::Error for LineError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Overrun => ErrorKind::Other,
            Self::Silent => ErrorKind::TimedOut,
        }
    }
}

/// The line, both ways.
#[derive(Debug)]
pub struct Uart {
    /// What comes from the peer.
    pub rx: UartRx,
    /// What goes to the peer.
    pub tx: UartTx,
}

/// The receiving half.
#[derive(Debug)]
pub struct UartRx {
    silence: u32,
}

/// The sending half.
#[derive(Debug)]
pub struct UartTx {
    silence: u32,
}

impl Uart {
    /// With so many beats without a byte after which the line counts as dead.
    pub(super) fn start(silence: u32) -> Self {
        // SAFETY: the registers are mapped at these addresses on this board, and nobody else uses them. The divider has no
        // meaning in the emulator, but must be 16 or more.
        unsafe {
            BAUDDIV.write_volatile(16);
            CTRL.write_volatile(TX_ENABLE | RX_ENABLE | RX_INTERRUPT_ENABLE);
            NVIC_ISER.write_volatile(INTERRUPT);
        }
        Self { rx: UartRx { silence }, tx: UartTx { silence } }
    }
}

/// Fetches what has come. In the interrupt.
///
/// Where the ring is full the byte stays where it is, until the program has taken some: with flow control the peer waits, as
/// the emulator does; without, the UART says that it has lost bytes.
pub(super) fn on_received() {
    critical_section::with(|section| {
        let received = RECEIVED.borrow(section);
        if received.ring.borrow().is_full() {
            // SAFETY: the register is the processor's own; clearing the enable of this interrupt touches no other.
            unsafe { NVIC_ICER.write_volatile(INTERRUPT) };
            return;
        }
        // SAFETY: the registers are mapped at these addresses on this board; the sending half uses others, or reads.
        unsafe {
            INTCLEAR.write_volatile(RX_INTERRUPT);
            let state = STATE.read_volatile();
            if state & RX_OVERRUN != 0 {
                STATE.write_volatile(RX_OVERRUN); // writing clears it
                received.has_lost.set(true);
            }
            if state & RX_FULL != 0
                && received.ring.borrow_mut().push_back(DATA.read_volatile() as u8).is_err()
            {
                received.has_lost.set(true);
            }
        }
        wake(section);
    });
}

/// A beat has passed: who waits looks at the time.
pub(super) fn on_beat() {
    critical_section::with(wake);
}

#[cfg_attr(not(feature = "embassy"), expect(unused_variables, reason = "only tasks are woken"))]
fn wake(section: CriticalSection<'_>) {
    #[cfg(feature = "embassy")]
    if let Some(waker) = RECEIVED.borrow(section).waker.take() {
        waker.wake();
    }
}

/// Takes what has come, a few bytes at most; how many. Interrupts are off meanwhile, no longer than the next byte takes to
/// come.
fn take(out: &mut [u8]) -> Result<usize, LineError> {
    let length = out.len().min(AT_ONCE);
    let out = out.get_mut(..length).unwrap_or_default();
    critical_section::with(|section| {
        let received = RECEIVED.borrow(section);
        if received.has_lost.take() {
            return Err(LineError::Overrun);
        }
        let mut ring = received.ring.borrow_mut();
        let count = out.iter_mut().map_while(|to| ring.pop_front().map(|byte| *to = byte)).count();
        // SAFETY: the register is the processor's own; setting the enable of this interrupt touches no other. It is
        // pending where a byte waits.
        unsafe { NVIC_ISER.write_volatile(INTERRUPT) };
        if count > 0 {
            watchdog::feed();
        }
        Ok(count)
    })
}

/// Sleeps until an interrupt, unless something has come already: between looking and sleeping none is lost, since one that is
/// pending wakes the processor while it is masked, too.
fn sleep() {
    critical_section::with(|section| {
        if RECEIVED.borrow(section).ring.borrow().is_empty() {
            cortex_m::asm::wfi();
        }
    });
}

/// Waits until this returns something, no longer than the line may be silent.
fn wait<T>(silence: u32, mut look: impl FnMut() -> Result<Option<T>, LineError>) -> Result<T, LineError> {
    let begun = time::beats();
    loop {
        if let Some(found) = look()? {
            return Ok(found);
        }
        if time::beats().wrapping_sub(begun) > silence {
            return Err(LineError::Silent);
        }
        time::waiting(sleep);
    }
}

impl ErrorType for UartRx {
    type Error = LineError;
}

impl ErrorType for UartTx {
    type Error = LineError;
}

impl ErrorType for Uart {
    type Error = LineError;
}

impl Read for UartRx {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, LineError> {
        if out.is_empty() {
            return Ok(0);
        }
        wait(self.silence, || take(out).map(|count| (count > 0).then_some(count)))
    }
}

impl UartTx {
    /// Sends a byte if there is room.
    fn send(byte: u8) -> Option<()> {
        // SAFETY: the registers are mapped at these addresses on this board; reading the state changes nothing, and the
        // interrupt writes to neither.
        unsafe {
            if STATE.read_volatile() & TX_FULL != 0 {
                return None;
            }
            DATA.write_volatile(u32::from(byte));
        }
        Some(())
    }
}

impl UartTx {
    /// Sends a byte as soon as there is room, unless there is none for a long time.
    fn send_in_time(&self, byte: u8) -> Result<(), LineError> {
        let begun = time::beats();
        while Self::send(byte).is_none() {
            if time::beats().wrapping_sub(begun) > self.silence {
                return Err(LineError::Silent);
            }
            time::waiting(core::hint::spin_loop);
        }
        Ok(())
    }
}

impl Write for UartTx {
    /// What was sent is said before what is wrong.
    fn write(&mut self, data: &[u8]) -> Result<usize, LineError> {
        let mut sent = 0;
        for byte in data {
            match self.send_in_time(*byte) {
                Ok(()) => sent += 1,
                Err(error) if sent == 0 => return Err(error),
                Err(_) => break,
            }
        }
        Ok(sent)
    }

    fn flush(&mut self) -> Result<(), LineError> {
        Ok(())
    }
}

impl Read for Uart {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, LineError> {
        self.rx.read(out)
    }
}

impl Write for Uart {
    fn write(&mut self, data: &[u8]) -> Result<usize, LineError> {
        self.tx.write(data)
    }

    fn flush(&mut self) -> Result<(), LineError> {
        self.tx.flush()
    }
}
