//! What a connection is lent for its records.

/// A buffer for the records of one direction.
///
/// Anything that is bytes will do: `[u8; N]`, `&'static mut [u8]`, `Box<[u8]>`, the box of a pool. A [`Keyed`] buffer
/// also has room for the expanded key of that direction, `K`, which is expanded anew for each record otherwise:
/// cheap on small devices, where a record costs much more, and dear on desktops.
pub trait Storage<K> {
    /// The bytes.
    fn bytes(&self) -> &[u8];
    /// The bytes to be written to, and the place for the key if there is one.
    fn parts(&mut self) -> (&mut [u8], Option<&mut Option<K>>);
}

impl<K, T: AsRef<[u8]> + AsMut<[u8]>> Storage<K> for T {
    fn bytes(&self) -> &[u8] {
        self.as_ref()
    }

    fn parts(&mut self) -> (&mut [u8], Option<&mut Option<K>>) {
        (self.as_mut(), None)
    }
}

/// A record buffer that also keeps the expanded key of its direction.
///
/// The key leaves with the buffer (wiped): a connection without buffers carries no expanded key.
pub struct Keyed<K, B: ?Sized = [u8]> {
    key: Option<K>,
    bytes: B,
}

impl<K, B: ?Sized> core::fmt::Debug for Keyed<K, B> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Keyed").field("has_key", &self.key.is_some()).finish_non_exhaustive()
    }
}

impl<K, B> Keyed<K, B> {
    /// A buffer of these bytes, and no key yet.
    pub const fn new(bytes: B) -> Self {
        Self { key: None, bytes }
    }
}

impl<K, B: ?Sized + AsRef<[u8]> + AsMut<[u8]>> Keyed<K, B> {
    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        self.bytes.as_ref()
    }

    /// The bytes to be written to, and the place for the key.
    pub fn parts(&mut self) -> (&mut [u8], Option<&mut Option<K>>) {
        (self.bytes.as_mut(), Some(&mut self.key))
    }
}

impl<K, B: ?Sized + AsRef<[u8]> + AsMut<[u8]>> Storage<K> for &mut Keyed<K, B> {
    fn bytes(&self) -> &[u8] {
        Keyed::bytes(self)
    }

    fn parts(&mut self) -> (&mut [u8], Option<&mut Option<K>>) {
        Keyed::parts(self)
    }
}
