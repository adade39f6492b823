//! Certificates of clients in TLS 1.3.

mod client;
mod requests;
mod server;
mod server_states;
