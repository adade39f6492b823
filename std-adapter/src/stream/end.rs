//! What differs between the two ends: whom asks go to.

use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

use pki_types::ServerName;
use tidegate::config::ServerConfig;
use tidegate::driver::{
    Verify, VerifyClient, answer_client, answer_client_certificate, answer_client_keys, answer_cookies,
    answer_server, answer_sessions,
};
use tidegate::error::CertificateError;
use tidegate::wire::certificate::CertificateChain;
use tidegate::{Client, EarlyDataError, EarlyDataOffer, Event, Role, Server, Ticket};

use super::OwnedConnection;
use crate::certificates::{Chain, LastChain, PeerCertificates, own};
use crate::connect::{CookieJar, PreSharedKeys};
use crate::identity::IdentityList;
use crate::sessions::{ClientSessions, NewSession, Replays, ServerSessions, SessionId, SessionsOf, Time};

/// One of the two ends of a connection. Sealed: [`Client`] and [`Server`] are all there are.
pub trait End: Role {
    /// Who answers what this end is asked.
    type Answers: Clone;

    /// Answers an ask, and keeps the certificates that it is about; other events come back.
    fn answer<'a>(event: Event<'a>, answers: &Self::Answers, certificates: &mut Chain) -> Option<Event<'a>>;

    /// The sessions of the maker.
    type Sessions: Default + fmt::Debug;

    /// Answers an ask about a session, and notes the id under which it is kept and the certificates that it was found with;
    /// other events come back.
    fn answer_session<'a>(
        event: Event<'a>,
        _: &Self::Sessions,
        _id: &mut SessionId,
        _certificates: &mut PeerCertificates,
        _: Replays,
    ) -> Option<Event<'a>> {
        Some(event)
    }

    /// Writes early data of a client, or what answers it at a server before the handshake is done.
    ///
    /// # Errors
    /// [`EarlyDataError`].
    fn write_early(
        connection: &mut OwnedConnection<Self, Self::Config>,
        data: &[u8],
    ) -> Result<usize, EarlyDataError>
    where
        Self: Sized;

    /// What early data of a client would go under; none where there can be none, and at a server.
    fn early_data_offer(_: &OwnedConnection<Self, Self::Config>) -> Option<EarlyDataOffer<'_>>
    where
        Self: Sized,
    {
        None
    }

    /// The session of a connection whose handshake is done, while it has its handshake space: a client's, if it may go on in
    /// other connections.
    fn session(_: &OwnedConnection<Self, Self::Config>, _: &Time) -> Option<NewSession>
    where
        Self: Sized,
    {
        None
    }

    /// Offers to go on with a session that [`End::session`] made, before the handshake begins. One that can't be used changes
    /// nothing.
    fn resume(_: &mut OwnedConnection<Self, Self::Config>, _session: &[u8], _: &Time)
    where
        Self: Sized,
    {
    }

    /// Keeps the session with this server, which showed these certificates.
    fn keep_session(_: &str, _session: NewSession, _certificates: Chain, _: &Self::Sessions) {}

    /// Keeps the session that goes on with a ticket of this server, which showed these certificates.
    fn keep_ticket(
        _: Ticket<'_>,
        _server_name: Option<&str>,
        _certificates: &PeerCertificates,
        _: &Self::Sessions,
    ) {
    }

    /// Forgets the session of a connection that has failed (RFC 5246, section 7.2.2): a client's is kept under the server's
    /// name, a server's under its id.
    fn forget_session(server_name: Option<&str>, id: &[u8], _: &Self::Sessions);

    /// Lends a handshake space for a renegotiation. A client's has the name that it asked for.
    fn lend_space(connection: &mut OwnedConnection<Self, Self::Config>, server_name: Option<&str>)
    where
        Self: Sized;
}

impl End for Client<IdentityList> {
    type Answers = (Verifier, IdentityList);
    type Sessions = ClientSessions;

    fn forget_session(server_name: Option<&str>, _: &[u8], sessions: &ClientSessions) {
        if let Some(name) = server_name {
            sessions.forget(name);
        }
    }

    fn session(connection: &OwnedConnection<Self, Self::Config>, time: &Time) -> Option<NewSession> {
        NewSession::of(&connection.session()?, time)
    }

    fn resume(connection: &mut OwnedConnection<Self, Self::Config>, session: &[u8], time: &Time) {
        if let Some(now) = time.now() {
            // One that is refused is of no use; the handshake is a full one.
            let _ = connection.resume(session, now);
        }
    }

    fn write_early(
        connection: &mut OwnedConnection<Self, Self::Config>,
        data: &[u8],
    ) -> Result<usize, EarlyDataError> {
        connection.write_early_data(data)
    }

