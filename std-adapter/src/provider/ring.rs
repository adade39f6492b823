//! The crate `ring`: BoringSSL's assembly. It does not wipe the secrets of key exchanges.

mod aead;
mod kx;
mod verify;

pub use aead::AeadKey;
pub use kx::KxSecret;
pub(super) use verify::LIBRARY;
pub use verify::Verifiers;
