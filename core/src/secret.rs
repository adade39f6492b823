//! Bytes that must not outlive their use.

use crate::copy::copy;
use core::fmt;

use subtle::ConstantTimeEq;
use zeroize::optimization_barrier;

/// A slot for at most `N` secret bytes.
///
/// It stays where it is and is wiped when it is dropped, cleared or filled again: a secret that is moved by value
/// leaves copies that safe Rust can't wipe, so there is neither `Clone` nor `Copy`. Comparing takes the same time
/// whatever the bytes are, and `Debug` shows nothing but the length.
pub struct Secret<const N: usize> {
    bytes: [u8; N],
    /// Half a word: connections have many slots.
    len: u16,
}

impl<const N: usize> Secret<N> {
    /// An empty slot.
    #[must_use]
    pub const fn empty() -> Self {
        const { assert!(N <= 0xffff, "a slot is no longer than its length can say") };
        Self { bytes: [0; N], len: 0 }
    }

    /// The bytes held; empty if the slot was never filled or was wiped.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }

    /// Wipes the slot, then lends `len` zeroed bytes of it to be filled. Lengths over `N` are cut to `N`.
    pub fn fill(&mut self, len: usize) -> &mut [u8] {
        self.wipe();
        self.len = u16::try_from(len.min(N)).unwrap_or_default();
        self.bytes.get_mut(..usize::from(self.len)).unwrap_or_default()
    }

    /// Takes over the bytes of another slot, which is wiped. Bytes beyond `N` are cut.
    pub fn take_from<const M: usize>(&mut self, other: &mut Secret<M>) {
        let from = other.as_bytes();
        copy(self.fill(from.len()), from);
        other.wipe();
    }

    /// Whether nothing is held.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Overwrites the slot with zeros and empties it.
    pub fn wipe(&mut self) {
        // Nothing was ever lent of the rest, which is zeros.
        wipe_bytes(self.bytes.get_mut(..usize::from(self.len)).unwrap_or_default());
        self.len = 0;
    }
}

/// Overwrites bytes with zeros, as many at once as the machine can: `zeroize` would do one after the other.
pub(crate) fn wipe_bytes(bytes: &mut [u8]) {
    bytes.fill(0);
    optimization_barrier(bytes);
}

impl<const N: usize> Default for Secret<N> {
    fn default() -> Self {
        Self::empty()
    }
}

impl<const N: usize> Drop for Secret<N> {
    fn drop(&mut self) {
        self.wipe();
    }
}

impl<const N: usize> PartialEq for Secret<N> {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes().ct_eq(other.as_bytes()).into()
    }
}

impl<const N: usize> Eq for Secret<N> {}

impl<const N: usize> fmt::Debug for Secret<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} bytes)", self.len)
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn a_slot_shows_its_length_and_nothing_else() {
        let mut secret = Secret::<8>::empty();
        secret.fill(3).fill(0xab);
        assert_eq!(std::format!("{secret:?}"), "Secret(3 bytes)");
    }

    #[test]
    fn taking_over_wipes_the_source() {
        let (mut from, mut to) = (Secret::<8>::empty(), Secret::<4>::empty());
        from.fill(3).fill(7);
        to.take_from(&mut from);
        assert_eq!(to.as_bytes(), [7; 3]);
        assert!(from.is_empty());
    }

    #[test]
    fn equality_looks_at_length_and_bytes() {
        let (mut a, mut b) = (Secret::<8>::empty(), Secret::<8>::empty());
        a.fill(3).fill(7);
        b.fill(4).fill(7);
        assert_ne!(a, b);
        b.fill(3).fill(7);
        assert_eq!(a, b);
    }
}
