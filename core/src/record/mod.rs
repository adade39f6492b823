//! The record layer (RFC 8446, section 5): from lent bytes to messages and data, and back.
//!
//! Positions live here, bytes are lent for each step: [`incoming`] joins handshake messages and opens records where
//! they lie, [`outgoing`] seals them where they will leave from, [`protection`] holds the keys of one direction.

mod greeting;
pub(crate) mod incoming;
pub(crate) mod outgoing;
pub(crate) mod place;
pub(crate) mod protection;
mod shift;
/// Bytes of the nonce that a protected record of TLS 1.2 may carry before its content (RFC 5288, section 3).
pub(crate) const EXPLICIT_NONCE: usize = if cfg!(feature = "tls12") { 8 } else { 0 };

#[cfg(test)]
mod tests;
