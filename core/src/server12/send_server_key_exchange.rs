//! Sends our half of the key exchange, signed with the key of our certificate (RFC 8422, section 5.4).

use super::{SendCertificateRequest, SendServerHelloDone, State};
use crate::config::PeerCertificate;
use crate::crypto::Provider;
use crate::engine::{Context, Hashing, Sent};
use crate::error::{Error, Internal};
use crate::wire::tls12::server_key_exchange;

#[derive(Debug)]
pub struct SendServerKeyExchange {
    cursor: usize,
}

impl SendServerKeyExchange {
    pub(super) const fn new() -> Self {
        Self { cursor: 0 }
    }

    pub(super) fn send_server_key_exchange<P: Provider>(
        mut self,
        clients: PeerCertificate,
        context: &mut Context<'_, P>,
    ) -> Result<(State, Sent), Error> {
        let group = context.negotiated.group.ok_or(Internal::State)?;
        let (_, scheme) = context.space.identity.ok_or(Internal::State)?;
        let sent = context.send_from_space(&mut self.cursor, Hashing::Now, &|space, writer| {
            let signed = (scheme, &*space.signature);
            server_key_exchange::encode(writer, (group, &space.public_value), signed);
        })?;
        if sent == Sent::Part {
            return Ok((State::SendServerKeyExchange(self), Sent::Part));
        }
        let state = match clients {
            PeerCertificate::None => {
                context.space.drop_other_transcripts();
                State::SendServerHelloDone(SendServerHelloDone::new(clients))
            }
            PeerCertificate::Requested | PeerCertificate::Required => {
                State::SendCertificateRequest(SendCertificateRequest::new(clients))
            }
        };
        Ok((state, Sent::All))
    }
}
