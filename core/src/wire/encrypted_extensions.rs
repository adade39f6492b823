//! EncryptedExtensions (RFC 8446, section 4.3.1).

use super::client_hello::read_size_limit;
use super::enums::{ExtensionType, HandshakeType};
use super::extension::{Carrier, ExtensionSet, Extensions};
use super::lists::{ProtocolNames, U16List};
use super::reader::{DecodeError, Reader};
use super::{Writer, encode_handshake};

/// The extensions of an EncryptedExtensions message.
#[derive(Clone, Copy, Debug, Default)]
pub struct EncryptedExtensions<'a> {
    /// The one application protocol chosen (RFC 7301).
    pub protocol: Option<&'a [u8]>,
    /// Whether the server name was used (RFC 6066, section 3).
    pub server_name: Option<()>,
    /// `record_size_limit` (RFC 8449)
    pub record_size_limit: Option<u16>,
    /// The code of `max_fragment_length` (RFC 6066, section 4).
    pub max_fragment_length: Option<u8>,
    /// Whether early data is accepted.
    #[cfg(feature = "psk")]
    pub early_data: Option<()>,
    /// `server_certificate_type` (RFC 7250)
    #[cfg(feature = "raw-public-keys")]
    pub server_certificate_type: Option<u8>,
    /// `client_certificate_type` (RFC 7250)
    #[cfg(feature = "raw-public-keys")]
    pub client_certificate_type: Option<u8>,
}

impl<'a> EncryptedExtensions<'a> {
    /// Parses the body of a message that answers a hello with these extensions.
    ///
    /// # Errors
    /// [`DecodeError`] for all that RFC 8446 forbids there.
    pub fn parse(body: &'a [u8], offered: ExtensionSet) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(body);
        let block = reader.vec_u16()?;
        reader.finish()?;
        let mut found = Self::default();
        Extensions::answering(block, Carrier::EncryptedExtensions, offered)
            .for_each(&mut |extension, content| found.read(extension, content))?;
        Ok(found)
    }

    fn read(&mut self, extension: ExtensionType, content: &mut Reader<'a>) -> Result<(), DecodeError> {
        match extension {
            ExtensionType::SERVER_NAME => self.server_name = Some(()),
            ExtensionType::APPLICATION_LAYER_PROTOCOL_NEGOTIATION => {
                self.protocol = Some(read_one_name(content)?);
            }
            ExtensionType::RECORD_SIZE_LIMIT => self.record_size_limit = Some(read_size_limit(content)?),
            ExtensionType::MAX_FRAGMENT_LENGTH => self.max_fragment_length = Some(content.u8()?),
            #[cfg(feature = "psk")]
            ExtensionType::EARLY_DATA => self.early_data = Some(()),
            #[cfg(feature = "raw-public-keys")]
            ExtensionType::SERVER_CERTIFICATE_TYPE => self.server_certificate_type = Some(content.u8()?),
            #[cfg(feature = "raw-public-keys")]
            ExtensionType::CLIENT_CERTIFICATE_TYPE => self.client_certificate_type = Some(content.u8()?),
            // The server's preference for later connections, of no use here.
            _ => {
                U16List::parse(content.vec_u16()?)?;
            }
        }
        Ok(())
    }

    /// Encodes the whole message.
    pub fn encode(&self, writer: &mut Writer<'_>) {
        encode_handshake(writer, HandshakeType::ENCRYPTED_EXTENSIONS, &|w| {
            w.vec_u16(&|w| self.encode_block(w))
        });
    }

    fn encode_block(&self, writer: &mut Writer<'_>) {
        if self.server_name.is_some() {
            writer.u16(ExtensionType::SERVER_NAME.0);
            writer.u16(0);
        }
        if let Some(protocol) = self.protocol {
            writer.u16(ExtensionType::APPLICATION_LAYER_PROTOCOL_NEGOTIATION.0);
            writer.vec_u16(&|w| w.vec_u16(&|w| w.vec_u8(&|w| w.put(protocol))));
        }
        if let Some(limit) = self.record_size_limit {
            writer.u16(ExtensionType::RECORD_SIZE_LIMIT.0);
            writer.vec_u16(&|w| w.u16(limit));
        }
        if let Some(code) = self.max_fragment_length {
            writer.u16(ExtensionType::MAX_FRAGMENT_LENGTH.0);
            writer.vec_u16(&|w| w.u8(code));
        }
        #[cfg(feature = "psk")]
        if self.early_data.is_some() {
            writer.u16(ExtensionType::EARLY_DATA.0);
            writer.u16(0);
        }
        #[cfg(feature = "raw-public-keys")]
        for (kind, chosen) in [
            (ExtensionType::SERVER_CERTIFICATE_TYPE, self.server_certificate_type),
            (ExtensionType::CLIENT_CERTIFICATE_TYPE, self.client_certificate_type),
        ] {
            if let Some(chosen) = chosen {
                writer.u16(kind.0);
                writer.vec_u16(&|w| w.u8(chosen));
            }
        }
    }
}

/// An answer names exactly one protocol (RFC 7301, section 3.1).
pub(super) fn read_one_name<'a>(content: &mut Reader<'a>) -> Result<&'a [u8], DecodeError> {
    let mut names = ProtocolNames::parse(content.vec_u16()?)?.iter();
    match (names.next(), names.next()) {
        (Some(name), None) => Ok(name),
        _ => Err(DecodeError::Malformed),
    }
}
