//! Certificates of clients.
#![allow(missing_docs, reason = "tests")]

mod duo;
mod slow;
mod tls12;
mod tls13;
