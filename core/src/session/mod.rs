//! What both ends keep of a connection to go on with its session in another one.

#[cfg(feature = "tls12")]
mod tls12;
#[cfg(feature = "psk")]
mod tls13;

#[cfg(feature = "tls12")]
pub(crate) use tls12::{KeptSession, life, lifetime};
#[cfg(feature = "psk")]
pub(crate) use tls13::{BINDING, KeptPsk, Proof, lifetime as psk_lifetime};

use crate::limits;

/// The form of the bytes; another one is not read.
const FORMAT: u8 = 3;

#[cfg(not(feature = "psk"))]
const MAX: usize = tls12::MAX;
#[cfg(not(feature = "tls12"))]
const MAX: usize = tls13::MAX;
#[cfg(all(feature = "tls12", feature = "psk"))]
const MAX: usize = if tls12::MAX > tls13::MAX { tls12::MAX } else { tls13::MAX };

/// Bytes of the longest session that a client keeps, its ticket included.
pub const MAX_CLIENT_SESSION: usize = MAX_SERVER_SESSION + limits::TICKET;
/// Bytes of the longest session that a server keeps, or seals into a ticket.
pub const MAX_SERVER_SESSION: usize = MAX;
