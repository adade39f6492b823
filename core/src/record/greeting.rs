//! How the first record of a connection looks.

use crate::wire::enums::{ContentType, HandshakeType, ProtocolVersion};

/// A first ClientHello is in a record of TLS 1.0, as all clients have it and some servers want it (RFC 8446,
/// section 5.1).
pub(super) fn look_old(record: &mut [u8]) {
    if let [kind, _, minor, _, _, message, ..] = record
        && (*kind, *message) == (ContentType::HANDSHAKE.0, HandshakeType::CLIENT_HELLO.0)
    {
        let [_, low] = ProtocolVersion::TLS_1_0.0.to_be_bytes();
        *minor = low;
    }
}
