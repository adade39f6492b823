//! The little of DER (ITU-T X.690) that keys are made of. Strict: one encoding for each value.
#![cfg_attr(
    not(all(feature = "rsa", feature = "ecdsa-p256", feature = "ed25519", feature = "webpki")),
    allow(dead_code, reason = "which values are read depends on the algorithms that are chosen")
)]

/// Tags of X.690, section 8, constructed where DER has them so.
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const CONTEXT_0: u8 = 0xa0;
pub(crate) const CONTEXT_1: u8 = 0xa1;
pub(crate) const CONTEXT_1_PRIMITIVE: u8 = 0x81;
pub(crate) const CONTEXT_2_PRIMITIVE: u8 = 0x82;
pub(crate) const CONTEXT_3: u8 = 0xa3;
pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;

/// Reads one value after the other.
pub(crate) struct DerReader<'a> {
    rest: &'a [u8],
}

impl<'a> DerReader<'a> {
    pub(crate) const fn new(input: &'a [u8]) -> Self {
        Self { rest: input }
    }

    /// Reads what `parse` reads of `input`, if nothing is left over.
    pub(crate) fn read_all<T>(input: &'a [u8], parse: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let mut reader = Self::new(input);
        let value = parse(&mut reader)?;
        reader.is_at_end().then_some(value)
    }

    /// The content of the next value, if its tag is `tag`.
    pub(crate) fn read(&mut self, tag: u8) -> Option<&'a [u8]> {
        let (found, rest) = self.rest.split_first()?;
        let (len, rest) = read_length(rest)?;
        let (content, rest) = rest.split_at_checked(len)?;
        if *found != tag {
            return None;
        }
        self.rest = rest;
        Some(content)
    }

    /// As [`Self::read`] for a value that may be left out: nothing if another tag, or the end, comes next.
    pub(crate) fn read_optional(&mut self, tag: u8) -> Option<Option<&'a [u8]>> {
        match self.rest.first() {
            Some(found) if *found == tag => self.read(tag).map(Some),
            _ => Some(None),
        }
    }

    /// The next value with its tag and length, if its tag is `tag`.
    pub(crate) fn read_whole(&mut self, tag: u8) -> Option<&'a [u8]> {
        let before = self.rest;
        self.read(tag)?;
        before.get(..before.len().checked_sub(self.rest.len())?)
    }

    /// Whether everything was read.
    pub(crate) const fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next value, an INTEGER that is not negative, without the zero byte of its sign.
    pub(crate) fn read_unsigned(&mut self) -> Option<&'a [u8]> {
        match self.read(INTEGER)? {
            [0] => Some(&[]),
            [0, magnitude @ ..] if magnitude.first()? >= &0x80 => Some(magnitude),
            [first, ..] if *first == 0 || *first >= 0x80 => None,
            [] => None,
            magnitude => Some(magnitude),
        }
    }

    /// The next value, a BIT STRING of whole bytes.
    pub(crate) fn read_bit_string(&mut self) -> Option<&'a [u8]> {
        match self.read(BIT_STRING)?.split_first()? {
            (0, bytes) => Some(bytes),
            _ => None,
        }
    }
}

/// A length in its shortest form, below 65536: no key here is longer.
fn read_length(input: &[u8]) -> Option<(usize, &[u8])> {
    match input {
        [len @ 0..=0x7f, rest @ ..] => Some((usize::from(*len), rest)),
        [0x81, len @ 0x80..=0xff, rest @ ..] => Some((usize::from(*len), rest)),
        [0x82, high @ 1..=0xff, low, rest @ ..] => {
            Some((usize::from(u16::from_be_bytes([*high, *low])), rest))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{BIT_STRING, DerReader, INTEGER, SEQUENCE};

    fn read_one(input: &[u8], tag: u8) -> Option<&[u8]> {
        DerReader::read_all(input, |reader| reader.read(tag))
    }

    #[test]
    fn lengths_have_one_form() {
        let long = [&[SEQUENCE, 0x82, 1, 0] as &[u8], &[7; 256]].concat();
        assert_eq!(read_one(&long, SEQUENCE), Some(&[7; 256][..]));
        let medium = [&[SEQUENCE, 0x81, 0x80] as &[u8], &[7; 128]].concat();
        assert_eq!(read_one(&medium, SEQUENCE), Some(&[7; 128][..]));
        assert_eq!(read_one(&[SEQUENCE, 1, 7], SEQUENCE), Some(&[7][..]));
        for wrong in
            [&[SEQUENCE, 0x81, 1, 7] as &[u8], &[SEQUENCE, 0x82, 0, 1, 7], &[SEQUENCE, 0x80, 7, 0, 0]]
        {
            assert_eq!(read_one(wrong, SEQUENCE), None, "{wrong:x?}");
        }
    }

    #[test]
    fn what_is_cut_or_left_over_or_of_another_kind_is_refused() {
        for wrong in [&[] as &[u8], &[SEQUENCE], &[SEQUENCE, 2, 7], &[SEQUENCE, 1, 7, 7], &[INTEGER, 1, 7]] {
            assert_eq!(read_one(wrong, SEQUENCE), None, "{wrong:x?}");
        }
    }

    #[test]
    fn integers_are_positive_and_short() {
        let read = |input| DerReader::read_all(input, DerReader::read_unsigned);
        assert_eq!(read(&[INTEGER, 1, 0]), Some(&[][..]));
        assert_eq!(read(&[INTEGER, 1, 0x7f]), Some(&[0x7f][..]));
        assert_eq!(read(&[INTEGER, 2, 0, 0x80]), Some(&[0x80][..]));
        for wrong in
            [&[INTEGER, 0] as &[u8], &[INTEGER, 1, 0x80], &[INTEGER, 2, 0, 0x7f], &[INTEGER, 2, 0, 0]]
        {
            assert_eq!(read(wrong), None, "{wrong:x?}");
        }
    }

    #[test]
    fn bit_strings_are_whole_bytes() {
        let read = |input| DerReader::read_all(input, DerReader::read_bit_string);
        assert_eq!(read(&[BIT_STRING, 2, 0, 7]), Some(&[7][..]));
        assert_eq!(read(&[BIT_STRING, 2, 1, 6]), None);
        assert_eq!(read(&[BIT_STRING, 0]), None);
    }
}
