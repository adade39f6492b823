//! Recorded behaviour of OpenSSL, and what is held against it.

pub mod record;
pub mod trace;
