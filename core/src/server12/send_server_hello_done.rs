//! Sends ServerHelloDone, which ends our flight.

use super::wait_client_key_exchange::Proof;
use super::{State, WaitCertificate, WaitClientKeyExchange};
use crate::config::PeerCertificate;
use crate::crypto::Provider;
use crate::engine::{Context, Hashing, Sent};
use crate::error::Error;
use crate::wire::tls12::server_hello_done;

#[derive(Debug)]
pub struct SendServerHelloDone {
    cursor: usize,
    clients: PeerCertificate,
}

impl SendServerHelloDone {
    pub(super) const fn new(clients: PeerCertificate) -> Self {
        Self { cursor: 0, clients }
    }

    pub(super) fn send_server_hello_done<P: Provider>(
        mut self,
        context: &mut Context<'_, P>,
    ) -> Result<(State, Sent), Error> {
        let sent = context.send_message(&mut self.cursor, Hashing::Now, &|w| server_hello_done::encode(w))?;
        if sent == Sent::Part {
            return Ok((State::SendServerHelloDone(self), Sent::Part));
        }
        let state = match self.clients {
            PeerCertificate::None => {
                State::WaitClientKeyExchange(WaitClientKeyExchange::new(Proof::NotNeeded))
            }
            PeerCertificate::Requested | PeerCertificate::Required => {
                State::WaitCertificate(WaitCertificate::new(self.clients))
            }
        };
        Ok((state, Sent::All))
    }
}
