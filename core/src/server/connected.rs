//! CONNECTED: what may still come from a client.

use crate::engine::LateMessage;
use crate::error::{Error, PeerMisbehaved};
use crate::schedule::ApplicationSecrets;
use crate::wire::enums::HandshakeType;
use crate::wire::parse_key_update;

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
        #[cfg(feature = "tls12")]
        HandshakeType::CLIENT_HELLO => Ok(LateMessage::ClientHello),
        _ => Err(PeerMisbehaved::UnexpectedMessage.into()),
    }
}
