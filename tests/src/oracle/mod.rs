//! Recorded behaviour of OpenSSL, and what is held against it.

mod command;
pub mod compared;
mod delivery;
pub mod endpoint;
pub mod features;
pub mod judge;
pub mod libssl;
mod lines;
pub mod live;
pub mod model;
pub mod numbers;
mod peer;
pub mod predict;
pub mod profile;
mod provoked;
pub mod random;
pub mod record;
pub mod reference;
pub mod replay;
pub mod run;
mod steps;
pub mod stream;
pub mod tally;
pub mod tap;
mod tap12;
pub mod tidegate;
pub mod trace;
pub mod wire;

pub use lines::{read_each, read_traces, write_operation, write_trace};
