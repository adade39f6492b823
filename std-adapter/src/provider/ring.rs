//! The crate `ring`: BoringSSL's assembly. It wipes neither keys nor secrets.

mod aead;
mod kx;
mod verify;

pub use aead::AeadKey;
pub use kx::KxSecret;
pub(super) use verify::LIBRARY;
pub use verify::Verifiers;
