//! Bytes from one place to another.

/// Copies as many bytes as both have.
///
/// Compiled apart, where the compiler sees that nothing can panic and that the places do not overlap: the loop becomes the
/// platform's `memcpy`.
#[inline(never)]
pub(crate) fn copy(to: &mut [u8], from: &[u8]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
}

/// Copies a few bytes in place, where a call would cost more than they do.
#[inline]
pub(crate) const fn put<const N: usize>(to: &mut [u8], from: [u8; N]) {
    if let Some(place) = to.first_chunk_mut::<N>() {
        *place = from;
    }
}

#[cfg(test)]
mod tests {
    use super::{copy, put};

    #[test]
    fn no_more_is_copied_than_both_have() {
        let mut to = [0; 4];
        copy(&mut to, &[1, 2]);
        assert_eq!(to, [1, 2, 0, 0]);
        copy(&mut to, &[5; 9]);
        assert_eq!(to, [5; 4]);
        put(&mut to, [7, 8, 9]);
        put(&mut to, [0; 5]);
        assert_eq!(to, [7, 8, 9, 5]);
    }
}
