//! Connections whose peer is played by a test: it has keys, and says whatever it is told to.
#![cfg(feature = "rustcrypto")]

mod client;
#[cfg(feature = "client-auth")]
mod client_auth;
mod client_states;
#[cfg(feature = "cookies")]
mod cookies;
mod early_data;
#[cfg(feature = "early-data")]
mod early_data_offer;
mod hellos;
mod key_updates;
mod limits;
#[cfg(feature = "mlkem")]
mod mlkem;
#[cfg(feature = "ocsp")]
mod ocsp;
mod own_side;
mod played_client;
mod played_server;
#[cfg(feature = "psk")]
mod psk;
mod puppet;
#[cfg(feature = "raw-public-keys")]
mod raw_public_keys;
mod records;
#[cfg(all(feature = "early-data", feature = "client-auth", feature = "cookies"))]
mod rfc8448;
mod server;
mod server_states;
mod shutdown;
mod subject;
#[cfg(feature = "tls12")]
mod tls12;
