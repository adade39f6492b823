//! Lists inside messages, read where they lie.

use super::enums::NamedGroup;
use super::reader::{DecodeError, Reader, non_empty};

/// A non-empty list of two-byte numbers: suites, versions, groups, signature schemes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct U16List<'a>(&'a [u8]);

impl<'a> U16List<'a> {
    /// Takes `bytes` as such a list.
    ///
    /// # Errors
    /// [`DecodeError::Malformed`] for an odd length or none.
    pub const fn parse(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        if bytes.is_empty() || !bytes.len().is_multiple_of(2) {
            return Err(DecodeError::Malformed);
        }
        Ok(Self(bytes))
    }

    /// The numbers in the order of the sender's preference.
    pub fn iter(self) -> impl Iterator<Item = u16> + 'a {
        let (pairs, _) = self.0.as_chunks::<2>();
        pairs.iter().map(|pair| u16::from_be_bytes(*pair))
    }

    /// Whether `value` is in the list.
    #[must_use]
    pub fn contains(self, value: u16) -> bool {
        self.iter().any(|item| item == value)
    }
}

/// Protocol names of ALPN (RFC 7301): a non-empty list of non-empty names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProtocolNames<'a>(&'a [u8]);

impl<'a> ProtocolNames<'a> {
    /// Takes the list's bytes, without its length.
    ///
    /// # Errors
    /// [`DecodeError::Malformed`] for an empty list, an empty name or a cut one.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(non_empty(bytes)?);
        while !reader.is_empty() {
            non_empty(reader.vec_u8()?)?;
        }
        Ok(Self(bytes))
    }

    /// The names in the order of the sender's preference.
    pub fn iter(self) -> impl Iterator<Item = &'a [u8]> {
        let mut reader = Reader::new(self.0);
        core::iter::from_fn(move || reader.vec_u8().ok())
    }
}

/// The names of certificate authorities; may be empty, which says nothing about the authorities taken.
#[cfg(feature = "_client-certificates")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DistinguishedNames<'a>(&'a [u8]);

#[cfg(feature = "_client-certificates")]
impl<'a> DistinguishedNames<'a> {
    /// Takes the list's bytes, without its length.
    ///
    /// # Errors
    /// [`DecodeError::Malformed`] for an empty name or a cut one.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        while !reader.is_empty() {
            non_empty(reader.vec_u16()?)?;
        }
        Ok(Self(bytes))
    }

    /// The names, each in DER.
    pub fn iter(self) -> impl Iterator<Item = &'a [u8]> {
        let mut reader = Reader::new(self.0);
        core::iter::from_fn(move || reader.vec_u16().ok())
    }
}

/// The key shares of a ClientHello (RFC 8446, section 4.2.8); may be empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyShares<'a>(&'a [u8]);

impl<'a> KeyShares<'a> {
    /// Takes the list's bytes, without its length.
    ///
    /// # Errors
    /// [`DecodeError::Malformed`] for a cut or empty share, [`DecodeError::IllegalParameter`] for two of one group.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let shares = Self(bytes);
        let mut count = 0_usize;
        while !reader.is_empty() {
            let group = NamedGroup(reader.u16()?);
            non_empty(reader.vec_u16()?)?;
            // Quadratic, so only over the known groups: others are never looked up.
            if group.name().is_some() && shares.iter().take(count).any(|(other, _)| other == group) {
                return Err(DecodeError::IllegalParameter);
            }
            count = count.saturating_add(1);
        }
        Ok(shares)
    }

    /// All of them, as they were sent.
    #[must_use]
    pub const fn as_bytes(self) -> &'a [u8] {
        self.0
    }

    /// The shares in the order of the sender's preference.
    pub fn iter(self) -> impl Iterator<Item = (NamedGroup, &'a [u8])> {
        let mut reader = Reader::new(self.0);
        core::iter::from_fn(move || Some((NamedGroup(reader.u16().ok()?), reader.vec_u16().ok()?)))
    }

    /// The public value for a group, if there is one.
    #[must_use]
    pub fn find(self, group: NamedGroup) -> Option<&'a [u8]> {
        self.iter().find(|(other, _)| *other == group).map(|(_, value)| value)
    }
}
