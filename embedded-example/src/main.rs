//! Tidegate in firmware: a Cortex-M4 without a heap.
#![no_std]
#![no_main]

mod board;

use core::fmt::{self, Write};

use board::{Console, Exit, InsecureEmulatorRng};
use rand_core::TryRng;
use tidegate::crypto::{CryptoError, HashAlgorithm};
use tidegate::error::Error;
use tidegate::wire::enums::CipherSuite;

#[cortex_m_rt::entry]
fn main() -> ! {
    board::exit(match report(&mut Console) {
        Ok(()) => Exit::Success,
        Err(fmt::Error) => Exit::Failure,
    })
}

/// Shows that the engine's types are here and that the board can print and has its generator.
fn report(out: &mut Console) -> fmt::Result {
    let suite = CipherSuite::TLS_AES_128_GCM_SHA256;
    writeln!(out, "tidegate firmware: {suite}, digests of {} bytes", HashAlgorithm::of(suite).len())?;

    let mut random = [0; 8];
    let Ok(()) = InsecureEmulatorRng::new().try_fill_bytes(&mut random);
    writeln!(out, "random bytes, the same in every run: {random:02x?}")?;

    let error = Error::from(CryptoError::Randomness);
    writeln!(
        out,
        "what a board without them says: {error}, alert {}",
        error.alert().map_or(0, |alert| alert.0)
    )
}
