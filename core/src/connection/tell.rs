//! Tells with a payload: data and tickets.

#[cfg(feature = "psk")]
pub use crate::engine::Ticket;
use crate::record::incoming::IncomingPositions;
#[cfg(not(feature = "psk"))]
use crate::wire::new_session_ticket::NewSessionTicket;

/// Application data, where it was decrypted. What is not consumed is offered again.
#[derive(Debug)]
pub struct AppData<'a> {
    bytes: &'a mut [u8],
    positions: &'a mut IncomingPositions,
}

impl<'a> AppData<'a> {
    pub(super) fn new(buffer: &'a mut [u8], positions: &'a mut IncomingPositions) -> Self {
        let bytes = buffer.get_mut(positions.plaintext()).unwrap_or_default();
        Self { bytes, positions }
    }

    /// The data, at most one record's.
    #[must_use]
    pub const fn bytes(&mut self) -> &mut [u8] {
        self.bytes
    }

    /// The data for as long as the event's borrow; it is offered again, since nothing of it is consumed.
    #[must_use]
    pub fn into_bytes(self) -> &'a [u8] {
        self.bytes
    }

    /// Says that `count` bytes were dealt with.
    pub fn consume(self, count: usize) {
        self.positions.take_plaintext(count);
    }
}

/// A ticket for later connections (RFC 8446, section 4.6.1). It comes once and is gone with the next call.
#[cfg(not(feature = "psk"))]
#[derive(Clone, Copy, Debug)]
pub struct Ticket<'a> {
    ticket: NewSessionTicket<'a>,
}

#[cfg(not(feature = "psk"))]
impl<'a> Ticket<'a> {
    pub(super) fn parse(body: &'a [u8]) -> Option<Self> {
        NewSessionTicket::parse(body).ok().map(|ticket| Self { ticket })
    }

    /// The message.
    #[must_use]
    pub const fn message(&self) -> NewSessionTicket<'a> {
        self.ticket
    }
}
