//! The messages that TLS 1.2 has, or has in another form (RFC 5246, section 7.4).
//!
//! CertificateVerify has the form of TLS 1.3, Finished and ClientHello share theirs: they stand one folder up.

pub mod certificate;
pub mod certificate_request;
pub mod client_key_exchange;
pub mod hello_offer;
pub mod hello_request;
pub mod new_session_ticket;
pub mod server_hello;
pub mod server_hello_done;
pub mod server_key_exchange;

#[cfg(test)]
mod tests;
