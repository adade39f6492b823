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

use crate::config::{Common, Resumption};
use crate::crypto::Digest;
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
pub(crate) type VerifyData = Vec<u8, VERIFY_DATA>;

/// What a connection of TLS 1.2 keeps from its last handshake, for the next one and for the exporter.
#[derive(Debug, Default)]
pub(crate) struct Tls12 {
    /// What binds the next handshake to the last (RFC 5746, section 3.1).
    pub(crate) client_verify_data: VerifyData,
    pub(crate) server_verify_data: VerifyData,
    /// Of the last handshake that is done, for the exporter (RFC 5705, section 4).
    pub(crate) client_random: [u8; RANDOM],
    pub(crate) server_random: [u8; RANDOM],
    /// A digest of the certificate that the peer showed in the last handshake that is done, if it showed one.
    pub(crate) peer_certificate: Option<Digest>,
    pub(crate) renegotiation: Renegotiation,
}

impl Tls12 {
    /// Whether there was a handshake on this connection already. In a first full one the server's Finished comes last, and
    /// what asks comes before it.
    pub(crate) fn is_bound(&self) -> bool {
        !self.server_verify_data.is_empty()
    }

    /// Whether this handshake may go on with a session, or begin one that goes on: a first one, if it is configured.
    pub(crate) fn resumption(&self, common: &Common) -> Resumption {
        if self.is_bound() { Resumption::Off } else { common.resumption }
    }

    /// What the exporter's output is bound to.
    pub(crate) const fn exported<'a>(&'a self, label: &'a [u8], context: Option<&'a [u8]>) -> Exported<'a> {
        let randoms = Randoms { client: &self.client_random, server: &self.server_random };
        Exported { randoms, label, context }
    }
}
