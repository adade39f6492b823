//! Bytes that move within a buffer.

use core::ops::Range;

/// Moves bytes down to `to`, where they lie behind it and in the buffer; else nothing moves.
///
/// Compiled apart, where the compiler sees that nothing can panic.
#[inline(never)]
#[expect(clippy::disallowed_methods, reason = "the bytes lie in the slice, and move to its front")]
pub(super) fn shift_down(buffer: &mut [u8], range: Range<usize>, to: usize) {
    let Some(distance) = range.start.checked_sub(to) else { return };
    let Some(bytes) = buffer.get_mut(to..range.end) else { return };
    if distance <= bytes.len() {
        bytes.copy_within(distance.., 0);
    }
}

#[cfg(test)]
mod tests {
    use super::shift_down;

    #[test]
    fn bytes_move_within_the_buffer_and_not_beyond() {
        let mut buffer = [1, 2, 3, 4];
        shift_down(&mut buffer, 1..4, 0);
        assert_eq!(buffer, [2, 3, 4, 4]);
        shift_down(&mut buffer, 3..4, 1);
        assert_eq!(buffer, [2, 4, 4, 4]);
        #[expect(clippy::reversed_empty_ranges, reason = "one that no range of ours is")]
        for (range, to) in [(1..5, 0), (0..2, 1), (3..2, 0), (5..6, 0), (1..usize::MAX, 0), (4..4, 0)] {
            shift_down(&mut buffer, range, to);
            assert_eq!(buffer, [2, 4, 4, 4]);
        }
    }
}
