//! The face in OpenSSL's shape.
#![allow(missing_docs, reason = "tests")]

#[path = "../streams/pki.rs"]
#[allow(dead_code, reason = "shared with the streams' tests, which use all of it")]
mod pki;

mod duo;
mod duplex;
mod early_data;
mod ends;
mod gate;
mod narrow;
mod release;
mod renegotiation;
mod sessions;
mod sockets;
mod transports;
mod verify;
mod writes;
