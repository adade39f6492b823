//! How long something would have to be.

use core::fmt;

/// Bytes, fewer than 2^24, as many as a handshake message can have. In three bytes of its own: with it an error fits a
/// register.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Length([u8; 3]);

impl Length {
    /// As many bytes; 2^24 - 1 for more.
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        match u32::try_from(bytes).unwrap_or(u32::MAX).to_be_bytes() {
            [0, rest @ ..] => Self(rest),
            _ => Self([0xff; 3]),
        }
    }

    /// The number of bytes.
    #[must_use]
    pub fn bytes(self) -> usize {
        let [high, middle, low] = self.0;
        usize::try_from(u32::from_be_bytes([0, high, middle, low])).unwrap_or(usize::MAX)
    }
}

impl From<usize> for Length {
    fn from(bytes: usize) -> Self {
        Self::new(bytes)
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.bytes().fmt(f)
    }
}

impl fmt::Debug for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.bytes().fmt(f)
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Length {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{=usize}", self.bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::Length;
    use crate::error::Error;

    #[test]
    fn a_length_says_what_it_was_made_of() {
        for bytes in [0, 255, 256, 65_535, 65_536, 0xff_ffff] {
            assert_eq!(Length::new(bytes).bytes(), bytes);
        }
        assert_eq!(Length::new(0x100_0000).bytes(), 0xff_ffff);
        assert_eq!(std::format!("{0} {0:?}", Length::new(1000)), "1000 1000");
    }

    #[test]
    fn an_error_fits_a_register_of_a_small_device() {
        assert!(size_of::<Result<(), Error>>() <= 4);
    }
}
