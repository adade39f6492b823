//! Two ends of a connection without sockets, for tests: the `Pair`.

pub mod pair;
pub mod pki;
