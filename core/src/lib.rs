//! A TLS 1.3 engine without I/O.
#![no_std]
#![deny(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unreachable,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    clippy::std_instead_of_core,
    clippy::alloc_instead_of_core
)]
#![cfg_attr(
    test,
    allow(
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::as_conversions,
        clippy::arithmetic_side_effects,
        clippy::std_instead_of_core,
        clippy::alloc_instead_of_core,
        reason = "tests may panic, and have an allocator"
    )
)]

#[cfg(test)]
extern crate std;

pub mod buffers;
mod client;
pub mod config;
mod connection;
pub mod crypto;
pub mod driver;
mod engine;
pub mod error;
pub mod limits;
pub mod modes;
mod pool;
mod record;
mod schedule;
pub mod secret;
mod server;
#[cfg(any(feature = "ecdsa-p256", feature = "ecdsa-p384", feature = "ed25519"))]
pub mod sign;
pub mod storage;
pub mod wire;
#[cfg(feature = "webpki")]
pub mod x509;

pub use client::Client;
pub use connection::{
    AppData, AttachError, ChooseIdentity, ClientConnection, Connection, CreateError, Event, ExportError,
    IdentityRefused, Lent, PublicKeyTooLong, ReadError, ServerConnection, Sign, SignatureTooLong, Ticket,
    UpdateKeysError, VerifyPeer, Want, WriteError,
};
pub use engine::{HandshakeSpace, HelloRetry, Negotiated, Role, ServerNameUse};
pub use error::Error;
pub use pki_types::{ServerName, UnixTime};
pub use pool::BufferPool;
pub use server::Server;
