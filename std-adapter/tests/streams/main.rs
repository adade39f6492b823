//! Streams over sockets.
#![allow(missing_docs, reason = "tests")]

mod blocking;
mod end_of_stream;
mod nonblocking;
mod pki;
