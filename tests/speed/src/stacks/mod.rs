//! The implementations.

mod bare;
#[cfg(feature = "boring")]
mod boring;
mod catalogue;
#[cfg(feature = "openssl")]
mod openssl;
pub(crate) mod ours;
#[cfg(any(feature = "boring", feature = "openssl", feature = "s2n"))]
mod pipe;
#[cfg(feature = "rustls")]
mod rustls;
#[cfg(feature = "s2n")]
mod s2n;
pub(crate) mod signing;

pub(crate) use catalogue::{Entry, KEEPING, entries};
