//! Randomness that tests know beforehand, or that is not there.

use core::convert::Infallible;
use std::vec::Vec;

use rand_core::{TryCryptoRng, TryRng};

/// Gives bytes, and nothing else.
macro_rules! gives_bytes {
    ($name:ident, |$source:ident, $out:ident| $fill:expr) => {
        impl TryRng for $name {
            type Error = Infallible;

            fn try_next_u32(&mut self) -> Result<u32, Infallible> {
                panic!("only bytes are asked for")
            }

            fn try_next_u64(&mut self) -> Result<u64, Infallible> {
                panic!("only bytes are asked for")
            }

            fn try_fill_bytes(&mut self, $out: &mut [u8]) -> Result<(), Infallible> {
                let $source = self;
                $fill
            }
        }

        impl TryCryptoRng for $name {}
    };
}

/// Bytes that count up.
#[cfg(any(feature = "cookies", feature = "psk", feature = "tls12"))]
pub(crate) struct Counting(pub(crate) u8);

#[cfg(any(feature = "cookies", feature = "psk", feature = "tls12"))]
gives_bytes!(Counting, |source, out| {
    for byte in out {
        source.0 = source.0.wrapping_add(1);
        *byte = source.0;
    }
    Ok(())
});

/// These bytes once, in the order in which they are asked for.
#[cfg(all(feature = "early-data", feature = "client-auth", feature = "cookies"))]
pub(crate) struct Script(pub(crate) Vec<u8>);

#[cfg(all(feature = "early-data", feature = "client-auth", feature = "cookies"))]
gives_bytes!(Script, |source, out| {
    let bytes = source.0.drain(..out.len());
    out.iter_mut().zip(bytes).for_each(|(to, byte)| *to = byte);
    Ok(())
});

/// These bytes, over and over.
pub(crate) struct Over(pub(crate) Vec<u8>);

gives_bytes!(Over, |source, out| {
    assert!(out.len() <= 64, "more than any scalar needs");
    for byte in out {
        *byte = source.0[0];
        source.0.rotate_left(1);
    }
    Ok(())
});

/// None, where all is computed.
pub(crate) struct NoRandomness;

gives_bytes!(NoRandomness, |_source, _out| panic!("nothing here is random"));

/// A source that fails.
#[derive(Debug)]
pub(crate) struct Broken;

impl core::fmt::Display for Broken {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("broken")
    }
}

impl core::error::Error for Broken {}

impl TryRng for Broken {
    type Error = Broken;

    fn try_next_u32(&mut self) -> Result<u32, Broken> {
        Err(Self)
    }

    fn try_next_u64(&mut self) -> Result<u64, Broken> {
        Err(Self)
    }

    fn try_fill_bytes(&mut self, _out: &mut [u8]) -> Result<(), Broken> {
        Err(Self)
    }
}

impl TryCryptoRng for Broken {}
