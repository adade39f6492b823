//! Sessions of TLS 1.2 that go on in other connections (RFC 5246, section 7.3; RFC 5077).

use core::fmt;
use core::ops::{Deref, DerefMut};

use pki_types::UnixTime;

use super::Connection;
use crate::client::{self, Client};
use crate::config::{ClientConfig, Identities, Resumption};
use crate::crypto::{Digest, Provider};
use crate::engine::{HandshakeSpace, SessionKind};
use crate::negotiation::selection12::is_usable;
use crate::session::{KeptSession, lifetime};
use crate::storage::Storage;

/// Why a session can't be used. A full handshake does without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionRefused {
    /// The bytes are no session of this library's.
    Malformed,
    /// It was made for another name, or under another [`session_context`](crate::config::Common::session_context).
    OtherPeer,
    /// Its time is over, or has not begun.
    Expired,
    /// This end does not resume sessions now: it is not configured to, or the handshake has begun.
    NotNow,
    /// The client does not offer the suite of the session any more, or this end does not have it.
    CipherSuite,
}

impl fmt::Display for SessionRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "the bytes are no session",
            Self::OtherPeer => "the session belongs to another name or configuration",
            Self::Expired => "the session has expired",
            Self::NotNow => "no session can be resumed now",
            Self::CipherSuite => "the cipher suite of the session is not offered",
        })
    }
}

impl core::error::Error for SessionRefused {}

/// A session that a client may keep. It holds a secret: who has it can read and forge what is sent under it.
pub struct Session<'a> {
    kept: KeptSession<'a>,
}

impl fmt::Debug for Session<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("server_name", &self.kept.server_name).finish_non_exhaustive()
    }
}

impl Session<'_> {
    /// Seconds that it is good for.
    #[must_use]
    pub const fn lifetime(&self) -> u32 {
        self.kept.lifetime
    }

    /// Writes it to `out`, which may have to take [`MAX_CLIENT_SESSION`](crate::MAX_CLIENT_SESSION) bytes; how many it
    /// took, if it fits. `now` is when it began.
    #[must_use]
    pub fn encode(&self, now: UnixTime, out: &mut [u8]) -> Option<usize> {
        KeptSession { issued: now.as_secs(), ..self.kept }.encode(out)
    }
}

impl<T, P, C, H, I, O> Connection<Client<T>, P, C, H, I, O>
where
    T: Identities + fmt::Debug,
    P: Provider,
    C: Deref<Target = ClientConfig<T>>,
    H: DerefMut<Target = HandshakeSpace<P>>,
    I: Storage<P::AeadKey>,
    O: Storage<P::AeadKey>,
{
    /// Offers to go on with a session that [`Session::encode`] wrote, before the handshake begins. The server decides;
    /// [`Negotiated::session`](crate::Negotiated) says what it decided.
    ///
    /// # Errors
    /// [`SessionRefused`]; the handshake will be a full one.
    pub fn resume(&mut self, session: &[u8], now: UnixTime) -> Result<(), SessionRefused> {
        let common = &self.config.common;
        let begun = !matches!(self.engine.state, client::State::Start(_));
        if begun || common.resumption == Resumption::Off || !common.versions.has_tls12() {
            return Err(SessionRefused::NotNow);
        }
        let space = self.space.as_deref_mut().ok_or(SessionRefused::NotNow)?;
        let kept = KeptSession::parse(session).map_err(|_| SessionRefused::Malformed)?;
        if kept.server_name != space.server_name.as_str() || *kept.context != *common.session_context {
            return Err(SessionRefused::OtherPeer);
        }
        if !kept.is_fresh(now) {
            return Err(SessionRefused::Expired);
        }
        if !is_usable(kept.cipher_suite, common, P::SUITES) {
            return Err(SessionRefused::CipherSuite);
        }
        space.tls12.session.keep(&kept).ok_or(SessionRefused::Malformed)?;
        space.keep_session_id(kept.session_id).map_err(|_| SessionRefused::Malformed)
    }

    /// The session, which may go on in later connections to the same name: after a full handshake of TLS 1.2 whose server
    /// allows it, while the connection has its handshake space. One that went on itself is kept already.
    #[must_use]
    pub fn session(&self) -> Option<Session<'_>> {
        let Self { engine, config, .. } = self;
        let space = self.space.as_deref().filter(|_| engine.is_connected())?;
        let slots = &space.tls12.session;
        let given = !slots.ticket.is_empty() || !space.session_id.is_empty();
        let new = engine.negotiated.is_tls12() && engine.negotiated.session == SessionKind::New;
        if !given || !new || config.common.resumption == Resumption::Off {
            return None;
        }
        // With a ticket the id says nothing (RFC 5077, section 3.4).
        let session_id = if slots.ticket.is_empty() { &*space.session_id } else { &[] };
        let kept = KeptSession {
            cipher_suite: engine.negotiated.cipher_suite?,
            master_secret: engine.exporter.as_bytes(),
            server_name: &space.server_name,
            context: &config.common.session_context,
            peer_certificate: engine.tls12.peer_certificate.as_ref().map_or(&[], Digest::as_bytes),
            session_id,
            ticket: &slots.ticket,
            issued: 0,
            lifetime: lifetime(slots.ticket_lifetime),
        };
        Some(Session { kept })
    }
}
