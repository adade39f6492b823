//! How long buffers must be, and what follows from their length.
//!
//! The incoming buffer holds the longest handshake message that is accepted
//! ([`Common::max_handshake_message`](crate::config::Common)) and one record. What is left for the record becomes the
//! `record_size_limit` (RFC 8449) that the peer is told, and below 16 kB the `max_fragment_length` (RFC 6066) beside
//! it, since many peers know only that one.

use crate::crypto::TAG;
use crate::limits;
use crate::record::EXPLICIT_NONCE;
use crate::record::outgoing::MAX_OVERHEAD;
use crate::wire::record_header::RECORD_HEADER;

/// Bytes of a record in the incoming buffer beside its content and content type. The feature `tls12` adds the nonce that its
/// records carry.
const RECORD: usize = RECORD_HEADER + EXPLICIT_NONCE + TAG;

/// Bytes of the shortest incoming buffer for handshake messages of up to `max_handshake_message` bytes.
#[must_use]
pub const fn min_incoming(max_handshake_message: usize) -> usize {
    max_handshake_message.saturating_add(limits::MIN_RECORD_SIZE_LIMIT + RECORD)
}

/// Bytes of an incoming buffer that takes full records beside handshake messages of that length, so that no limit is
/// asked of the peer.
#[must_use]
pub const fn full_incoming(max_handshake_message: usize) -> usize {
    max_handshake_message.saturating_add(limits::RECORD_SIZE_LIMIT + RECORD)
}

/// Bytes of the shortest outgoing buffer: messages leave in records of 32 bytes. Longer ones cost less on the wire.
pub const MIN_OUTGOING: usize = limits::WORTHWHILE_PIECE + MAX_OVERHEAD;

/// Bytes of an outgoing buffer that takes a full record.
pub const FULL_OUTGOING: usize = limits::PLAINTEXT + MAX_OVERHEAD;

/// Bytes of an incoming buffer that are not for a record's content.
pub(crate) const fn incoming_overhead(max_handshake_message: usize) -> usize {
    max_handshake_message.saturating_add(RECORD)
}

/// The `record_size_limit` that follows from the incoming buffer's length; the largest where a full record fits.
pub(crate) fn record_size_limit(incoming: usize, max_handshake_message: usize) -> usize {
    let left = incoming.saturating_sub(incoming_overhead(max_handshake_message));
    left.clamp(limits::MIN_RECORD_SIZE_LIMIT, limits::RECORD_SIZE_LIMIT)
}

/// The largest length of RFC 6066, section 4 that stays within a `record_size_limit`: its code and its bytes. None for
/// a full record, and none where even the smallest is too large.
pub(crate) fn max_fragment_length(record_size_limit: usize) -> Option<(u8, usize)> {
    const LENGTHS: [(u8, usize); 4] = [(4, 4096), (3, 2048), (2, 1024), (1, 512)];
    if record_size_limit >= limits::RECORD_SIZE_LIMIT {
        return None;
    }
    LENGTHS.into_iter().find(|(_, length)| *length < record_size_limit)
}

/// The bytes that a code of RFC 6066, section 4 stands for.
pub(crate) const fn fragment_length(code: u8) -> Option<usize> {
    match code {
        1 => Some(512),
        2 => Some(1024),
        3 => Some(2048),
        4 => Some(4096),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{full_incoming, max_fragment_length, min_incoming, record_size_limit};

    #[test]
    fn six_kilobytes_take_records_of_two() {
        let limit = record_size_limit(6144, crate::limits::DEFAULT_HANDSHAKE_MESSAGE);
        assert_eq!(max_fragment_length(limit), Some((3, 2048)));
    }

    #[test]
    fn a_full_buffer_asks_for_nothing() {
        assert_eq!(max_fragment_length(record_size_limit(full_incoming(4000), 4000)), None);
        assert_eq!(record_size_limit(full_incoming(4000).saturating_sub(1), 4000), 16384);
    }

    #[test]
    fn the_shortest_buffer_leaves_the_smallest_limit() {
        assert_eq!(record_size_limit(min_incoming(4000), 4000), 64);
        assert_eq!(max_fragment_length(64), None);
    }
}
