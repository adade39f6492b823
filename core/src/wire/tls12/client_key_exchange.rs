//! ClientKeyExchange with an elliptic curve (RFC 8422, section 5.7).

use crate::wire::enums::HandshakeType;
use crate::wire::reader::{DecodeError, Reader, non_empty};
use crate::wire::{Writer, encode_handshake};

/// Parses the body into the client's public value.
///
/// # Errors
/// [`DecodeError::Malformed`] for an empty value and for contradicting lengths.
pub fn parse(body: &[u8]) -> Result<&[u8], DecodeError> {
    let mut reader = Reader::new(body);
    let public_value = non_empty(reader.vec_u8()?)?;
    reader.finish()?;
    Ok(public_value)
}

/// Encodes the whole message.
pub fn encode(writer: &mut Writer<'_>, public_value: &[u8]) {
    encode_handshake(writer, HandshakeType::CLIENT_KEY_EXCHANGE, &|w| w.vec_u8(&|w| w.put(public_value)));
}
