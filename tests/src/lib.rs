//! Two ends of a connection without sockets, for tests: the `Pair`; what speaks with other programs; what runs the firmware
//! and measures it.

pub mod bogo;
pub mod budget;
mod buffers;
pub mod cargo;
pub mod chart;
mod cookies;
pub mod counts;
pub mod firmware;
pub mod insider;
pub mod interop;
mod middle;
pub mod mutations;
pub mod oracle;
pub mod pair;
pub mod panics;
pub mod pki;
pub mod sessions;
pub mod transitions;
pub mod weakened;
