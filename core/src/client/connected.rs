//! CONNECTED: what may still come from a server.

use crate::config::Common;
#[cfg(feature = "post-handshake-auth")]
use crate::config::PostHandshakeAuth;
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
    #[cfg(feature = "post-handshake-auth")]
    late: PostHandshakeAuth,
}

impl Connected {
    pub(super) const fn new(secrets: ApplicationSecrets, _common: &Common) -> Self {
        Self {
            _secrets: secrets,
            #[cfg(feature = "post-handshake-auth")]
            late: _common.post_handshake_auth,
        }
    }

    /// Tickets and new keys, and requests for certificates where they were offered.
    pub(super) fn accepts(&self, message: HandshakeType) -> bool {
        #[cfg(feature = "post-handshake-auth")]
        if message == HandshakeType::CERTIFICATE_REQUEST {
            return self.late == PostHandshakeAuth::Offered;
        }
        [HandshakeType::NEW_SESSION_TICKET, HandshakeType::KEY_UPDATE].contains(&message)
    }
}

pub(super) fn on_late_message(kind: HandshakeType, body: &[u8]) -> Result<LateMessage, Error> {
    match kind {
        HandshakeType::KEY_UPDATE => Ok(LateMessage::KeyUpdate(parse_key_update(body)?)),
        HandshakeType::NEW_SESSION_TICKET => {
            NewSessionTicket::parse(body)?;
            Ok(LateMessage::Ticket)
        }
        #[cfg(feature = "post-handshake-auth")]
        HandshakeType::CERTIFICATE_REQUEST => Ok(LateMessage::CertificateRequest),
        #[cfg(feature = "tls12")]
        HandshakeType::HELLO_REQUEST => {
            hello_request::parse(body)?;
            Ok(LateMessage::HelloRequest)
        }
        _ => Err(PeerMisbehaved::UnexpectedMessage.into()),
    }
}
