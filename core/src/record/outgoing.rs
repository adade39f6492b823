//! The send side: records waiting to leave.
//!
//! Records are sealed where they will leave from. A small inline area takes alerts, close_notify and KeyUpdates when
//! the buffer is full or not there, so that failing never fails for lack of room. Its bytes leave after the buffer's.

mod seal;
#[cfg(feature = "tls12")]
mod tls12;

pub(crate) use seal::Sealer;

use core::ops::Range;

use super::EXPLICIT_NONCE;
use super::place::{Place, Position};
use super::protection::KeySlot;
use super::shift::shift_down;
use crate::copy::copy;
use crate::crypto::{Provider, TAG};
use crate::error::{Error, Internal};
use crate::limits;
use crate::wire::enums::ContentType;
use crate::wire::record_header::RECORD_HEADER;

/// Bytes of the inline area: a KeyUpdate of 27 and an alert of 24.
const INLINE: usize = 27 + 24 + 2 * EXPLICIT_NONCE;
/// Bytes that protection adds to a record's content: header, content type and tag.
const OVERHEAD: usize = RECORD_HEADER + 1 + TAG;
/// Bytes that it adds at most.
pub(crate) const MAX_OVERHEAD: usize = OVERHEAD + EXPLICIT_NONCE;

/// Positions in the outgoing buffer, and the inline area.
#[derive(Debug)]
pub(crate) struct OutgoingPositions {
    span: Place,
    /// Room that is lent for data: nothing moves meanwhile.
    reserved: Place,
    /// Bytes beyond which nothing was written since the buffer was attached, for wiping.
    used: Position,
    inline: [u8; INLINE],
    inline_span: Place,
    /// Whether there ever was a record, in whatever buffer.
    has_begun: bool,
    /// Bytes of the nonce that a record carries before its content.
    #[cfg(feature = "tls12")]
    explicit_nonce: Position,
}

/// The outgoing buffer for one step.
#[derive(Debug)]
pub(crate) struct Outgoing<'a, K> {
    pub(crate) bytes: &'a mut [u8],
    pub(crate) key: KeySlot<'a, K>,
    pub(crate) at: &'a mut OutgoingPositions,
}

impl OutgoingPositions {
    pub(crate) const fn new() -> Self {
        Self {
            span: Place::NONE,
            reserved: Place::NONE,
            used: Position::ZERO,
            inline: [0; INLINE],
            inline_span: Place::NONE,
            has_begun: false,
            #[cfg(feature = "tls12")]
            explicit_nonce: Position::ZERO,
        }
    }

    /// Bytes of a record before its content.
    fn content_offset(&self) -> usize {
        #[cfg(feature = "tls12")]
        return RECORD_HEADER.saturating_add(self.explicit_nonce.get());
        #[cfg(not(feature = "tls12"))]
        RECORD_HEADER
    }

    /// Bytes that protection adds to a record's content now.
    pub(crate) fn overhead(&self) -> usize {
        #[cfg(feature = "tls12")]
        return OVERHEAD.saturating_add(self.explicit_nonce.get());
        #[cfg(not(feature = "tls12"))]
        OVERHEAD
    }

    /// Whether there ever was anything to leave.
    pub(crate) const fn has_begun(&self) -> bool {
        self.has_begun
    }

    /// Whether nothing waits to leave.
    pub(crate) fn is_empty(&self) -> bool {
        self.span.is_empty() && self.inline_span.is_empty()
    }

    /// Whether the buffer holds nothing and nothing of it is lent, whatever the inline area does.
    pub(crate) fn is_buffer_empty(&self) -> bool {
        self.span.is_empty() && self.reserved.is_empty()
    }

    /// Whether a KeyUpdate may be built: the inline area is free, and no room is lent that it would overtake.
    pub(crate) fn takes_control(&self) -> bool {
        self.inline_span.is_empty() && self.reserved.is_empty()
    }

    /// Bytes of room that are lent for data.
    pub(crate) fn reserved(&self) -> usize {
        self.reserved.len()
    }

    /// The room that is lent is not: what was put there stays unsealed, and is wiped with the buffer.
    pub(crate) fn give_up_reserved(&mut self) {
        self.reserved = Place::NONE;
    }

    /// What waits to leave, in order: first the buffer's bytes, then the inline area's.
    pub(crate) fn pending<'a>(&'a self, bytes: &'a [u8]) -> &'a [u8] {
        match bytes.get(self.span.range()) {
            Some(pending) if !pending.is_empty() => pending,
            _ => self.inline.get(self.inline_span.range()).unwrap_or_default(),
        }
    }

