//! Record buffers that no connection needs now.

use heapless::Vec;

/// At most `N` buffers, for connections with the mode `RELEASE_BUFFERS` (SSL_CTX_set_mode(3)). The last one given is
/// the first one taken. OpenSSL 1.0.1 kept 32 of each size.
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
