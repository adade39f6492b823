//! AWS-LC (the crate `aws-lc-rs`): AEADs, key exchange and signatures in assembly.

mod aead;
mod kx;
mod verify;

pub use aead::AeadKey;
pub use kx::KxSecret;
pub(super) use verify::LIBRARY;
pub use verify::Verifiers;
