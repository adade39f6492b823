//! Streams over sockets.
#![allow(missing_docs, reason = "tests")]

#[path = "../openssl/narrow.rs"]
mod narrow;

mod blocking;
mod client_certificates;
mod cookies;
mod duplex;
mod early_data;
mod end_of_stream;
mod kept_signatures;
mod nonblocking;
mod pki;
mod release;
mod renegotiation;
mod revocation;
mod sessions;
