//! The bytes of TLS: one [`Reader`](reader::Reader), one [`Writer`](writer::Writer), and a type for each message.
//!
//! A message is parsed once, into a value that can't be illegal; handlers never index bytes.

pub mod enums;
