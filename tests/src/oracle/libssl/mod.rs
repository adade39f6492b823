//! The system's libssl, loaded at run time: nothing of OpenSSL is needed to build this package.
//!
//! All unsafe code of the package is in this folder; what it offers is safe.

#![allow(unsafe_code, reason = "libssl is called through its C interface")]

mod bytes;
mod connection;
mod context;
mod library;
mod symbols;
mod transport;

pub use connection::{Connection, ErrorCode, Role, Settings, Want};
pub use context::{Context, Identity, Version};
pub use library::Library;
pub use transport::Transport;
