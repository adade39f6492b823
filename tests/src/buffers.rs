//! How long the buffers of two ends are.

use tidegate::{buffers, limits};

/// Bytes of the buffers of both ends.
#[derive(Clone, Copy, Debug)]
pub struct Buffers {
    /// Of each incoming buffer.
    pub incoming: usize,
    /// Of each outgoing buffer.
    pub outgoing: usize,
}

impl Buffers {
    /// For full records.
    pub const FULL: Self = Self {
        incoming: buffers::full_incoming(limits::DEFAULT_HANDSHAKE_MESSAGE),
        outgoing: buffers::FULL_OUTGOING,
    };
    /// The smallest that work with the default limit of messages.
    pub const SMALLEST: Self = Self {
        incoming: buffers::min_incoming(limits::DEFAULT_HANDSHAKE_MESSAGE),
        outgoing: buffers::MIN_OUTGOING,
    };
}
