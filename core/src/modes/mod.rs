#![doc = include_str!("chapter.md")]

pub mod read;
pub mod release;
pub mod shutdown;
mod terms;
pub mod write;

#[cfg(test)]
mod tests;

use terms::AfterMessage;
pub use terms::{Completion, Control, Handshake, ReadAhead, Span, Terms, UnexpectedEnd, Writing};

/// A set of modes, as SSL_CTX_set_mode(3) numbers them. Unknown bits are kept (V21).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Modes(u32);

impl Modes {
    /// `SSL_MODE_ENABLE_PARTIAL_WRITE`: a write may return less than its length, once something is complete.
    pub const ENABLE_PARTIAL_WRITE: Self = Self(0x01);
    /// `SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER`: a retry may have another address; its content must be the same.
    pub const ACCEPT_MOVING_WRITE_BUFFER: Self = Self(0x02);
    /// `SSL_MODE_AUTO_RETRY`: a read goes on after a record that is no application data.
    pub const AUTO_RETRY: Self = Self(0x04);
    /// `SSL_MODE_RELEASE_BUFFERS`: buffers that hold nothing are given back.
    pub const RELEASE_BUFFERS: Self = Self(0x10);
    /// `SSL_MODE_SEND_FALLBACK_SCSV`: a client's hello says that it is a second try with an older version (RFC 7507), which a
    /// server that knows a newer one refuses: somebody is in between.
    #[cfg(feature = "tls12")]
    pub const SEND_FALLBACK_SCSV: Self = Self(0x80);

    /// No mode: the default of OpenSSL 1.0.1.
    #[must_use]
    pub const fn empty() -> Self {
        Self(0)
    }

    /// The set with these bits; bits without a name are kept.
    #[must_use]
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// The bits, as `SSL_get_mode` returns them.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// The set with the others added, as `SSL_set_mode` returns it.
    #[must_use]
    pub const fn set(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// The set without the others, as `SSL_clear_mode` returns it.
    #[must_use]
    pub const fn clear(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }

    /// Whether all of the others are in the set.
    #[must_use]
    pub const fn contains(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }
}

impl core::ops::BitOr for Modes {
    type Output = Self;

    fn bitor(self, others: Self) -> Self {
        self.set(others)
    }
}

impl Default for Modes {
    /// `AUTO_RETRY` alone, as OpenSSL since 1.1.1.
    fn default() -> Self {
        Self::AUTO_RETRY
    }
}
