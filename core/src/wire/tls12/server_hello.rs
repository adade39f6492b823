//! ServerHello (RFC 5246, section 7.4.1.3): what TLS 1.3 does otherwise.

use super::hello_offer::UNCOMPRESSED;
use crate::wire::client_hello::read_size_limit;
use crate::wire::encrypted_extensions::read_one_name;
use crate::wire::enums::{CipherSuite, ExtensionType, HandshakeType, ProtocolVersion};
use crate::wire::extension::{Carrier, ExtensionSet, Extensions};
use crate::wire::hello_offer::extension;
use crate::wire::reader::{DecodeError, Reader, non_empty};
use crate::wire::{RANDOM, Writer, encode_handshake};

/// The extensions of a TLS 1.2 ServerHello, as they were received or as they are sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ServerHelloExtensions<'a> {
    /// Whether the server name was used (RFC 6066, section 3).
    pub server_name: Option<()>,
    /// The one application protocol chosen (RFC 7301).
    pub protocol: Option<&'a [u8]>,
    /// `record_size_limit` (RFC 8449)
    pub record_size_limit: Option<u16>,
    /// The code of `max_fragment_length` (RFC 6066, section 4).
    pub max_fragment_length: Option<u8>,
    /// Whether the master secret is bound to the handshake (RFC 7627).
    pub extended_master_secret: Option<()>,
    /// Whether a NewSessionTicket will follow (RFC 5077, section 3.2).
    pub session_ticket: Option<()>,
    /// Whether the formats are there (RFC 8422, section 5.1.2): among them is the uncompressed one, which is the only
    /// one sent.
    pub ec_point_formats: Option<()>,
    /// The `renegotiated_connection` (RFC 5746, section 3.2): empty in a first handshake, else the verify_data of the
    /// client's last Finished and of the server's.
    pub renegotiation_info: Option<&'a [u8]>,
    /// `server_certificate_type` (RFC 7250)
    #[cfg(feature = "raw-public-keys")]
    pub server_certificate_type: Option<u8>,
    /// `client_certificate_type` (RFC 7250)
    #[cfg(feature = "raw-public-keys")]
    pub client_certificate_type: Option<u8>,
}

impl<'a> ServerHelloExtensions<'a> {
    /// Parses a block that answers a hello with these extensions.
    pub(in crate::wire) fn parse(block: &'a [u8], offered: ExtensionSet) -> Result<Self, DecodeError> {
        let mut found = Self::default();
        Extensions::answering(block, Carrier::Tls12ServerHello, offered)
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
            ExtensionType::EXTENDED_MASTER_SECRET => self.extended_master_secret = Some(()),
            ExtensionType::SESSION_TICKET => self.session_ticket = Some(()),
            ExtensionType::EC_POINT_FORMATS => self.ec_point_formats = Some(read_point_formats(content)?),
            ExtensionType::RENEGOTIATION_INFO => self.renegotiation_info = Some(content.vec_u8()?),
            ExtensionType::SUPPORTED_GROUPS => {
                content.take(content.rest().len())?;
            }
            #[cfg(feature = "raw-public-keys")]
            ExtensionType::SERVER_CERTIFICATE_TYPE => self.server_certificate_type = Some(content.u8()?),
            #[cfg(feature = "raw-public-keys")]
            ExtensionType::CLIENT_CERTIFICATE_TYPE => self.client_certificate_type = Some(content.u8()?),
            // The table lets no other through.
            _ => return Err(DecodeError::MisplacedExtension),
        }
        Ok(())
    }

    fn encode_block(&self, writer: &mut Writer<'_>) {
        if self.server_name.is_some() {
            extension(writer, ExtensionType::SERVER_NAME, &|_| ());
        }
        if let Some(verify_data) = self.renegotiation_info {
            extension(writer, ExtensionType::RENEGOTIATION_INFO, &|w| w.vec_u8(&|w| w.put(verify_data)));
        }
        if self.ec_point_formats.is_some() {
            extension(writer, ExtensionType::EC_POINT_FORMATS, &|w| w.vec_u8(&|w| w.u8(UNCOMPRESSED)));
        }
        if self.session_ticket.is_some() {
            extension(writer, ExtensionType::SESSION_TICKET, &|_| ());
        }
        if let Some(protocol) = self.protocol {
            extension(writer, ExtensionType::APPLICATION_LAYER_PROTOCOL_NEGOTIATION, &|w| {
                w.vec_u16(&|w| w.vec_u8(&|w| w.put(protocol)));
            });
        }
        if self.extended_master_secret.is_some() {
            extension(writer, ExtensionType::EXTENDED_MASTER_SECRET, &|_| ());
        }
        if let Some(limit) = self.record_size_limit {
            extension(writer, ExtensionType::RECORD_SIZE_LIMIT, &|w| w.u16(limit));
        }
        if let Some(code) = self.max_fragment_length {
            extension(writer, ExtensionType::MAX_FRAGMENT_LENGTH, &|w| w.u8(code));
        }
        #[cfg(feature = "raw-public-keys")]
        for (kind, chosen) in [
            (ExtensionType::SERVER_CERTIFICATE_TYPE, self.server_certificate_type),
            (ExtensionType::CLIENT_CERTIFICATE_TYPE, self.client_certificate_type),
        ] {
            if let Some(chosen) = chosen {
                extension(writer, kind, &|w| w.u8(chosen));
            }
        }
    }
}

/// A list without the uncompressed format is illegal (RFC 8422, section 5.1.2).
fn read_point_formats(content: &mut Reader<'_>) -> Result<(), DecodeError> {
    let formats = non_empty(content.vec_u8()?)?;
    if formats.contains(&UNCOMPRESSED) { Ok(()) } else { Err(DecodeError::IllegalParameter) }
}

/// What a server answers a ClientHello with in TLS 1.2.
#[derive(Clone, Copy, Debug)]
pub struct ServerHelloAnswer<'a> {
    /// Fresh random bytes.
    pub random: &'a [u8; RANDOM],
    /// The echo of the client's session id where the session goes on, else the server's own, or none.
    pub session_id: &'a [u8],
    /// The suite chosen.
    pub cipher_suite: CipherSuite,
    /// In answer to the client's, and none else.
    pub extensions: ServerHelloExtensions<'a>,
}

impl ServerHelloAnswer<'_> {
    /// Encodes the whole message. Without extensions it has no block of them: the client may know none.
    pub fn encode(&self, writer: &mut Writer<'_>) {
        encode_handshake(writer, HandshakeType::SERVER_HELLO, &|w| {
            w.u16(ProtocolVersion::TLS_1_2.0);
            w.put(self.random);
            w.vec_u8(&|w| w.put(self.session_id));
            w.u16(self.cipher_suite.0);
            w.u8(0);
            if self.extensions != ServerHelloExtensions::default() {
                w.vec_u16(&|w| self.extensions.encode_block(w));
            }
        });
    }
}
