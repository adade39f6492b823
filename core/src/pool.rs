//! Record buffers that no connection needs now.

use heapless::Vec;

/// For which direction a buffer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// What comes from the peer.
    Incoming,
    /// What goes to the peer.
    Outgoing,
}

/// Where connections with the mode `RELEASE_BUFFERS` (SSL_CTX_set_mode(3)) leave their record buffers and find them
/// again. Buffers are wiped before they come here.
pub trait Pool<B> {
    /// Takes a buffer in; it comes back if there is no room for it.
    fn put(&mut self, side: Side, buffer: B) -> Option<B>;
    /// Gives a buffer out, if there is one.
    fn take(&mut self, side: Side) -> Option<B>;
    /// Whether a buffer for this direction would be taken in.
    fn has_room(&self, side: Side) -> bool;
}

/// At most `N` buffers for either direction, without an allocator. The last one given is the first one taken. OpenSSL
/// 1.0.1 kept 32 of each size.
#[derive(Debug)]
pub struct BufferPool<B, const N: usize = 32> {
    buffers: Vec<B, N>,
}

impl<B, const N: usize> BufferPool<B, N> {
    /// An empty pool.
    #[must_use]
    pub const fn new() -> Self {
        Self { buffers: Vec::new() }
    }

    /// Puts a buffer in; it comes back if the pool is full.
    pub fn put(&mut self, buffer: B) -> Option<B> {
        self.buffers.push(buffer).err()
    }

    /// Takes a buffer out, if there is one.
    pub fn take(&mut self) -> Option<B> {
        self.buffers.pop()
    }

    /// Buffers in the pool.
    #[must_use]
    pub fn len(&self) -> usize {
        self.buffers.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.buffers.is_empty()
    }

    /// Whether no more fit.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.buffers.is_full()
    }
}

impl<B, const N: usize> Default for BufferPool<B, N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<B, const N: usize> Pool<B> for BufferPool<B, N> {
    fn put(&mut self, _: Side, buffer: B) -> Option<B> {
        self.put(buffer)
    }

    fn take(&mut self, _: Side) -> Option<B> {
        self.take()
    }

    fn has_room(&self, _: Side) -> bool {
        !self.is_full()
    }
}
