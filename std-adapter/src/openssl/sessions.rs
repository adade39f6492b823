//! Sessions that go on in other connections: SSL_get_session(3), SSL_set_session(3), SSL_CTX_set_session_cache_mode(3).

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use pki_types::CertificateDer;
use tidegate::{NewTicketError, SessionKind};
use zeroize::Zeroizing;

use super::context::SslContext;
use super::ssl::{HandshakeProgress, Ssl, SslRole};
use super::verdict::{Reason, Verdict};
use crate::certificates::Chain;
use crate::sessions::{NewSession, Tickets, Time};

/// A session that a client may go on with in another connection: `SSL_SESSION`. Clones are the same session. In TLS 1.2 it has
/// the session's id or ticket; in TLS 1.3 one of the tickets that come after the handshake, and is to be used once.
///
/// It holds a secret, and what its server proved: it is good under the context that it was made under, for the same host
/// name, for as long as the server says, and a day at most in TLS 1.2, a week in TLS 1.3.
#[derive(Clone)]
pub struct SslSession(Arc<Kept>);

struct Kept {
    bytes: Zeroizing<Vec<u8>>,
    certificates: Chain,
    mark: Mark,
    /// Bytes of early data that the server takes.
    max_early_data: u32,
    has_failed: AtomicBool,
}

impl SslSession {
    /// 1 where a connection may go on with it; 0 once one of its connections has failed, whatever its age
    /// (`SSL_SESSION_is_resumable`; RFC 5246, section 7.2.2).
    #[must_use]
    pub fn is_resumable(&self) -> i32 {
        i32::from(!self.0.has_failed.load(Ordering::Relaxed))
    }

    /// Bytes of early data that the server says it takes with it, 0 for none (`SSL_SESSION_get_max_early_data`).
    #[must_use]
    pub fn get_max_early_data(&self) -> u32 {
        self.0.max_early_data
    }

    fn give_up(&self) {
        self.0.has_failed.store(true, Ordering::Relaxed);
    }
}

/// Whether it is the very same session.
impl PartialEq for SslSession {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for SslSession {}

impl fmt::Debug for SslSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SslSession").field("resumable", &self.is_resumable()).finish_non_exhaustive()
    }
}

/// What clients share that trust the same and are the same: sessions are good among them. A session that was made under
/// another verifier, or as somebody else, would stand in for a check that was never made.
#[derive(Clone, Default)]
pub(super) struct Mark(Arc<()>);

impl Mark {
    fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// Whose sessions are kept: the `SSL_SESS_CACHE_...` of SSL_CTX_set_session_cache_mode(3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SessionCacheMode {
    /// `SSL_SESS_CACHE_OFF`: nobody's.
    Off,
    /// `SSL_SESS_CACHE_CLIENT`: those of clients, which never look there by themselves: no more than `Off` here.
    Client,
    /// `SSL_SESS_CACHE_SERVER`: those of servers, for clients without tickets.
    #[default]
    Server,
    /// `SSL_SESS_CACHE_BOTH`.
    Both,
}

impl SessionCacheMode {
    pub(super) const fn has_server(self) -> bool {
        matches!(self, Self::Server | Self::Both)
    }
}

impl SslContext {
    /// Whether servers keep the sessions of clients that know no tickets, and the mode of before
    /// (`SSL_CTX_set_session_cache_mode`). The 4096 latest are kept, for 12 hours each. As in OpenSSL this says nothing of
    /// tickets: [`Options::NO_TICKET`](super::Options::NO_TICKET) does.
    ///
    /// Servers that ask clients for certificates give no tickets and keep all sessions, or make none with the cache off: a
    /// client that goes on with one shows no certificate again, and is known by those that are kept. OpenSSL demands
    /// [`SslContext::set_session_id_context`] for it; here contexts share no sessions anyway.
    pub fn set_session_cache_mode(&self, mode: SessionCacheMode) -> SessionCacheMode {
        std::mem::replace(&mut self.lock().settings.session_cache, mode)
    }

    /// The mode (`SSL_CTX_get_session_cache_mode`).
    #[must_use]
    pub fn get_session_cache_mode(&self) -> SessionCacheMode {
        self.lock().settings.session_cache
    }

    /// Tickets that a server of TLS 1.3 gives with a handshake, 2 by default; 1, or 0 and no change beyond 255
    /// (`SSL_CTX_set_num_tickets`). The handshake ends when they have left.
    pub fn set_num_tickets(&self, count: usize) -> i32 {
        set_tickets(&mut self.lock().settings.tickets, count)
    }

    /// How many (`SSL_CTX_get_num_tickets`).
    #[must_use]
    pub fn get_num_tickets(&self) -> usize {
        self.lock().settings.tickets.into()
    }

    /// Asks this for the time by which the ages of sessions and tickets are counted, in place of this machine's clock
    /// (BoringSSL's `SSL_CTX_set_current_time_cb`). Certificates are verified by whatever time the verifier knows. Sessions of
    /// before are forgotten.
    pub fn set_current_time_cb(&self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) {
        self.lock().maker.set_time(Time::told_by(clock));
    }

    /// How many sessions servers keep themselves; those in tickets are with their clients (`SSL_CTX_sess_number`).
    #[must_use]
    pub fn sess_number(&self) -> usize {
        self.lock().maker.kept_sessions()
    }

    /// Seals the sessions of servers with this, in place of keys that the context has for itself and changes every 12 hours: what
    /// `SSL_CTX_set_tlsext_ticket_key_evp_cb` is for. A fleet of servers shares [`SharedTicketKeys`](crate::SharedTicketKeys).
    /// Sessions that servers keep themselves are forgotten.
    pub fn set_tickets(&self, tickets: impl Tickets + 'static) {
        self.lock().maker.set_tickets(tickets);
    }

