//! ServerKeyExchange with an elliptic curve (RFC 8422, section 5.4).

use crate::wire::enums::{HandshakeType, NamedGroup, SignatureScheme};
use crate::wire::reader::{DecodeError, Reader, non_empty};
use crate::wire::{Writer, encode_handshake};

/// The curve is named; the types that spell one out are not for use any more.
const NAMED_CURVE: u8 = 3;

/// A ServerKeyExchange as it was received.
#[derive(Clone, Copy, Debug)]
pub struct ServerKeyExchange<'a> {
    /// The key exchange group.
    pub group: NamedGroup,
    /// The server's public value, 1 to 255 bytes.
    pub public_value: &'a [u8],
    /// Both of them as they were sent. What is signed is the client's random, the server's, and these.
    pub params: &'a [u8],
    /// How the signature was made.
    pub scheme: SignatureScheme,
    /// The signature.
    pub signature: &'a [u8],
}

impl<'a> ServerKeyExchange<'a> {
    /// Parses the body.
    ///
    /// # Errors
    /// [`DecodeError::IllegalParameter`] for a curve that is not named, [`DecodeError::Malformed`] for an empty public
    /// value and for contradicting lengths.
    pub fn parse(body: &'a [u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(body);
        if reader.u8()? != NAMED_CURVE {
            return Err(DecodeError::IllegalParameter);
        }
        let group = NamedGroup(reader.u16()?);
        let public_value = non_empty(reader.vec_u8()?)?;
        let params = body.get(..body.len().saturating_sub(reader.rest().len())).unwrap_or_default();
        let scheme = SignatureScheme(reader.u16()?);
        let signature = reader.vec_u16()?;
        reader.finish()?;
        Ok(Self { group, public_value, params, scheme, signature })
    }
}

/// Encodes what is signed after the two random values: the group and our public value.
pub fn encode_params(writer: &mut Writer<'_>, group: NamedGroup, public_value: &[u8]) {
    writer.u8(NAMED_CURVE);
    writer.u16(group.0);
    writer.vec_u8(&|w| w.put(public_value));
}

/// Encodes the whole message: group and public value, scheme and signature.
pub fn encode(
    writer: &mut Writer<'_>,
    (group, public_value): (NamedGroup, &[u8]),
    (scheme, signature): (SignatureScheme, &[u8]),
) {
    encode_handshake(writer, HandshakeType::SERVER_KEY_EXCHANGE, &|w| {
        encode_params(w, group, public_value);
        w.u16(scheme.0);
        w.vec_u16(&|w| w.put(signature));
    });
}
