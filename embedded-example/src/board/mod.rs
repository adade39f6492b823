//! The boards: an Arm MPS2 with the AN386 image (`-M mps2-an386`) and a 32-bit RISC-V (`-M virt`), as QEMU emulates
//! them.
//!
//! Everything that knows the hardware, or the debugger that stands in for it, is here.
#![allow(unsafe_code, reason = "the one module that may touch hardware")]

#[cfg(target_arch = "arm")]
mod mps2_an386;
#[cfg(target_arch = "riscv32")]
mod virt;

use core::fmt::Write;
use core::panic::PanicInfo;
use core::time::Duration;

use rand_core::{TryCryptoRng, TryRng};
use tidegate::UnixTime;

#[cfg(all(target_arch = "arm", feature = "embassy"))]
pub use mps2_an386::Executor;
#[cfg(target_arch = "arm")]
pub use mps2_an386::{
    Arguments, Console, LineError, Uart, UartRx, UartTx, entry, exit, memory, stack, start, time, watchdog,
};
#[cfg(target_arch = "riscv32")]
pub use virt::{Console, entry, exit};

/// How the program ended, as the emulator's exit status tells it.
#[derive(Clone, Copy, Debug)]
pub enum Exit {
    /// Status 0.
    Success,
    /// Status 1.
    Failure,
}

/// What the program is to do without, to see what it says then.
#[cfg(target_arch = "arm")]
#[derive(Clone, Copy, Debug)]
pub struct Defects {
    /// There is no time of day.
    pub has_no_clock: bool,
    /// What the source of randomness does.
    pub randomness: Randomness,
}

#[cfg(target_arch = "arm")]
impl Defects {
    /// As the program's arguments `no-clock`, `no-randomness` and `stuck-randomness` say.
    #[must_use]
    pub fn from_arguments() -> Self {
        let arguments = Arguments::read();
        let randomness = match (arguments.has("no-randomness"), arguments.has("stuck-randomness")) {
            (true, _) => Randomness::Fails,
            (false, true) => Randomness::Hangs,
            (false, false) => Randomness::Works,
        };
        Self { has_no_clock: arguments.has("no-clock"), randomness }
    }

    /// The clock for the verifier.
    #[must_use]
    pub fn clock(self) -> fn() -> Option<UnixTime> {
        if self.has_no_clock { || None } else { clock }
    }

    /// The generator for the provider.
    #[must_use]
    pub const fn generator(self) -> InsecureEmulatorRng {
        InsecureEmulatorRng { randomness: self.randomness, ..InsecureEmulatorRng::new() }
    }
}

/// What a source of randomness does when it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Randomness {
    /// It answers.
    Works,
    /// It says that it can't.
    Fails,
    /// It never answers, and is waited for with interrupts off.
    Hangs,
}

/// The source of randomness has failed.
#[derive(Clone, Copy, Debug)]
pub struct NoRandomness;

impl core::fmt::Display for NoRandomness {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("the source of randomness has failed")
    }
}

impl core::error::Error for NoRandomness {}

/// The time of day, which the emulated board does not have: a day in January 2027. On real hardware, ask its clock, and say
/// `None` while that is not set: no certificate is accepted without a time.
#[must_use]
pub fn clock() -> Option<UnixTime> {
    Some(UnixTime::since_unix_epoch(Duration::from_secs(1_798_761_600)))
}

/// **NOT SECURE: the same bytes in every run.** The emulated board has no source of randomness.
///
/// It makes runs reproducible, and every key that is made from it public. On real hardware, put the chip's random
/// number generator here, and nothing that is seeded with a constant, a clock or a serial number.
#[derive(Debug)]
pub struct InsecureEmulatorRng {
    state: u64,
    randomness: Randomness,
}

impl InsecureEmulatorRng {
    /// Begins the sequence, the same each time.
    #[must_use]
    pub const fn new() -> Self {
        Self { state: 0x7464_6761_7465_0001, randomness: Randomness::Works }
    }
}

impl Default for InsecureEmulatorRng {
    fn default() -> Self {
        Self::new()
    }
}

impl TryRng for InsecureEmulatorRng {
    type Error = NoRandomness;

    fn try_next_u32(&mut self) -> Result<u32, NoRandomness> {
        self.try_next_u64().map(|word| (word >> 32) as u32)
    }

    /// SplitMix64: equidistributed, and nothing more.
    fn try_next_u64(&mut self) -> Result<u64, NoRandomness> {
        match self.randomness {
            Randomness::Works => {}
            Randomness::Fails => return Err(NoRandomness),
            Randomness::Hangs => critical_section::with(|_| {
                // Without a hint to the processor: the emulator is a hundred times slower with one.
                loop {
                    core::hint::black_box(());
                }
            }),
        }
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Ok(mixed ^ (mixed >> 31))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), NoRandomness> {
        for chunk in out.chunks_mut(8) {
            let word = self.try_next_u64()?.to_le_bytes();
            chunk.iter_mut().zip(word).for_each(|(to, byte)| *to = byte);
        }
        Ok(())
    }
}

/// The engine asks for a generator that calls itself cryptographic. This one only does so for the emulator's sake.
impl TryCryptoRng for InsecureEmulatorRng {}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    // Nothing is left to be done if that fails too.
    let _ = writeln!(Console, "{info}");
    exit(Exit::Failure)
}