    /// Names what the sessions of servers are for, at most 32 bytes: they do not go on under another name. 1, or 0 and no
    /// change (`SSL_CTX_set_session_id_context`). Contexts share no sessions anyway.
    pub fn set_session_id_context(&self, name: &[u8]) -> i32 {
        i32::from(self.lock().maker.set_session_context(name))
    }
}

fn set_tickets(tickets: &mut u8, count: usize) -> i32 {
    let Ok(count) = u8::try_from(count) else { return 0 };
    *tickets = count;
    1
}

impl<T> Ssl<T> {
    /// As [`SslContext::set_num_tickets`], before the handshake begins (`SSL_set_num_tickets`).
    pub fn set_num_tickets(&mut self, count: usize) -> i32 {
        set_tickets(&mut self.settings.tickets, count)
    }

    /// Gives the client of a server of TLS 1.3 another ticket, whatever [`Ssl::set_num_tickets`] says: with the next call of any
    /// kind, or behind the write that is pending; 1, or 0 and no change (`SSL_new_session_ticket`).
    pub fn new_session_ticket(&mut self) -> i32 {
        self.verdict = Verdict::Open;
        let refused = match (&mut self.tls, self.handshake) {
            (Some(tls), HandshakeProgress::Done) => tls.give_ticket().err(),
            _ => Some(NewTicketError::Handshaking),
        };
        let reason = match refused {
            None => return 1,
            Some(NewTicketError::Version) => Reason::WrongVersion,
            Some(NewTicketError::Handshaking) => Reason::InHandshake,
            Some(NewTicketError::Blocked) => Reason::KeyUpdateWaits,
            Some(NewTicketError::Closed) => Reason::Shutdown,
            Some(NewTicketError::Off) => Reason::NotConfigured,
            Some(NewTicketError::Failed(error)) => Reason::Failed(error),
        };
        self.verdict = Verdict::Because(reason);
        0
    }

    /// The session of a client: the one that this connection began or goes on with, or the one that was set, until the
    /// handshake is done (`SSL_get1_session`). None where the server does not let it go on, and at a server, whose context keeps
    /// it. In TLS 1.3 it comes with a ticket, which a read meets after the handshake, and the latest counts; before one came
    /// there is none.
    #[must_use]
    pub fn get1_session(&self) -> Option<SslSession> {
        self.session.clone()
    }

    /// The session to go on with, if the server still takes it, or none (`SSL_set_session`): 1; 0 and no change once the
    /// handshake has begun, and for one that was made under another context, or before the context's verifier or
    /// identities changed. One whose time is over makes for a full handshake.
    pub fn set_session(&mut self, session: Option<&SslSession>) -> i32 {
        self.verdict = Verdict::Open;
        if self.handshake != HandshakeProgress::Before {
            self.verdict = Verdict::Because(Reason::InHandshake);
            return 0;
        }
        if session.is_some_and(|session| !session.0.mark.is_same(&self.maker.mark)) {
            self.verdict = Verdict::Because(Reason::OtherContext);
            return 0;
        }
        self.session = session.cloned();
        1
    }

    /// 1 where this connection goes on with a session of before, or takes it for granted with early data, else 0
    /// (`SSL_session_reused`).
    #[must_use]
    pub fn session_reused(&self) -> i32 {
        let resumed = |negotiated: &tidegate::Negotiated| negotiated.session == SessionKind::Resumed;
        i32::from(self.early.is_a_clients() || self.negotiated().is_some_and(resumed))
    }

    /// The bytes of the session that a client offers.
    pub(super) fn offered_session(&self) -> Option<&[u8]> {
        let session = self.session.as_ref().filter(|session| session.is_resumable() == 1)?;
        Some(&session.0.bytes)
    }

    /// The certificates that were shown when the session began.
    pub(super) fn session_certificates(&self) -> &[CertificateDer<'static>] {
        match &self.session {
            Some(session) if self.session_reused() == 1 => &session.0.certificates,
            Some(_) | None => &[],
        }
    }

    /// The handshake has just ended, and its space is still there: its session takes the place of the one that was set.
    pub(super) fn keep_session(&mut self) {
        let (Some(tls), SslRole::Client) = (&self.tls, self.role) else { return };
        let (given, goes_on) = (tls.session(), self.session_reused() == 1);
        // One that goes on stays what it is, unless it got a new ticket.
        if goes_on && given.is_none() {
            return;
        }
        let shown = if goes_on { self.session_certificates() } else { tls.certificates() };
        let (certificates, mark) = (shown.to_vec().into(), self.maker.mark.clone());
        self.session = given.map(|bytes| {
            let has_failed = AtomicBool::new(false);
            SslSession(Arc::new(Kept { bytes, certificates, mark, max_early_data: 0, has_failed }))
        });
    }

    /// A ticket came: its session takes the place of the one of before.
    pub(super) fn keep_ticket(&mut self) {
        let Some(tls) = &mut self.tls else { return };
        if let Some(NewSession { bytes, max_early_data, .. }) = tls.take_ticket() {
            let shown = tls.certificates().to_vec();
            // Where a session goes on nobody shows any.
            let certificates = if shown.is_empty() { self.session_certificates().to_vec() } else { shown };
            let mark = self.maker.mark.clone();
            let has_failed = AtomicBool::new(false);
            let certificates = certificates.into();
            let kept = Kept { bytes, certificates, mark, max_early_data, has_failed };
            self.session = Some(SslSession(Arc::new(kept)));
        }
    }

    /// The connection has failed: nobody goes on with its session (RFC 5246, section 7.2.2).
    pub(super) fn give_up_session(&self) {
        if let Some(session) = &self.session {
            session.give_up();
        }
        if let Some(tls) = &self.tls {
            tls.forget_session();
        }
    }
}
