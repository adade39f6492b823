//! Buffers and handshake space that come and go.

use core::ops::{Deref, DerefMut};

use crate::secret::wipe_bytes;

use super::Connection;
use crate::buffers;
use crate::crypto::Provider;
use crate::engine::{HandshakeSpace, Role};
use crate::modes::release::{BufferEvent, BufferOutcome, BufferState, Contents};
use crate::pool::{Pool, Side};
use crate::storage::Storage;

/// Why a thing can't be attached; it comes back.
#[derive(Debug)]
pub enum AttachError<T> {
    /// There is one already.
    Occupied(T),
    /// It is shorter than the first, which the peer was told of.
    TooShort {
        /// What was to be attached.
        buffer: T,
        /// Bytes that would do.
        needed: usize,
    },
}

impl<T> AttachError<T> {
    /// What was to be attached.
    pub fn into_inner(self) -> T {
        match self {
            Self::Occupied(buffer) | Self::TooShort { buffer, .. } => buffer,
        }
    }
}

impl<R, P, C, H, I, O> Connection<R, P, C, H, I, O>
where
    R: Role,
    P: Provider,
    C: Deref<Target = R::Config>,
    H: DerefMut<Target = HandshakeSpace<P>>,
    I: Storage<P::AeadKey>,
    O: Storage<P::AeadKey>,
{
    /// Gives the incoming buffer back, wiped, if it holds nothing that is needed.
    pub fn detach_incoming(&mut self) -> Option<I> {
        let may_go = self.asked(Side::Incoming, BufferEvent::Detach(self.contents(Side::Incoming)));
        let mut buffer = self.incoming.take_if(|_| may_go == BufferOutcome::WipeAndRelease)?;
        wipe(&mut buffer, self.engine.incoming.used());
        self.engine.incoming.forget_buffer();
        Some(buffer)
    }

    /// Gives the outgoing buffer back, wiped, if it holds nothing that is needed. A short record that waits in the
    /// connection itself does not need it.
    pub fn detach_outgoing(&mut self) -> Option<O> {
        let may_go = self.asked(Side::Outgoing, BufferEvent::Detach(self.contents(Side::Outgoing)));
        let mut buffer = self.outgoing.take_if(|_| may_go == BufferOutcome::WipeAndRelease)?;
        wipe(&mut buffer, self.engine.outgoing.used());
        self.engine.outgoing.forget_buffer();
        Some(buffer)
    }

    /// Gives the handshake space back, wiped, once the handshake is over.
    pub fn detach_handshake(&mut self) -> Option<H> {
        let is_free = self.engine.is_connected();
        #[cfg(feature = "post-handshake-auth")]
        let is_free = is_free && !self.engine.is_late();
        #[cfg(feature = "psk")]
        let is_free = is_free && !self.engine.more_tickets.are_due();
        let mut space = self.space.take_if(|_| is_free || self.engine.failed.is_some())?;
        space.wipe();
        Some(space)
    }

    /// What the buffer of this direction holds.
    fn contents(&self, side: Side) -> Contents {
        let holds_nothing = match side {
            Side::Incoming => self.engine.incoming.is_idle(),
            Side::Outgoing => self.engine.outgoing.is_buffer_empty(),
        };
        if holds_nothing { Contents::Nothing } else { Contents::Bytes }
    }

    /// What the release machine says. Its state is whether the buffer is here.
    fn asked(&self, side: Side, event: BufferEvent) -> BufferOutcome {
        let here = match side {
            Side::Incoming => self.incoming.is_some(),
            Side::Outgoing => self.outgoing.is_some(),
        };
        let state = if here { BufferState::Attached } else { BufferState::Released };
        state.step(event, self.mode()).1
    }

    /// Bytes of record buffers that are lent to the connection now.
    #[must_use]
    pub fn buffer_bytes(&self) -> usize {
        let incoming = self.incoming.as_ref().map_or(0, |buffer| buffer.bytes().len());
        incoming.saturating_add(self.outgoing.as_ref().map_or(0, |buffer| buffer.bytes().len()))
    }

    /// Lends an incoming buffer to a connection without one.
    ///
    /// # Errors
    /// [`AttachError`] with the buffer.
    pub fn attach_incoming(&mut self, mut buffer: I) -> Result<(), AttachError<I>> {
        if self.incoming.is_some() {
            return Err(AttachError::Occupied(buffer));
        }
        let needed = self.incoming_needed();
        if buffer.bytes().len() < needed {
            return Err(AttachError::TooShort { buffer, needed });
        }
        forget_key(&mut buffer);
        self.incoming = Some(buffer);
        Ok(())
    }

    /// Bytes that an incoming buffer must have: for the records that were agreed on, or that another handshake could.
    fn incoming_needed(&self) -> usize {
        let common = R::common(&self.config);
        let first = self.engine.first_incoming.get();
        #[cfg(feature = "tls12")]
        if self.engine.may_renegotiate(common) {
            return first;
        }
        let overhead = buffers::incoming_overhead(common.max_handshake_message);
        self.engine.channel.receive_limit.get().saturating_add(overhead).min(first)
    }

    /// Lends an outgoing buffer to a connection without one.
    ///
    /// # Errors
    /// [`AttachError`] with the buffer.
    pub fn attach_outgoing(&mut self, mut buffer: O) -> Result<(), AttachError<O>> {
        if self.outgoing.is_some() {
            return Err(AttachError::Occupied(buffer));
        }
        if buffer.bytes().len() < buffers::MIN_OUTGOING {
            return Err(AttachError::TooShort { buffer, needed: buffers::MIN_OUTGOING });
        }
        forget_key(&mut buffer);
        self.outgoing = Some(buffer);
        Ok(())
    }
}

