//! Where things lie in a buffer, in half the bytes that a range has on a desktop: idle connections keep many.

use core::ops::Range;

use crate::limits;

/// A range of a buffer, of which [`limits::BUFFER`] bytes count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    start: Position,
    end: Position,
}

/// An offset into a buffer, or its length.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position(u32);

impl Position {
    pub(crate) const ZERO: Self = Self(0);

    pub(crate) fn get(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

impl From<usize> for Position {
    /// Nothing lies beyond the limit.
    fn from(offset: usize) -> Self {
        Self(u32::try_from(offset).unwrap_or(u32::MAX))
    }
}

impl Place {
    pub(super) const NONE: Self = Self { start: Position::ZERO, end: Position::ZERO };

    pub(super) fn range(self) -> Range<usize> {
        self.start()..self.end()
    }

    pub(super) fn start(self) -> usize {
        self.start.get()
    }

    pub(super) fn end(self) -> usize {
        self.end.get()
    }

    pub(super) fn len(self) -> usize {
        self.end().saturating_sub(self.start())
    }

    pub(super) fn is_empty(self) -> bool {
        self.start >= self.end
    }

    pub(super) fn set_start(&mut self, start: usize) {
        self.start = start.into();
    }

    pub(super) fn set_end(&mut self, end: usize) {
        self.end = end.into();
    }

    /// `count` bytes at its start are gone, or all of them.
    pub(super) fn advance(&mut self, count: usize) {
        self.set_start(self.start().saturating_add(count).min(self.end()));
    }
}

/// What counts of a buffer.
pub(crate) fn counted(buffer: &mut [u8]) -> &mut [u8] {
    let length = buffer.len().min(limits::BUFFER);
    buffer.get_mut(..length).unwrap_or_default()
}

impl From<Range<usize>> for Place {
    fn from(range: Range<usize>) -> Self {
        Self { start: range.start.into(), end: range.end.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::{Place, limits};

    #[test]
    fn a_place_is_the_range_that_it_was_made_of_up_to_the_limit() {
        let mut place = Place::from(3..7);
        assert_eq!((place.range(), place.len(), place.is_empty()), (3..7, 4, false));
        place.advance(3);
        assert_eq!(place.range(), 6..7);
        place.advance(9);
        assert_eq!((place.range(), place.is_empty()), (7..7, true));
        assert_eq!(Place::from(0..limits::BUFFER).len(), limits::BUFFER);
    }
}
