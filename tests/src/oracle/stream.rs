//! The bytes that both ends write, by their place in the stream, and what became of them.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

use super::trace::{Fill, Span};

/// Bytes of each of the two write buffers at least: more than a random sequence writes.
pub const BUFFER: usize = 4 << 20;
/// Bytes of each at most.
const LARGEST: usize = 1 << 30;
/// What flips the bytes of a changed write.
const ALTERATION: u8 = 0x5a;
/// The hash of nothing. Not the usual one of FNV-1a: the traces' recorder lost its last digit.
const HASH_START: u64 = 1_469_598_103_934_665_603;
const HASH_FACTOR: u64 = 1_099_511_628_211;

/// The byte that the tested end writes at a place of its stream.
#[must_use]
pub const fn tested_byte(offset: usize) -> u8 {
    (131 * offset + 29 * (offset >> 8) + 7 * (offset >> 16) + 17).to_le_bytes()[0]
}

/// The byte that the peer writes at a place of its stream.
#[must_use]
pub const fn peer_byte(offset: usize) -> u8 {
    (73 * offset + 41 * (offset >> 8) + 5).to_le_bytes()[0]
}

/// All bytes of a stream by their places, the first ones ready to be copied.
#[derive(Clone, Copy, Debug)]
struct Stream {
    beginning: &'static OnceLock<Vec<u8>>,
    byte: fn(usize) -> u8,
}

/// What the tested end writes.
const TESTED: Stream = {
    static BEGINNING: OnceLock<Vec<u8>> = OnceLock::new();
    Stream { beginning: &BEGINNING, byte: tested_byte }
};

/// What the peer writes.
const PEER: Stream = {
    static BEGINNING: OnceLock<Vec<u8>> = OnceLock::new();
    Stream { beginning: &BEGINNING, byte: peer_byte }
};

impl Stream {
    fn bytes(self, range: Range<usize>) -> Cow<'static, [u8]> {
        let beginning = self.beginning.get_or_init(|| (0..BUFFER).map(self.byte).collect());
        match beginning.get(range.clone()) {
            Some(bytes) => bytes.into(),
            None => range.map(self.byte).collect(),
        }
    }
}

/// Bytes of the peer's stream.
#[must_use]
pub fn peer_bytes(range: Range<usize>) -> Cow<'static, [u8]> {
    PEER.bytes(range)
}

/// The two write buffers, which stay where they are: a retry is known by its address.
#[derive(Debug)]
pub struct Buffers([Vec<u8>; 2]);

impl Buffers {
    /// For writes that end at `extent` at most.
    ///
    /// # Panics
    /// If that is more than a buffer can have.
    #[must_use]
    pub fn new(extent: usize) -> Self {
        assert!(extent <= LARGEST, "a write ends at {extent}");
        let buffer = || vec![0; extent.max(BUFFER)];
        Self([buffer(), buffer()])
    }

    /// The bytes of a write, filled as it says.
    ///
    /// # Panics
    /// If the span ends behind its buffer.
    pub fn fill(&mut self, span: Span) -> &[u8] {
        let range = span.offset..span.offset + span.length;
        let bytes = &mut self.0[span.buffer][range.clone()];
        bytes.copy_from_slice(&TESTED.bytes(range));
        if span.fill == Fill::Altered {
            bytes.iter_mut().for_each(|byte| *byte ^= ALTERATION);
        }
        bytes
    }
}

/// What has come out of a stream so far.
#[derive(Clone, Copy, Debug)]
pub struct Received {
    stream: Stream,
    /// How many bytes.
    pub count: usize,
    /// Whether they begin the stream as it was meant.
    pub is_right: bool,
    /// FNV-1a of all of them, from a start of its own.
    pub hash: u64,
}

impl Received {
    /// Nothing yet of what the peer writes.
    #[must_use]
    pub fn from_peer() -> Self {
        Self { stream: PEER, count: 0, is_right: true, hash: HASH_START }
    }

    /// Nothing yet of what the tested end writes.
    #[must_use]
    pub fn from_tested() -> Self {
        Self { stream: TESTED, count: 0, is_right: true, hash: HASH_START }
    }

    /// Takes in what a write offered.
    pub fn add_span(&mut self, span: Span) {
        let mut bytes = TESTED.bytes(span.offset..span.offset + span.length).into_owned();
        if span.fill == Fill::Altered {
            bytes.iter_mut().for_each(|byte| *byte ^= ALTERATION);
        }
        self.add(&bytes);
    }

    /// Takes in what came out next.
    pub fn add(&mut self, bytes: &[u8]) {
        let end = self.count + bytes.len();
        self.is_right &= *self.stream.bytes(self.count..end) == *bytes;
        self.count = end;
        let hash = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(HASH_FACTOR);
        self.hash = bytes.iter().fold(self.hash, hash);
    }
}

#[cfg(test)]
mod tests {
    use super::{Buffers, Received};
    use crate::oracle::trace::{Fill, Span};

    #[test]
    fn a_write_is_filled_with_its_place_of_the_stream_where_it_stays() {
        let mut buffers = Buffers::new(0);
        let span = Span { buffer: 1, offset: 0x1_0300, length: 2, fill: Fill::Right };
        let right = buffers.fill(span).to_vec();
        // 131 * 0x10300 + 29 * 0x103 + 7 + 17, and one more.
        assert_eq!(right, [0x6f, 0xf2]);
        let address = buffers.fill(span).as_ptr();
        let altered = buffers.fill(Span { fill: Fill::Altered, ..span });
        assert_eq!((altered.as_ptr(), altered), (address, [0x6f ^ 0x5a, 0xf2 ^ 0x5a].as_slice()));
    }

    #[test]
    fn what_comes_out_is_held_against_the_stream() {
        let mut received = Received::from_tested();
        let bytes: Vec<u8> = (0..5).map(super::tested_byte).collect();
        received.add(&bytes[..2]);
        received.add(&bytes[2..]);
        assert_eq!((received.count, received.is_right, received.hash), (5, true, 0x0e45_10c6_b0b2_2152));
        received.add(&[0]);
        assert!(!received.is_right);
    }
}
