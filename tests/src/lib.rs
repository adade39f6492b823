//! Two ends of a connection without sockets, for tests: the `Pair`; and what speaks with other programs.

pub mod interop;
mod middle;
pub mod oracle;
pub mod pair;
pub mod pki;
pub mod sessions;
