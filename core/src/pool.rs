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
    /// Gives a buffer out that was put in for this direction, if there is one.
    fn take(&mut self, side: Side) -> Option<B>;
    /// Whether a buffer for this direction would be taken in.
    fn has_room(&self, side: Side) -> bool;
}

/// At most `N` buffers for each direction, which may differ in length, without an allocator. The last one given is the
/// first one taken. OpenSSL 1.0.1 kept 32.
#[derive(Debug)]
pub struct BufferPool<B, const N: usize = 32> {
    incoming: Vec<B, N>,
    outgoing: Vec<B, N>,
}

impl<B, const N: usize> BufferPool<B, N> {
    /// An empty pool.
    #[must_use]
    pub const fn new() -> Self {
        Self { incoming: Vec::new(), outgoing: Vec::new() }
    }

    /// Buffers in the pool, of both directions.
    #[must_use]
    pub fn len(&self) -> usize {
        self.incoming.len().saturating_add(self.outgoing.len())
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.incoming.is_empty() && self.outgoing.is_empty()
    }

    const fn side(&mut self, side: Side) -> &mut Vec<B, N> {
        match side {
            Side::Incoming => &mut self.incoming,
            Side::Outgoing => &mut self.outgoing,
        }
    }
}

impl<B, const N: usize> Default for BufferPool<B, N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<B, const N: usize> Pool<B> for BufferPool<B, N> {
    fn put(&mut self, side: Side, buffer: B) -> Option<B> {
        self.side(side).push(buffer).err()
    }

    fn take(&mut self, side: Side) -> Option<B> {
        self.side(side).pop()
    }

    fn has_room(&self, side: Side) -> bool {
        match side {
            Side::Incoming => !self.incoming.is_full(),
            Side::Outgoing => !self.outgoing.is_full(),
        }
    }
}
