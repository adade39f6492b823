//! The streams over `embedded-io` and `embedded-io-async`: two ends over pipes in memory that take and give what chance says.
#![allow(missing_docs, reason = "tests")]

mod asynchronous;
mod blocking;
mod ends;
mod errors;
mod pipe;
mod random;
mod split;
mod tasks;
