//! The header of a record (RFC 8446, section 5.1).

use super::enums::{ContentType, ProtocolVersion};

/// Bytes of a record's header.
pub const RECORD_HEADER: usize = 5;

/// The header of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordHeader {
    /// The outer type.
    pub content_type: ContentType,
    /// Frozen at TLS 1.2, or TLS 1.0 in the first flight of some clients; otherwise ignored.
    pub version: ProtocolVersion,
    /// Bytes that follow.
    pub length: u16,
}

impl RecordHeader {
    /// Reads a header; every five bytes are one, legal or not.
    #[must_use]
    pub const fn parse(header: [u8; RECORD_HEADER]) -> Self {
        let [content_type, major, minor, high, low] = header;
        Self {
            content_type: ContentType(content_type),
            version: ProtocolVersion(u16::from_be_bytes([major, minor])),
            length: u16::from_be_bytes([high, low]),
        }
    }

    /// The header of a record of TLS 1.2.
    #[cfg(feature = "tls12")]
    #[must_use]
    pub const fn of_tls12(content_type: ContentType, length: u16) -> Self {
        Self { content_type, version: ProtocolVersion::TLS_1_2, length }
    }

    /// The header's bytes.
    #[must_use]
    pub const fn encode(self) -> [u8; RECORD_HEADER] {
        let [major, minor] = self.version.0.to_be_bytes();
        let [high, low] = self.length.to_be_bytes();
        [self.content_type.0, major, minor, high, low]
    }
}