    fn early_data_offer(connection: &OwnedConnection<Self, Self::Config>) -> Option<EarlyDataOffer<'_>> {
        connection.early_data_offer()
    }

    fn keep_session(server_name: &str, session: NewSession, certificates: Chain, sessions: &ClientSessions) {
        sessions.keep(server_name, session, certificates);
    }

    fn keep_ticket(
        mut ticket: Ticket<'_>,
        server_name: Option<&str>,
        certificates: &PeerCertificates,
        sessions: &ClientSessions,
    ) {
        if let (Some(name), Some(session)) = (server_name, NewSession::of_ticket(&mut ticket, &sessions.time))
        {
            sessions.keep_ticket(name, session, certificates.get().clone());
        }
    }

    fn answer<'a>(
        event: Event<'a>,
        (verifier, identities): &Self::Answers,
        certificates: &mut Chain,
    ) -> Option<Event<'a>> {
        if let Some(chain) = shown(&event) {
            *certificates = verifier.last.share(chain.iter());
        }
        answer_client_keys(identities.consult(answer_client(event, verifier)?)?, identities)
    }

    fn lend_space(connection: &mut OwnedConnection<Self, Self::Config>, server_name: Option<&str>) {
        // The connection has its space already, or was made with this name.
        if let Ok(name) = ServerName::try_from(server_name.unwrap_or_default()) {
            let _ = connection.attach_handshake(Box::default(), &name);
        }
    }
}

impl End for Server {
    type Answers = (IdentityList, ClientVerifier, (Arc<PreSharedKeys>, Arc<CookieJar>));
    type Sessions = ServerSessions;

    fn answer_session<'a>(
        event: Event<'a>,
        sessions: &ServerSessions,
        id: &mut SessionId,
        certificates: &mut PeerCertificates,
        replays: Replays,
    ) -> Option<Event<'a>> {
        if let Event::FindSession(ask) = &event {
            *id = ask.id().into();
        }
        if let Event::KeepSession(ask) = &event {
            *id = ask.id().into();
        }
        answer_sessions(event, &SessionsOf { sessions, certificates: RefCell::new(certificates), replays })
    }

    fn write_early(
        connection: &mut OwnedConnection<Self, ServerConfig>,
        data: &[u8],
    ) -> Result<usize, EarlyDataError> {
        connection.write_half_rtt_data(data)
    }

    fn forget_session(_: Option<&str>, id: &[u8], sessions: &ServerSessions) {
        sessions.forget(id);
    }

    fn answer<'a>(
        event: Event<'a>,
        (identities, verifier, (psks, cookies)): &Self::Answers,
        certificates: &mut Chain,
    ) -> Option<Event<'a>> {
        let event = answer_cookies(psks.answer(event)?, &**cookies)?;
        if let Some(chain) = shown(&event) {
            *certificates = own(chain.iter());
        }
        answer_client_certificate(answer_server(identities.consult(event)?, identities)?, verifier)
    }

    fn lend_space(connection: &mut OwnedConnection<Self, ServerConfig>, _: Option<&str>) {
        // One that it has already is as good.
        let _ = connection.attach_handshake(Box::default());
    }
}

/// The certificates that the peer shows, if it shows any now.
fn shown<'e>(event: &'e Event<'_>) -> Option<CertificateChain<'e>> {
    let Event::VerifyPeer(ask) = event else { return None };
    ask.raw_public_key().is_none().then(|| ask.chain())
}

/// A verifier that all clients of a connector share.
#[derive(Clone)]
pub struct Verifier {
    verify: Arc<dyn Verify + Send + Sync>,
    last: Arc<LastChain>,
}

impl Verifier {
    pub(crate) fn new(verifier: impl Verify + Send + Sync + 'static) -> Self {
        Self { verify: Arc::new(verifier), last: Arc::default() }
    }
}

impl Verify for Verifier {
    fn verify_server<'c>(
        &'c self,
        chain: CertificateChain<'c>,
        server_name: &str,
    ) -> Result<&'c [u8], CertificateError> {
        self.verify.verify_server(chain, server_name)
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier").finish_non_exhaustive()
    }
}

/// What all servers of an acceptor verify clients with. Without a verifier nobody is trusted.
#[derive(Clone, Default)]
pub struct ClientVerifier(Option<Arc<dyn VerifyClient + Send + Sync>>);

impl ClientVerifier {
    pub(crate) fn new(verifier: impl VerifyClient + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(verifier)))
    }
}

impl VerifyClient for ClientVerifier {
    fn verify_client<'c>(&'c self, chain: CertificateChain<'c>) -> Result<&'c [u8], CertificateError> {
        self.0.as_ref().ok_or(CertificateError::UnknownIssuer)?.verify_client(chain)
    }
}

impl fmt::Debug for ClientVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientVerifier").finish_non_exhaustive()
    }
}
