//! Certificates of clients in TLS 1.3.

#[cfg(feature = "certificate-authorities")]
mod authorities;
mod client;
#[cfg(feature = "post-handshake-auth")]
mod late;
mod requests;
mod server;
mod server_states;
