//! The ciphertext pipes, each in two forms: in place, and copying over it.

use core::ops::{Deref, DerefMut};

use super::Connection;
use crate::copy::copy;
use crate::crypto::Provider;
use crate::engine::{HandshakeSpace, Role};
use crate::limits;
use crate::record::incoming::Missing;
use crate::record::place::counted;
use crate::storage::Storage;

impl<R, P, C, H, I, O> Connection<R, P, C, H, I, O>
where
    R: Role,
    P: Provider,
    C: Deref<Target = R::Config>,
    H: DerefMut<Target = HandshakeSpace<P>>,
    I: Storage<P::AeadKey>,
    O: Storage<P::AeadKey>,
{
    /// Room for bytes from the peer; say with [`Connection::incoming_filled`] how many were put there. Empty only
    /// while a whole record waits for [`Connection::next_event`]; never where that has just wanted incoming bytes.
    pub fn incoming_space(&mut self) -> &mut [u8] {
        if self.engine.failed.is_some() || self.engine.read.is_closed() {
            return &mut [];
        }
        let Some(incoming) = self.incoming.as_mut() else { return &mut [] };
        let (bytes, _) = incoming.parts();
        let free = self.engine.incoming.make_space(bytes);
        counted(bytes).get_mut(free..).unwrap_or_default()
    }

    /// Says that `count` bytes of [`Connection::incoming_space`] were filled.
    pub fn incoming_filled(&mut self, count: usize) {
        if self.engine.failed.is_some() || self.engine.read.is_closed() {
            return;
        }
        let length = self.incoming.as_ref().map_or(0, |incoming| incoming.bytes().len().min(limits::BUFFER));
        self.engine.incoming.filled(count, length);
    }

    /// Whether bytes from the peer wait here, opened or not: a record or a part of one, a message, unread data.
    #[must_use]
    pub fn has_incoming(&self) -> bool {
        !self.engine.incoming.is_idle()
    }

    /// What the record that comes next lacks. Who reads no more than this from a transport reads one record at a time,
    /// and no further (what SSL_set_read_ahead(3) calls no read-ahead).
    #[must_use]
    pub fn incoming_missing(&self) -> Missing {
        let bytes = self.incoming.as_ref().map(I::bytes).unwrap_or_default();
        self.engine.incoming.missing(bytes)
    }

    /// Takes bytes from the peer, as many as there is room for; how many that were. Nothing is parsed here.
    pub fn feed_incoming(&mut self, bytes: &[u8]) -> usize {
        let space = self.incoming_space();
        let count = space.len().min(bytes.len());
        copy(space, bytes);
        self.incoming_filled(count);
        count
    }

    /// Bytes for the peer; say with [`Connection::outgoing_sent`] how many have left. There may be more behind them:
    /// ask again until there are none.
    #[must_use]
    pub fn outgoing(&self) -> &[u8] {
        self.engine.outgoing.pending(self.outgoing.as_ref().map(O::bytes).unwrap_or_default())
    }

    /// Says that `count` bytes of [`Connection::outgoing`] have left.
    pub fn outgoing_sent(&mut self, count: usize) {
        self.engine.outgoing.sent(count);
    }

    /// Copies bytes for the peer to `out`, as many as fit; how many that were.
    pub fn take_outgoing(&mut self, out: &mut [u8]) -> usize {
        let mut taken = 0_usize;
        while let Some(room) = out.get_mut(taken..).filter(|room| !room.is_empty()) {
            let pending = self.outgoing();
            let count = pending.len().min(room.len());
            if count == 0 {
                break;
            }
            copy(room, pending);
            self.outgoing_sent(count);
            taken = taken.saturating_add(count);
        }
        taken
    }
}
