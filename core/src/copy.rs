//! Bytes from one place to another.

/// Bytes that are copied at once. From about 2 kB on some libraries copy with one instruction of x86, which some processors
/// carry out at a sixth of the speed where the addresses' low bits do not suit them.
const PIECE: usize = 1024;

/// Copies as many bytes as both have.
///
/// Compiled apart, where the compiler sees that nothing can panic and that the places do not overlap: the loop becomes the
/// platform's `memcpy`.
#[inline(never)]
pub(crate) fn copy(to: &mut [u8], from: &[u8]) {
    let length = to.len().min(from.len());
    let (to, to_rest) = to.get_mut(..length).unwrap_or_default().as_chunks_mut::<PIECE>();
    let (from, from_rest) = from.get(..length).unwrap_or_default().as_chunks::<PIECE>();
    to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
    to_rest.iter_mut().zip(from_rest).for_each(|(to, from)| *to = *from);
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
    use super::{PIECE, copy, put};

    #[test]
    fn no_more_is_copied_than_both_have() {
        let mut to = [0; 4];
        copy(&mut to, &[1, 2]);
        assert_eq!(to, [1, 2, 0, 0]);
        copy(&mut to, &[5; 9]);
        assert_eq!(to, [5; 4]);
        let (long, mut place) = ([3; 2 * PIECE + 5], [0; 2 * PIECE + 9]);
        copy(&mut place, &long);
        assert_eq!((&place[..long.len()], &place[long.len()..]), (&long[..], &[0; 4][..]));
        put(&mut to, [7, 8, 9]);
        put(&mut to, [0; 5]);
        assert_eq!(to, [7, 8, 9, 5]);
    }
}
