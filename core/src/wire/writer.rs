//! Writing messages, whole or a piece at a time.

use crate::copy::copy;

/// Encodes into a window of a message: skips what has left already, stops where the room ends, and counts the whole.
///
/// A message is a function that writes to this; running it again with more skipped goes on where the last piece
/// ended. So a message longer than the outgoing buffer needs no buffer of its own.
#[derive(Debug)]
pub struct Writer<'a> {
    out: &'a mut [u8],
    skip: usize,
    written: usize,
    total: usize,
    fits: bool,
}

impl<'a> Writer<'a> {
    /// Writes to `out`, beginning `skip` bytes into the message.
    #[must_use]
    pub const fn new(out: &'a mut [u8], skip: usize) -> Self {
        Self { out, skip, written: 0, total: 0, fits: true }
    }

    /// Bytes that `body` writes, if every length fits its field.
    #[must_use]
    pub fn measure(body: &dyn Fn(&mut Writer<'_>)) -> Option<usize> {
        let mut counter = Writer::new(&mut [], 0);
        body(&mut counter);
        counter.whole()
    }

    /// Bytes of a message that was encoded, if every length fits its field.
    #[must_use]
    pub fn whole(&self) -> Option<usize> {
        self.fits.then_some(self.total)
    }

    /// Bytes written to `out`.
    #[must_use]
    pub const fn written(&self) -> usize {
        self.written
    }

    /// Bytes of the whole message as far as it was encoded, written or not.
    #[must_use]
    pub const fn total(&self) -> usize {
        self.total
    }

    /// Bytes as they are.
    pub fn put(&mut self, bytes: &[u8]) {
        let skipped = self.skip.saturating_sub(self.total).min(bytes.len());
        self.total = self.total.saturating_add(bytes.len());
        let source = bytes.get(skipped..).unwrap_or_default();
        let room = self.out.get_mut(self.written..).unwrap_or_default();
        self.written = self.written.saturating_add(source.len().min(room.len()));
        copy(room, source);
    }

    /// One byte.
    pub fn u8(&mut self, value: u8) {
        self.put_few([value]);
    }

    /// Two bytes.
    pub fn u16(&mut self, value: u16) {
        self.put_few(value.to_be_bytes());
    }

    /// Bytes as they are, so few that a call to copy them would cost more than they do.
    #[inline]
    fn put_few<const N: usize>(&mut self, bytes: [u8; N]) {
        let room = self.out.get_mut(self.written..).unwrap_or_default();
        match room.first_chunk_mut::<N>() {
            Some(place) if self.skip <= self.total => {
                *place = bytes;
                self.written = self.written.saturating_add(N);
                self.total = self.total.saturating_add(N);
            }
            _ => self.put(&bytes),
        }
    }

    /// A vector with its length before it in one byte.
    pub fn vec_u8(&mut self, body: &dyn Fn(&mut Writer<'_>)) {
        self.vec(1, body);
    }

    /// A vector with its length before it in two bytes.
    pub fn vec_u16(&mut self, body: &dyn Fn(&mut Writer<'_>)) {
        self.vec(2, body);
    }

    /// A vector with its length before it in three bytes.
    pub fn vec_u24(&mut self, body: &dyn Fn(&mut Writer<'_>)) {
        self.vec(3, body);
    }

    /// The length is put in its place when the body has been counted, as far as its place is in the window.
    fn vec(&mut self, prefix: usize, body: &dyn Fn(&mut Writer<'_>)) {
        let (place, skipped) = (self.written, self.skip.saturating_sub(self.total).min(prefix));
        let room = self.out.len().saturating_sub(place);
        let end = place.saturating_add(prefix.saturating_sub(skipped).min(room));
        let start = self.total.saturating_add(prefix);
        (self.written, self.total) = (end, start);
        body(self);
        let length = u32::try_from(self.total.saturating_sub(start)).unwrap_or(u32::MAX).to_be_bytes();
        let (high, low) = length.split_at_checked(4_usize.saturating_sub(prefix)).unwrap_or_default();
        self.fits &= high.iter().all(|byte| *byte == 0);
        let room = self.out.get_mut(place..end).unwrap_or_default();
        room.iter_mut().zip(low.iter().skip(skipped)).for_each(|(to, from)| *to = *from);
    }
}
