//! Reading bytes that a peer sent.

/// Why bytes could not be read as what they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// Too short, too long, or a length that contradicts another.
    Malformed,
    /// A value that is not allowed.
    IllegalParameter,
    /// An extension twice in one message.
    DuplicateExtension,
    /// An extension in a message where it does not belong.
    MisplacedExtension,
    /// An extension in an answer that was not offered.
    UnsolicitedExtension,
    /// An extension that must be there is not.
    MissingExtension,
}

/// Takes values off the front of a slice. Nothing is copied.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Reads these bytes.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// What is left to be read.
    #[must_use]
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Whether everything was read.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next `count` bytes.
    ///
    /// # Errors
    /// [`DecodeError::Malformed`] if there are fewer.
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], DecodeError> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(DecodeError::Malformed)?;
        self.rest = rest;
        Ok(taken)
    }

    /// The next `N` bytes as an array.
    ///
    /// # Errors
    /// [`DecodeError::Malformed`] if there are fewer.
    pub fn array<const N: usize>(&mut self) -> Result<&'a [u8; N], DecodeError> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(DecodeError::Malformed)?;
        self.rest = rest;
        Ok(taken)
    }

    /// The next byte.
    ///
    /// # Errors
    /// [`DecodeError::Malformed`] if there is none.
    pub fn u8(&mut self) -> Result<u8, DecodeError> {
        self.array().map(|[byte]| *byte)
    }

    /// The next two bytes as a number.
    ///
    /// # Errors
    /// [`DecodeError::Malformed`] if there are fewer.
    pub fn u16(&mut self) -> Result<u16, DecodeError> {
        self.array().map(|bytes| u16::from_be_bytes(*bytes))
    }

    /// The next four bytes as a number.
    ///
    /// # Errors
    /// [`DecodeError::Malformed`] if there are fewer.
    pub fn u32(&mut self) -> Result<u32, DecodeError> {
        self.array().map(|bytes| u32::from_be_bytes(*bytes))
    }

    /// A vector whose length stands before it in one byte.
    ///
    /// # Errors
    /// [`DecodeError::Malformed`] if it is cut short.
    pub fn vec_u8(&mut self) -> Result<&'a [u8], DecodeError> {
        let length = self.u8()?;
        self.take(usize::from(length))
    }

    /// A vector whose length stands before it in two bytes.
    ///
    /// # Errors
    /// [`DecodeError::Malformed`] if it is cut short.
    pub fn vec_u16(&mut self) -> Result<&'a [u8], DecodeError> {
        let length = self.u16()?;
        self.take(usize::from(length))
    }

    /// A vector whose length stands before it in three bytes.
    ///
    /// # Errors
    /// [`DecodeError::Malformed`] if it is cut short.
    pub fn vec_u24(&mut self) -> Result<&'a [u8], DecodeError> {
        let [high, mid, low] = *self.array()?;
        let length = u32::from_be_bytes([0, high, mid, low]);
        self.take(usize::try_from(length).map_err(|_| DecodeError::Malformed)?)
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// [`DecodeError::Malformed`] if bytes are left.
    pub const fn finish(self) -> Result<(), DecodeError> {
        if self.is_empty() { Ok(()) } else { Err(DecodeError::Malformed) }
    }
}

/// The bytes themselves if there is at least one.
///
/// # Errors
/// [`DecodeError::Malformed`] if there is none.
pub(super) const fn non_empty(bytes: &[u8]) -> Result<&[u8], DecodeError> {
    if bytes.is_empty() { Err(DecodeError::Malformed) } else { Ok(bytes) }
}
