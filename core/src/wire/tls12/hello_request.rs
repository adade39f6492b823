//! HelloRequest (RFC 5246, section 7.4.1.1).

use crate::wire::enums::HandshakeType;
use crate::wire::reader::{DecodeError, Reader};
use crate::wire::{Writer, encode_handshake};

/// Parses the body, which is empty.
///
/// # Errors
/// [`DecodeError::Malformed`] if it is not.
pub const fn parse(body: &[u8]) -> Result<(), DecodeError> {
    Reader::new(body).finish()
}

/// Encodes the whole message.
pub fn encode(writer: &mut Writer<'_>) {
    encode_handshake(writer, HandshakeType::HELLO_REQUEST, &|_| ());
}