impl<R, P, C, H, B> Connection<R, P, C, H, B, B>
where
    R: Role,
    P: Provider,
    C: Deref<Target = R::Config>,
    H: DerefMut<Target = HandshakeSpace<P>>,
    B: Storage<P::AeadKey>,
{
    /// With the mode `RELEASE_BUFFERS`, gives each buffer that holds nothing to the pool. One that the pool has no room
    /// for stays. A connection in its handshake keeps both.
    pub fn release_into(&mut self, pool: &mut impl Pool<B>) {
        if self.is_handshaking() {
            return;
        }
        if self.releases(Side::Incoming) && pool.has_room(Side::Incoming) {
            let refused = self.detach_incoming().and_then(|buffer| pool.put(Side::Incoming, buffer));
            self.incoming = refused.or(self.incoming.take());
        }
        if self.releases(Side::Outgoing) && pool.has_room(Side::Outgoing) {
            let refused = self.detach_outgoing().and_then(|buffer| pool.put(Side::Outgoing, buffer));
            self.outgoing = refused.or(self.outgoing.take());
        }
    }

    fn releases(&self, side: Side) -> bool {
        self.asked(side, BufferEvent::Rests(self.contents(side))) == BufferOutcome::WipeAndRelease
    }

    /// Takes from the pool what the connection lacks of buffers; whether it has both now. A buffer that is too short
    /// goes back.
    pub fn acquire_from(&mut self, pool: &mut impl Pool<B>) -> bool {
        let incoming = self.acquire_one(Side::Incoming, pool);
        self.acquire_one(Side::Outgoing, pool) && incoming
    }

    /// As [`Connection::acquire_from`], for one direction: what [`Want::IncomingBuffer`](super::Want::IncomingBuffer)
    /// and [`Want::OutgoingBuffer`](super::Want::OutgoingBuffer) ask for.
    pub fn acquire_one(&mut self, side: Side, pool: &mut impl Pool<B>) -> bool {
        if self.asked(side, BufferEvent::Needed) != BufferOutcome::Acquire {
            return true;
        }
        let Some(buffer) = pool.take(side) else { return false };
        let attached = match side {
            Side::Incoming => self.attach_incoming(buffer),
            Side::Outgoing => self.attach_outgoing(buffer),
        };
        attached.map_err(|error| pool.put(side, error.into_inner())).is_ok()
    }
}

/// A key that a buffer brings is another connection's.
pub(super) fn forget_key<K, B: Storage<K>>(buffer: &mut B) {
    if let (_, Some(key)) = buffer.parts() {
        *key = None;
    }
}

/// Wipes the bytes that were used, and the key.
pub(super) fn wipe<K, B: Storage<K>>(buffer: &mut B, used: usize) {
    let (bytes, key) = buffer.parts();
    wipe_bytes(bytes.get_mut(..used.min(bytes.len())).unwrap_or_default());
    if let Some(key) = key {
        *key = None;
    }
}
