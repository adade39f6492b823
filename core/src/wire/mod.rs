//! The bytes of TLS: one [`Reader`], one [`Writer`], and a type for each message.
//!
//! A message is parsed once, into a value that can't be illegal; handlers never index bytes. A message is encoded by
//! a function of its parts that can be run again, so that one longer than the room for it leaves in pieces.

#[cfg(any(feature = "tls12", feature = "certificate-authorities"))]
pub mod authorities;
pub mod certificate;
pub mod certificate_request;
pub mod client_hello;
pub mod encrypted_extensions;
pub mod enums;
pub mod extension;
mod hello_offer;
pub mod lists;
pub mod new_session_ticket;
#[cfg(feature = "client-auth")]
pub mod oid_filters;
#[cfg(feature = "psk")]
pub mod pre_shared_key;
mod reader;
pub mod record_header;
pub mod server_hello;
#[cfg(feature = "tls12")]
pub mod tls12;
mod writer;

pub use hello_offer::{ClientHelloOffer, Schemes};
pub use reader::{DecodeError, Reader};
pub use writer::Writer;

use enums::{AlertDescription, AlertLevel, HandshakeType, KeyUpdateRequest};

/// Bytes of a handshake message's header: its type and its length (RFC 8446, section 4).
pub const HANDSHAKE_HEADER: usize = 4;
/// Bytes of a hello's random value.
pub const RANDOM: usize = 32;

/// Splits a handshake header into the type and the length of the body.
#[must_use]
pub const fn parse_handshake_header(header: [u8; HANDSHAKE_HEADER]) -> (HandshakeType, usize) {
    let [kind, high, mid, low] = header;
    // Four bytes always fit: a target with 16-bit addresses can't hold the buffers of TLS.
    #[expect(clippy::as_conversions, reason = "a u32 from 24 bits, const")]
    let length = u32::from_be_bytes([0, high, mid, low]) as usize;
    (HandshakeType(kind), length)
}

/// Encodes a handshake message: header, then what `body` writes.
pub fn encode_handshake(writer: &mut Writer<'_>, kind: HandshakeType, body: &dyn Fn(&mut Writer<'_>)) {
    writer.u8(kind.0);
    writer.vec_u24(body);
}

/// Encodes a Finished (RFC 8446, section 4.4.4).
pub fn encode_finished(writer: &mut Writer<'_>, verify_data: &[u8]) {
    encode_handshake(writer, HandshakeType::FINISHED, &|w| w.put(verify_data));
}

/// Encodes a KeyUpdate (RFC 8446, section 4.6.3).
pub fn encode_key_update(writer: &mut Writer<'_>, request: KeyUpdateRequest) {
    encode_handshake(writer, HandshakeType::KEY_UPDATE, &|w| w.u8(request.0));
}

/// Parses the body of a KeyUpdate.
///
/// # Errors
/// [`DecodeError::Malformed`] for another length, [`DecodeError::IllegalParameter`] for an unknown request.
pub fn parse_key_update(body: &[u8]) -> Result<KeyUpdateRequest, DecodeError> {
    let mut reader = Reader::new(body);
    let request = KeyUpdateRequest(reader.u8()?);
    reader.finish()?;
    request.name().map(|_| request).ok_or(DecodeError::IllegalParameter)
}

/// Parses an alert record, which holds exactly one alert (RFC 8446, section 5.1).
///
/// # Errors
/// [`DecodeError::Malformed`] for any other length.
pub fn parse_alert(content: &[u8]) -> Result<(AlertLevel, AlertDescription), DecodeError> {
    let mut reader = Reader::new(content);
    let alert = (AlertLevel(reader.u8()?), AlertDescription(reader.u8()?));
    reader.finish()?;
    Ok(alert)
}

#[cfg(test)]
mod tests;
