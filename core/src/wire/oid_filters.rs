//! What a server wants of a client's certificate (RFC 8446, section 4.2.5).

use super::reader::{DecodeError, Reader, non_empty};

/// Certificate extensions and the values that they must have; may be empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OidFilters<'a>(&'a [u8]);

impl<'a> OidFilters<'a> {
    /// Takes the list's bytes, without its length.
    ///
    /// # Errors
    /// [`DecodeError::Malformed`] for an empty OID or a cut entry, [`DecodeError::IllegalParameter`] for two of one OID.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        let filters = Self(bytes);
        let mut reader = Reader::new(bytes);
        let mut count = 0_usize;
        while !reader.is_empty() {
            let oid = non_empty(reader.vec_u8()?)?;
            reader.vec_u16()?;
            // Quadratic, so only over the first: beyond them an entry is one of a thousand that nobody recognizes.
            let mut before = filters.iter().take(count.min(crate::limits::OID_FILTERS));
            if before.any(|(other, _)| other == oid) {
                return Err(DecodeError::IllegalParameter);
            }
            count = count.saturating_add(1);
        }
        Ok(filters)
    }

    /// The OID of each extension and the values wanted, both in DER; values may be empty.
    pub fn iter(self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        let mut reader = Reader::new(self.0);
        core::iter::from_fn(move || Some((reader.vec_u8().ok()?, reader.vec_u16().ok()?)))
    }
}
