//! Randomness that tests know beforehand.

use core::convert::Infallible;

use rand_core::{TryCryptoRng, TryRng};

/// Bytes that count up.
pub(crate) struct Counting(pub(crate) u8);

impl TryRng for Counting {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        panic!("only bytes are asked for")
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        panic!("only bytes are asked for")
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        for byte in out {
            self.0 = self.0.wrapping_add(1);
            *byte = self.0;
        }
        Ok(())
    }
}

impl TryCryptoRng for Counting {}

/// None, where all is computed.
pub(crate) struct NoRandomness;

impl TryRng for NoRandomness {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        panic!("nothing here is random")
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        panic!("nothing here is random")
    }

    fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), Infallible> {
        panic!("nothing here is random")
    }
}

impl TryCryptoRng for NoRandomness {}
