//! Handshake messages as bytes.

use tidegate::wire::enums::HandshakeType;

/// SHA-256 of "HelloRetryRequest" (RFC 8446, section 4.1.3).
const RETRY: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2,
    0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/// Takes the first message, if it is whole.
pub(super) fn split_message(bytes: &mut Vec<u8>) -> Option<Vec<u8>> {
    let [_, high, middle, low] = *bytes.first_chunk()?;
    let length = 4 + u32::from_be_bytes([0, high, middle, low]) as usize;
    (bytes.len() >= length).then(|| bytes.drain(..length).collect())
}

/// Takes the first record, if it is whole.
pub(super) fn split_record(bytes: &mut Vec<u8>) -> Option<Vec<u8>> {
    let [_, _, _, high, low] = *bytes.first_chunk()?;
    let length = 5 + usize::from(u16::from_be_bytes([high, low]));
    (bytes.len() >= length).then(|| bytes.drain(..length).collect())
}

/// A message of this type with any body.
#[must_use]
pub fn message(kind: HandshakeType, body: &[u8]) -> Vec<u8> {
    let [_, length @ ..] = (body.len() as u32).to_be_bytes();
    [&[kind.0], &length[..], body].concat()
}

/// The random value of a ServerHello.
pub(super) fn server_random(hello: &[u8]) -> Option<Vec<u8>> {
    Some(hello.get(6..38)?.to_vec())
}

/// Whether this is a HelloRetryRequest.
#[must_use]
pub fn is_retry(message: &[u8]) -> bool {
    message.first() == Some(&HandshakeType::SERVER_HELLO.0) && message.get(6..38) == Some(&RETRY)
}
