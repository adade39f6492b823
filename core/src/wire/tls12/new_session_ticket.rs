//! NewSessionTicket (RFC 5077, section 3.3).

use crate::wire::enums::HandshakeType;
use crate::wire::reader::{DecodeError, Reader};
use crate::wire::{Writer, encode_handshake};

/// A ticket as it was received, or as it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewSessionTicket<'a> {
    /// Seconds that it is good for, as the server guesses; 0 where it does not say.
    pub lifetime_hint: u32,
    /// The ticket itself; empty where the server changed its mind and gives none.
    pub ticket: &'a [u8],
}

impl<'a> NewSessionTicket<'a> {
    /// Parses the body.
    ///
    /// # Errors
    /// [`DecodeError::Malformed`] for contradicting lengths.
    pub fn parse(body: &'a [u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(body);
        let lifetime_hint = reader.u32()?;
        let ticket = reader.vec_u16()?;
        reader.finish()?;
        Ok(Self { lifetime_hint, ticket })
    }

    /// Encodes the whole message.
    pub fn encode(&self, writer: &mut Writer<'_>) {
        encode_handshake(writer, HandshakeType::NEW_SESSION_TICKET, &|w| {
            w.put(&self.lifetime_hint.to_be_bytes());
            w.vec_u16(&|w| w.put(self.ticket));
        });
    }
}
