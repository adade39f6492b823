//! Application protocols.

use crate::copy::copy;
use heapless::Vec;

/// Application protocol names (RFC 7301) in the form of the wire, inline: [`Protocols::CAPACITY`] bytes for names and
/// a length each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Protocols {
    list: [u8; Self::CAPACITY],
    len: usize,
}

impl Protocols {
    /// Bytes of all names together, with one byte of length for each.
    pub const CAPACITY: usize = 64;

    /// No protocols: the extension is left out.
    #[must_use]
    pub const fn none() -> Self {
        Self { list: [0; Self::CAPACITY], len: 0 }
    }

    /// These protocols, the preferred one first; `None` if a name is empty or they do not fit.
    #[must_use]
    pub fn new<'a>(names: impl IntoIterator<Item = &'a [u8]>) -> Option<Self> {
        let mut list = Vec::<u8, { Self::CAPACITY }>::new();
        for name in names {
            let length = u8::try_from(name.len()).ok().filter(|length| *length > 0)?;
            list.push(length).ok()?;
            list.extend_from_slice(name).ok()?;
        }
        let mut protocols = Self::none();
        copy(&mut protocols.list, &list);
        protocols.len = list.len();
        Some(protocols)
    }

    /// The names.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let mut reader = crate::wire::Reader::new(self.as_wire());
        core::iter::from_fn(move || reader.vec_u8().ok())
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Names with their lengths, as they go into the extension.
    pub(crate) fn as_wire(&self) -> &[u8] {
        self.list.get(..self.len).unwrap_or_default()
    }

    /// The place of a name.
    pub(crate) fn position(&self, name: &[u8]) -> Option<u8> {
        self.iter().position(|own| own == name).and_then(|place| u8::try_from(place).ok())
    }
}
