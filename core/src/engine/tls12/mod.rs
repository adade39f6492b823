//! What the engine does for TLS 1.2 alone: keys that change at a change_cipher_spec, warnings, renegotiation.

mod alert;
mod context;
mod keys;
mod passage;
mod renegotiation;
mod session;
mod space;

pub(crate) use keys::MasterSecret;
pub(crate) use renegotiation::{RenegotiateStop, Renegotiation};
pub(crate) use session::{Renewal, SessionSlots};
pub(crate) use space::{SignedHashes, Tls12Space};

use heapless::Vec;

use super::Peer;
use crate::schedule12::{Exported, Randoms, VERIFY_DATA};
use crate::wire::RANDOM;

/// In which order the last messages come (RFC 5246, section 7.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// In a full handshake the client's Finished comes first.
    Full,
    /// Where a session goes on, the server's.
    Abbreviated,
}

/// The verify_data of a Finished; empty before there was one.
pub(crate) type VerifyData = Vec<u8, VERIFY_DATA, u8>;

/// What a connection of TLS 1.2 keeps from its last handshake, for the next one and for the exporter.
#[derive(Debug, Default)]
pub(crate) struct Tls12 {
    /// What binds the next handshake to the last (RFC 5746, section 3.1).
    pub(crate) client_verify_data: VerifyData,
    pub(crate) server_verify_data: VerifyData,
    /// Of the last handshake that is done, for the exporter (RFC 5705, section 4).
    pub(crate) client_random: [u8; RANDOM],
    pub(crate) server_random: [u8; RANDOM],
}

impl Tls12 {
    /// What the Finished of this end said last.
    pub(crate) const fn verify_data(&self, owner: Peer) -> &VerifyData {
        match owner {
            Peer::Client => &self.client_verify_data,
            Peer::Server => &self.server_verify_data,
        }
    }

    pub(crate) const fn verify_data_mut(&mut self, owner: Peer) -> &mut VerifyData {
        match owner {
            Peer::Client => &mut self.client_verify_data,
            Peer::Server => &mut self.server_verify_data,
        }
    }

    /// What the exporter's output is bound to.
    pub(crate) const fn exported<'a>(&'a self, label: &'a [u8], context: Option<&'a [u8]>) -> Exported<'a> {
        let randoms = Randoms { client: &self.client_random, server: &self.server_random };
        Exported { randoms, label, context }
    }
}
