//! TLS 1.2 seen from a peer that a test plays.

mod alerts;
mod certificates;
mod change_cipher_spec;
mod client_hello;
mod client_states;
mod ends;
mod fragments;
mod half;
mod hello_requests;
mod key_exchange;
mod keys;
mod played_client;
mod played_server;
mod puppet;
#[cfg(feature = "raw-public-keys")]
mod raw_public_keys;
mod records;
mod schemes;
mod secrets;
mod server_hello;
mod server_states;
mod sessions;
mod sizes;
mod skipped;

use crate::config::{Common, Permission};

/// Which handshake of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Round {
    First,
    /// One on a connection that is in use.
    Again,
}

const ROUNDS: [Round; 2] = [Round::First, Round::Again];

/// Lets both ends begin handshakes.
fn let_renegotiate(common: &mut Common) {
    common.renegotiation.by_us = Permission::Granted;
    common.renegotiation.by_peer = Permission::Granted;
}
