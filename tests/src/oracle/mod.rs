//! Recorded behaviour of OpenSSL, and what is held against it.

pub mod libssl;
pub mod record;
pub mod trace;
