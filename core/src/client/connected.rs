//! CONNECTED: what may still come from a server.

use crate::engine::LateMessage;
use crate::error::{Error, PeerMisbehaved};
use crate::schedule::ApplicationSecrets;
use crate::wire::enums::HandshakeType;
use crate::wire::new_session_ticket::NewSessionTicket;
use crate::wire::parse_key_update;
#[cfg(feature = "tls12")]
use crate::wire::tls12::hello_request;

#[derive(Debug)]
pub struct Connected {
    _secrets: ApplicationSecrets,
}

impl Connected {
    pub(super) const fn new(secrets: ApplicationSecrets) -> Self {
        Self { _secrets: secrets }
    }
}

pub(super) fn on_late_message(kind: HandshakeType, body: &[u8]) -> Result<LateMessage, Error> {
    match kind {
        HandshakeType::KEY_UPDATE => Ok(LateMessage::KeyUpdate(parse_key_update(body)?)),
        HandshakeType::NEW_SESSION_TICKET => {
            NewSessionTicket::parse(body)?;
            Ok(LateMessage::Ticket)
        }
        #[cfg(feature = "tls12")]
        HandshakeType::HELLO_REQUEST => {
            hello_request::parse(body)?;
            Ok(LateMessage::HelloRequest)
        }
        _ => Err(PeerMisbehaved::UnexpectedMessage.into()),
    }
}
