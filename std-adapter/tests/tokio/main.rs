//! Streams over the transports of tokio.
#![allow(missing_docs, reason = "tests")]

#[path = "../openssl/narrow.rs"]
#[expect(dead_code, reason = "its transport does not block, and is not polled")]
mod narrow;
#[path = "../streams/pki.rs"]
#[expect(dead_code, reason = "sockets that block, and other identities")]
mod pki;

mod cancelled;
mod ends;
mod peers;
mod served;
mod sockets;
mod tasks;
mod wakers;
mod wire;
