//! Data that came before it was asked for: application data that a write met in the middle of a renegotiation, and early data.

use std::collections::VecDeque;

/// Bytes that are kept at most. A peer that answers soon has no more on its way than what the network and both systems hold.
/// One that only writes does not hear of the renegotiation before it reads, and would send without end: then whoever writes
/// here is told to read first.
pub(crate) const LIMIT: u32 = 1 << 20;

/// Data that was taken from the connection before the application read it: a write can't go on before the handshake has,
/// and the handshake not before what the peer sent earlier was taken.
#[derive(Debug, Default)]
pub(crate) struct Ahead {
    /// None where nothing is kept: it is so nearly always.
    #[expect(clippy::box_collection, reason = "an idle connection is to be small")]
    bytes: Option<Box<VecDeque<u8>>>,
}

impl Ahead {
    /// Keeps these bytes behind those that are there; whether there was room.
    pub(crate) fn keep(&mut self, bytes: &[u8]) -> bool {
        let fits = self.has_room(bytes.len());
        if fits {
            self.bytes.get_or_insert_default().extend(bytes);
        }
        fits
    }

    /// Whether so many more bytes fit.
    pub(crate) fn has_room(&self, bytes: usize) -> bool {
        u32::try_from(self.len().saturating_add(bytes)).is_ok_and(|all| all <= LIMIT)
    }

    /// Takes bytes to `out`; how many.
    pub(crate) fn take(&mut self, out: &mut [u8]) -> usize {
        let count = self.look(out);
        self.consume(count);
        count
    }

    /// Copies bytes to `out`; how many.
    pub(crate) fn look(&self, out: &mut [u8]) -> usize {
        out.iter_mut()
            .zip(self.bytes.iter().flat_map(|bytes| bytes.iter()))
            .map(|(to, byte)| *to = *byte)
            .count()
    }

    /// The first bytes, as many as lie together: none only where there are none.
    pub(crate) fn first(&self) -> &[u8] {
        self.bytes.as_ref().map_or(&[], |bytes| bytes.as_slices().0)
    }

    /// Lets `count` bytes go.
    pub(crate) fn consume(&mut self, count: usize) {
        let Some(bytes) = &mut self.bytes else { return };
        bytes.drain(..count.min(bytes.len()));
        if bytes.is_empty() {
            self.bytes = None;
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.bytes.as_ref().map_or(0, |bytes| bytes.len())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::{Ahead, LIMIT};

    #[test]
    fn what_was_kept_comes_in_order() {
        let mut ahead = Ahead::default();
        assert!(ahead.keep(b"hello ") && ahead.keep(b"world"));
        let mut out = [0; 8];
        assert_eq!((ahead.look(&mut out), ahead.take(&mut out)), (8, 8));
        assert_eq!(&out, b"hello wo");
        assert_eq!(ahead.first(), b"rld");
        ahead.consume(3);
        assert!(ahead.is_empty());
    }

    #[test]
    fn nothing_is_kept_beyond_the_limit() {
        let mut ahead = Ahead::default();
        let limit = LIMIT as usize;
        assert!(ahead.keep(&vec![0; limit]));
        assert!(!ahead.keep(&[0]));
        assert_eq!(ahead.len(), limit);
    }
}
