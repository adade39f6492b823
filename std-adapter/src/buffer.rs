//! The record buffers of a stream.

use std::fmt;

use tidegate::buffers::{FULL_OUTGOING, full_incoming};
use tidegate::crypto::rustcrypto::AeadKey;
use tidegate::storage::{Keyed, Storage};

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

impl Default for Buffers {
    /// A full record beside the longest handshake message, and two full records.
    fn default() -> Self {
        Self { incoming: full_incoming(HANDSHAKE_MESSAGE), outgoing: 2 * FULL_OUTGOING }
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