    /// Says that `count` bytes of what was pending have left.
    pub(crate) fn sent(&mut self, count: usize) {
        if self.span.is_empty() {
            self.inline_span.advance(count);
        } else {
            self.span.advance(count);
        }
    }

    /// Bytes of the buffer that were ever written to, for wiping.
    pub(crate) fn used(&self) -> usize {
        self.used.get()
    }

    /// Begins anew with another buffer.
    pub(crate) fn forget_buffer(&mut self) {
        (self.span, self.reserved, self.used) = (Place::NONE, Place::NONE, Position::ZERO);
    }
}

impl<K> Outgoing<'_, K> {
    /// Bytes of content, up to `limit`, that there is room for in one more record. None while the inline area holds
    /// bytes, which would be overtaken, or while room is lent.
    pub(crate) fn room(&self, limit: usize) -> usize {
        if !self.at.takes_control() {
            return 0;
        }
        self.capacity().saturating_sub(self.at.span.len().saturating_add(self.at.overhead())).min(limit)
    }

    /// Bytes of the buffer that count.
    pub(crate) fn capacity(&self) -> usize {
        self.bytes.len().min(limits::BUFFER)
    }

    /// Reserves so much of that [room](Outgoing::room); where [`Outgoing::seal`] expects the content.
    pub(crate) fn reserve(&mut self, room: usize) -> Range<usize> {
        let range = self.content_range(room);
        // Whoever asks may write there without sealing it.
        self.at.used = self.at.used.max(range.end.into());
        self.at.reserved = range.clone().into();
        range
    }

    /// That room, to be written to at once.
    pub(crate) fn content_space(&mut self, limit: usize) -> &mut [u8] {
        let range = self.content_range(self.room(limit));
        self.bytes.get_mut(range).unwrap_or_default()
    }

    fn content_range(&mut self, room: usize) -> Range<usize> {
        self.make_room(room.saturating_add(self.at.overhead()));
        let start = self.at.span.end().saturating_add(self.at.content_offset());
        start..start.saturating_add(room)
    }

    /// Moves pending bytes to the front where the rest of the buffer is too short for `wanted` bytes.
    fn make_room(&mut self, wanted: usize) {
        let capacity = self.capacity();
        let at = &mut *self.at;
        if !at.reserved.is_empty() {
            return;
        }
        if at.span.is_empty() {
            at.span = Place::NONE;
        }
        let rest = capacity.saturating_sub(at.span.end());
        if rest < wanted && at.span.start() > 0 && at.span.end() <= self.bytes.len() {
            shift_down(self.bytes, at.span.range(), 0);
            at.span = (0..at.span.len()).into();
        }
    }

    /// Makes a record of the `count` bytes that were written to [`Outgoing::content_space`].
    pub(crate) fn seal<P: Provider<AeadKey = K>>(
        &mut self,
        sealer: Sealer<'_, P>,
        kind: ContentType,
        count: usize,
    ) -> Result<(), Error> {
        let space = self.bytes.get_mut(self.at.span.end()..).unwrap_or_default();
        let total = seal::seal_record(sealer, self.key.as_deref_mut(), space, (kind, count))?;
        if !self.at.has_begun {
            super::greeting::look_old(space);
        }
        self.at.span.set_end(self.at.span.end().saturating_add(total));
        self.at.used = self.at.used.max(self.at.span.end().into());
        self.at.reserved = Place::NONE;
        self.at.has_begun = true;
        Ok(())
    }

    /// A record with a short content for which there is always room: into the buffer where it fits behind what is
    /// there, else into the inline area.
    pub(crate) fn seal_control<P: Provider<AeadKey = K>>(
        &mut self,
        mut sealer: Sealer<'_, P>,
        kind: ContentType,
        content: &[u8],
    ) -> Result<(), Error> {
        sealer.padding = 1;
        let space = self.content_space(content.len());
        if space.len() == content.len() {
            copy(space, content);
            return self.seal(sealer, kind, content.len());
        }
        let at = &mut *self.at;
        if at.inline_span.is_empty() {
            at.inline_span = Place::NONE;
        }
        let offset = at.content_offset();
        let space = at.inline.get_mut(at.inline_span.end()..).unwrap_or_default();
        let body = space.get_mut(offset..).unwrap_or_default();
        if body.len() < content.len() {
            return Err(Internal::State.into());
        }
        copy(body, content);
        let total = seal::seal_record(sealer, self.key.as_deref_mut(), space, (kind, content.len()))?;
        at.inline_span.set_end(at.inline_span.end().saturating_add(total));
        at.has_begun = true;
        Ok(())
    }
}
