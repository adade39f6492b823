//! The record buffers of a stream.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tidegate::buffers::{FULL_OUTGOING, full_incoming};
use tidegate::storage::{Keyed, Storage};
use tidegate::{Pool, Side};

use crate::provider::AeadKey;

/// Bytes of handshake messages that a stream takes by default: chains of RSA certificates with long names included.
pub(crate) const HANDSHAKE_MESSAGE: usize = 16384;

/// How long the record buffers of a stream are, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Buffers {
    /// For what comes from the peer.
    pub incoming: usize,
    /// For what goes to the peer.
    pub outgoing: usize,
}

impl Buffers {
    /// For so many full records at once in each direction: that many the transport is read or written in one call, four for 64 kB of
    /// data. The incoming one takes at least a full record beside the longest handshake message.
    ///
    /// Over TCP on one machine 64 kB take four calls of each kind with one, and one of each with four.
    #[must_use]
    pub fn of_records(count: usize) -> Self {
        let records = count.max(1).saturating_mul(FULL_OUTGOING);
        Self { incoming: records.max(full_incoming(HANDSHAKE_MESSAGE)), outgoing: records }
    }
}

impl Default for Buffers {
    /// Of two records.
    fn default() -> Self {
        Self::of_records(2)
    }
}

/// A record buffer on the heap with room for the expanded key of its direction.
pub struct RecordBuffer(Box<Keyed<AeadKey, Box<[u8]>>>);

impl RecordBuffer {
    /// A buffer of so many bytes.
    #[must_use]
    pub fn new(length: usize) -> Self {
        Self(Box::new(Keyed::new(vec![0; length].into_boxed_slice())))
    }

    /// Its bytes.
    #[must_use]
    pub fn length(&self) -> usize {
        self.0.bytes().len()
    }
}

impl Storage<AeadKey> for RecordBuffer {
    fn bytes(&self) -> &[u8] {
        self.0.bytes()
    }

    fn parts(&mut self) -> (&mut [u8], Option<&mut Option<AeadKey>>) {
        self.0.parts()
    }
}

impl fmt::Debug for RecordBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordBuffer({} bytes)", self.length())
    }
}

/// Record buffers that idle connections gave back (`SSL_MODE_RELEASE_BUFFERS` of SSL_CTX_set_mode(3)) and that the next
/// busy ones take, shared by all connections of one maker. It holds a limited number for each direction, 32 unless
/// told otherwise; what is beyond goes back to the allocator. A buffer is wiped before it comes here. Clones share
/// one list.
#[derive(Clone, Debug)]
pub struct FreeList(Arc<Mutex<Lists>>);

#[derive(Debug)]
struct Lists {
    lengths: Buffers,
    limit: usize,
    incoming: Vec<RecordBuffer>,
    outgoing: Vec<RecordBuffer>,
}

impl FreeList {
    /// Buffers that are kept for each direction, as in OpenSSL 1.0.1.
    pub const DEFAULT_LIMIT: usize = 32;

    /// An empty list that makes buffers of these lengths where it has none.
    #[must_use]
    pub fn new(lengths: Buffers) -> Self {
        let (incoming, outgoing) = (Vec::new(), Vec::new());
        Self(Arc::new(Mutex::new(Lists { lengths, limit: Self::DEFAULT_LIMIT, incoming, outgoing })))
    }

    /// Keeps at most so many buffers for each direction from now on; 0 gives all back to the allocator.
    pub fn set_limit(&self, limit: usize) {
        let mut lists = self.lock();
        lists.limit = limit;
        lists.incoming.truncate(limit);
        lists.outgoing.truncate(limit);
    }

    /// How many buffers are kept for each direction at most.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.lock().limit
    }

    /// How many buffers are kept now, of both directions.
    #[must_use]
    pub fn len(&self) -> usize {
        let lists = self.lock();
        lists.incoming.len() + lists.outgoing.len()
    }

    /// Whether none is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A buffer from the list, or a new one.
    pub(crate) fn buffer(&self, side: Side) -> RecordBuffer {
        let mut lists = self.lock();
        let lengths = lists.lengths;
        // Made without the lock, which others wait for.
        let kept = lists.side(side).pop();
        drop(lists);
        kept.unwrap_or_else(|| match side {
            Side::Incoming => RecordBuffer::new(lengths.incoming),
            Side::Outgoing => RecordBuffer::new(lengths.outgoing),
        })
    }

    fn lock(&self) -> MutexGuard<'_, Lists> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for FreeList {
    fn default() -> Self {
        Self::new(Buffers::default())
    }
}

impl Lists {
    fn side(&mut self, side: Side) -> &mut Vec<RecordBuffer> {
        match side {
            Side::Incoming => &mut self.incoming,
            Side::Outgoing => &mut self.outgoing,
        }
    }
}

impl Pool<RecordBuffer> for FreeList {
    fn put(&mut self, side: Side, buffer: RecordBuffer) -> Option<RecordBuffer> {
        (&*self).put(side, buffer)
    }

    fn take(&mut self, side: Side) -> Option<RecordBuffer> {
        (&*self).take(side)
    }

    fn has_room(&self, side: Side) -> bool {
        (&self).has_room(side)
    }
}

/// The list has a lock of its own.
impl Pool<RecordBuffer> for &FreeList {
    fn put(&mut self, side: Side, buffer: RecordBuffer) -> Option<RecordBuffer> {
        let mut lists = self.lock();
        if lists.side(side).len() < lists.limit {
            lists.side(side).push(buffer);
        }
        None
    }

    fn take(&mut self, side: Side) -> Option<RecordBuffer> {
        Some(self.buffer(side))
    }

    /// Always: what is beyond the limit goes back to the allocator.
    fn has_room(&self, _: Side) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::Buffers;

    #[test]
    fn buffers_hold_whole_records() {
        const RECORD: usize = 5 + 16384 + 1 + 16;
        for count in [2, 4] {
            let Buffers { incoming, outgoing } = Buffers::of_records(count);
            assert!(incoming >= count * RECORD && outgoing >= count * RECORD);
        }
        assert!(Buffers::of_records(0).incoming >= 16384 + RECORD, "a message and a record");
    }
}
