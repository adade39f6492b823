//! Sessions of TLS 1.2 that go on in other connections (RFC 5246, section 7.3; RFC 5077).

use core::fmt;
use core::ops::{Deref, DerefMut};

use pki_types::UnixTime;

use super::Connection;
use crate::client::Client;
use crate::config::{ClientConfig, Identities, Resumption};
use crate::crypto::Provider;
use crate::engine::{HandshakeSpace, SessionKind};
use crate::session::{KeptSession, life, lifetime};
use crate::storage::Storage;

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
    /// took, if it fits. `now` is when it began, or when its new ticket came, which does not make it live longer than a day.
    #[must_use]
    pub fn encode(&self, now: UnixTime, out: &mut [u8]) -> Option<usize> {
        let (issued, lifetime) = life(self.kept.issued, now.as_secs(), self.kept.lifetime);
        KeptSession { issued, lifetime, ..self.kept }.encode(out)
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
    /// The session, which may go on in later connections to the same name: after a handshake of TLS 1.2 whose server allows
    /// it, while the connection has its handshake space. One that went on itself is kept already, unless it got a new ticket.
    #[must_use]
    pub fn session(&self) -> Option<Session<'_>> {
        let Self { engine, config, .. } = self;
        let space = self.space.as_deref().filter(|_| engine.is_connected())?;
        let slots = &space.tls12.session;
        let given = !slots.ticket.is_empty() || !space.session_id.is_empty();
        let is_new = engine.negotiated.session == SessionKind::New || !slots.ticket.is_empty();
        let new = engine.negotiated.is_tls12() && is_new;
        if !given || !new || config.common.resumption == Resumption::Off {
            return None;
        }
        // With a ticket the id says nothing (RFC 5077, section 3.4).
        let session_id = if slots.ticket.is_empty() { &*space.session_id } else { &[] };
        let kept = KeptSession {
            cipher_suite: engine.negotiated.cipher_suite?,
            group: engine.negotiated.group?,
            master_secret: engine.exporter.as_bytes(),
            server_name: &space.server_name,
            context: &config.common.session_context,
            peer_certificate: engine.peer_certificate.as_bytes(),
            session_id,
            ticket: &slots.ticket,
            issued: slots.old.map_or(0, |old| old.issued),
            lifetime: lifetime(slots.ticket_lifetime),
        };
        Some(Session { kept })
    }
}
