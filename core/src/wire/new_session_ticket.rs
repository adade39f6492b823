//! NewSessionTicket (RFC 8446, section 4.6.1).

use super::enums::ExtensionType;
#[cfg(feature = "psk")]
use super::enums::HandshakeType;
use super::extension::{Carrier, Extensions};
use super::reader::{DecodeError, Reader, non_empty};
#[cfg(feature = "psk")]
use super::{Writer, encode_handshake};

/// A ticket as it was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewSessionTicket<'a> {
    /// Seconds that it is good for, as the server says; whoever keeps it must not keep it for more than seven days.
    pub lifetime: u32,
    /// Added to the age that a client reports.
    pub age_add: u32,
    /// Tells the tickets of one connection apart.
    pub nonce: &'a [u8],
    /// The ticket itself.
    pub ticket: &'a [u8],
    /// Bytes of early data that the server takes; none without the extension.
    pub max_early_data: Option<u32>,
}

impl<'a> NewSessionTicket<'a> {
    /// Parses the body.
    ///
    /// # Errors
    /// [`DecodeError`] for an empty ticket, contradicting lengths, and what RFC 8446 forbids.
    pub fn parse(body: &'a [u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(body);
        let lifetime = reader.u32()?;
        let age_add = reader.u32()?;
        let nonce = reader.vec_u8()?;
        let ticket = non_empty(reader.vec_u16()?)?;
        let block = reader.vec_u16()?;
        reader.finish()?;
        let mut max_early_data = None;
        Extensions::offering(block, Carrier::NewSessionTicket).for_each(&mut |extension, content| {
            if extension == ExtensionType::EARLY_DATA {
                max_early_data = Some(content.u32()?);
            }
            Ok(())
        })?;
        Ok(Self { lifetime, age_add, nonce, ticket, max_early_data })
    }

    /// Encodes the whole message.
    #[cfg(feature = "psk")]
    pub fn encode(&self, writer: &mut Writer<'_>) {
        encode_handshake(writer, HandshakeType::NEW_SESSION_TICKET, &|w| {
            w.put(&self.lifetime.to_be_bytes());
            w.put(&self.age_add.to_be_bytes());
            w.vec_u8(&|w| w.put(self.nonce));
            w.vec_u16(&|w| w.put(self.ticket));
            w.vec_u16(&|w| {
                if let Some(bytes) = self.max_early_data {
                    w.u16(ExtensionType::EARLY_DATA.0);
                    w.vec_u16(&|w| w.put(&bytes.to_be_bytes()));
                }
            });
        });
    }
}
