//! A TLS 1.3 engine without I/O.
#![no_std]
#![deny(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unreachable,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    clippy::std_instead_of_core,
    clippy::alloc_instead_of_core
)]
#![cfg_attr(
    test,
    allow(
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::as_conversions,
        clippy::arithmetic_side_effects,
        clippy::std_instead_of_core,
        clippy::alloc_instead_of_core,
        reason = "tests may panic, and have an allocator"
    )
)]

#[cfg(test)]
extern crate std;

pub mod crypto;
pub mod error;
pub mod secret;
#[cfg(any(feature = "ecdsa-p256", feature = "ecdsa-p384", feature = "ed25519"))]
pub mod sign;
pub mod wire;
#[cfg(feature = "webpki")]
pub mod x509;
