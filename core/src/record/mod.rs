//! The record layer (RFC 8446, section 5): from lent bytes to messages and data, and back.
//!
//! Positions live here, bytes are lent for each step: [`incoming`] joins handshake messages and opens records where
//! they lie, [`outgoing`] seals them where they will leave from, [`protection`] holds the keys of one direction.

pub(crate) mod incoming;
pub(crate) mod outgoing;
pub(crate) mod protection;
#[cfg(test)]
mod tests;
