//! The crate `graviola`: s2n-bignum's verified assembly, for processors of x86-64 and AArch64 that have what it needs.

mod aead;
mod kx;
mod processor;
mod verify;

pub use aead::AeadKey;
pub use kx::KxSecret;
#[cfg(test)]
pub(crate) use processor::denied::without_graviola;
pub(crate) use processor::fits;
pub(super) use verify::LIBRARY;
pub use verify::Verifiers;

#[cfg(test)]
mod tests;
