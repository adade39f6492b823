//! Sessions between the connections of a test.

use tidegate::wire::enums::SignatureScheme;
use tidegate_std::openssl::{Ssl, SslSession};

use super::Failure;
use super::exchange::Exchange;
use super::line::Line;

/// What a connection leaves for the next: a client's session; a server's is with the context.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) session: Option<SslSession>,
    /// How the peer signed when it began.
    pub(super) peer_scheme: Option<SignatureScheme>,
}

impl Kept {
    /// What this connection leaves; nothing where a client has no session.
    pub(super) fn of(exchange: &Exchange<'_>) -> Option<Self> {
        let (session, peer_scheme) = (exchange.ssl.get1_session(), exchange.peer_scheme());
        (session.is_some() || exchange.config.has("-server")).then_some(Self { session, peer_scheme })
    }

    /// Offers it in this connection.
    pub(super) fn set(&self, ssl: &mut Ssl<Line>) -> Result<(), Failure> {
        match &self.session {
            Some(session) if ssl.set_session(Some(session)) != 1 => {
                Err(Failure::said("the session was made under another context"))
            }
            Some(_) | None => Ok(()),
        }
    }
}

impl Exchange<'_> {
    /// Whether a client has a session that it did not begin with.
    pub(super) fn has_new_session(&self) -> bool {
        let session = self.ssl.get1_session();
        session.is_some() && session != self.offered
    }

    /// How the peer signed.
    pub(super) fn peer_scheme(&self) -> Option<SignatureScheme> {
        if self.ssl.session_reused() == 1 {
            return self.first_scheme;
        }
        let agreed = self.ssl.negotiated()?;
        if self.config.has("-server") { agreed.client_signature_scheme } else { agreed.signature_scheme }
    }
}
