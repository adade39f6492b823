//! What connections are made from.

use std::path::Path;
use std::sync::Arc;

use pki_types::{CertificateDer, ServerName};
use tidegate::buffers::{FULL_OUTGOING, full_incoming};
use tidegate::config::{ClientConfig, Common, Resumption, ServerConfig, Versions};
use tidegate::driver::{Verify, VerifyClient};
use tidegate::error::CertificateError;
use tidegate::modes::Completion;
use tidegate::wire::tls12::certificate::parse;
use tidegate::{ChooseIdentity, Client, Connection, Lent, Server, Side};

use super::fit;
use super::sessions::Mark;
use super::settings::Settings;
use super::side::{Connected, Tls};
use super::verdict::Reason;
use crate::buffer::{Buffers, FreeList, HANDSHAKE_MESSAGE, RecordBuffer};
use crate::certificates::Retained;
use crate::error::CredentialError;
use crate::identity::{IdentityChoice, IdentityList, OwnedIdentity};
use crate::provider::{KeyLog, Observer, Onlookers, Software, Verified};
use crate::roots::Roots;
use crate::sessions::{OwnTickets, ServerSessions, Tickets, Time};
use crate::stream::{ClientVerifier, Verifier};

/// A write seals one record and waits until it has left: room for a second one would never be used.
const LENGTHS: Buffers = Buffers { incoming: full_incoming(HANDSHAKE_MESSAGE), outgoing: FULL_OUTGOING };

/// What a context knows of the connections to come; each has the one of the moment when it was made.
#[derive(Clone)]
pub(super) struct Maker {
    pub(super) client: Arc<ClientConfig<IdentityList>>,
    pub(super) server: Arc<ServerConfig<IdentityList>>,
    verifier: Option<Verifier>,
    client_verifier: ClientVerifier,
    /// What was loaded from files, for both.
    roots: Arc<Roots>,
    /// Changes with what the sessions of clients depend on.
    pub(super) mark: Mark,
    sessions: Arc<ServerSessions>,
    /// Those of servers that keep no certificates: whoever changes that goes on with no session of before.
    anonymous_sessions: Arc<ServerSessions>,
    tickets: OwnTickets,
    onlookers: Onlookers,
    verified: Verified,
    time: Time,
    pub(super) free: FreeList,
}

impl Maker {
    pub(super) fn new() -> Self {
        let mut client = ClientConfig::with_identities(IdentityList::default());
        let mut server = ServerConfig::new(IdentityList::default());
        for common in [&mut client.common, &mut server.common] {
            shape(common);
            common.versions = Versions::Both;
            common.resumption = Resumption::ByTicket;
        }
        Self {
            client: Arc::new(client),
            server: Arc::new(server),
            verifier: None,
            client_verifier: ClientVerifier::default(),
            roots: Arc::default(),
            mark: Mark::default(),
            sessions: Arc::default(),
            anonymous_sessions: Arc::default(),
            tickets: OwnTickets::default(),
            onlookers: Onlookers::default(),
            verified: Verified::default(),
            time: Time::default(),
            free: FreeList::new(LENGTHS),
        }
    }

    pub(super) fn set_identities(&mut self, identities: impl IntoIterator<Item = OwnedIdentity>) {
        self.set_list(self.server.identities.with(identities));
    }

    pub(super) fn set_chooser(
        &mut self,
        chooser: impl Fn(&ChooseIdentity<'_>) -> IdentityChoice + Send + Sync + 'static,
    ) {
        self.set_list(self.server.identities.clone().chosen_by(chooser));
    }

    pub(super) fn set_authorities(&mut self, names: impl IntoIterator<Item = Vec<u8>>) {
        self.set_list(self.server.identities.clone().naming_authorities(names));
    }

    fn set_list(&mut self, identities: IdentityList) {
        let (mut client, mut server) = (Arc::clone(&self.client), Arc::clone(&self.server));
        Arc::make_mut(&mut client).identities = identities.clone();
        Arc::make_mut(&mut server).identities = identities;
        self.set_client(client);
        self.set_server(server);
    }

    /// Clients that are somebody else go on with no session of before.
    pub(super) fn set_client(&mut self, config: Arc<ClientConfig<IdentityList>>) {
        if !config.identities.is_same(&self.client.identities) {
            self.mark = Mark::default();
        }
        self.client = config;
    }

    /// As [`Maker::set_client`].
    pub(super) fn set_server(&mut self, config: Arc<ServerConfig<IdentityList>>) {
        if !config.identities.is_same(&self.server.identities) {
            self.forget_sessions();
        }
        self.server = config;
    }

    /// Clients that trust others go on with no session of before, either.
    pub(super) fn set_verifier(&mut self, verifier: impl Verify + Send + Sync + 'static) {
        self.verifier = Some(Verifier::new(verifier));
        self.mark = Mark::default();
    }

    /// Nor do servers go on with a session for whose client another verifier stood in.
    pub(super) fn set_client_verifier(&mut self, verifier: impl VerifyClient + Send + Sync + 'static) {
        self.client_verifier = ClientVerifier::new(verifier);
        self.forget_sessions();
    }

    pub(super) fn set_tickets(&mut self, tickets: impl Tickets + 'static) {
        self.tickets = OwnTickets::new(tickets);
        self.forget_sessions();
    }

    pub(super) fn add_roots(&mut self, file: &Path) -> Result<(), CredentialError> {
        Arc::make_mut(&mut self.roots).extend(Roots::from_pem_file(file)?);
        self.set_verifier(Roots::clone(&self.roots));
        self.set_client_verifier(Roots::clone(&self.roots));
        Ok(())
    }

    /// Sessions of before have nothing to do with this clock.
    pub(super) fn set_time(&mut self, time: Time) {
        self.time = time;
        self.mark = Mark::default();
        self.forget_sessions();
    }

    /// Those that servers keep. The tickets of the application stay good as long as it opens them.
    fn forget_sessions(&mut self) {
        let none = || Arc::new(ServerSessions::with_tickets(self.tickets.clone()).at(self.time.clone()));
        (self.sessions, self.anonymous_sessions) = (none(), none());
    }

    /// Whether it fits.
    pub(super) fn set_session_context(&mut self, name: &[u8]) -> bool {
        let Ok(name) = name.try_into() else { return false };
        Arc::make_mut(&mut self.server).common.session_context = name;
        true
    }

    pub(super) fn set_key_log(&mut self, key_log: Arc<KeyLog>) {
        self.onlookers.key_log = Some(key_log);
    }

    pub(super) fn set_verified(&mut self, verified: Verified) {
        self.verified = verified;
    }

    fn provider(&self) -> Software {
        Software::new(self.onlookers.clone()).verifying(self.verified)
    }

    pub(super) fn set_observer(&mut self, observer: Observer) {
        self.onlookers.observer = Some(observer);
    }

    /// Asks whom clients trust about certificates that a server showed earlier.
    pub(super) fn verify(&self, chain: &[CertificateDer<'_>], host: &str) -> Result<(), CertificateError> {
        let verifier = self.verifier.as_ref().ok_or(CertificateError::UnknownIssuer)?;
        // The form of a Certificate message of TLS 1.2.
        let length = |bytes: usize| bytes.to_be_bytes()[size_of::<usize>() - 3..].to_vec();
        let list: Vec<u8> = chain
            .iter()
            .flat_map(|certificate| [length(certificate.len()), certificate.to_vec()].concat())
            .collect();
        let body = [length(list.len()), list].concat();
        let chain = parse(&body).map_err(|_| CertificateError::BadEncoding)?;
        verifier.verify_server(chain, host).map(|_| ())
    }

    /// How many sessions servers keep.
    pub(super) fn kept_sessions(&self) -> usize {
        self.sessions.kept() + self.anonymous_sessions.kept()
    }

    /// A client for this server.
    pub(super) fn client(&self, host: Option<&str>, settings: &Settings) -> Result<Box<dyn Tls>, Reason> {
        let verifier = self.verifier.clone().ok_or(Reason::NotConfigured)?;
        let answers = (verifier, self.client.identities.clone());
        let name = ServerName::try_from(host.unwrap_or_default()).map_err(|_| Reason::NotConfigured)?;
        let (config, provider) = (fit::client(&self.client, settings)?, self.provider());
        let connection =
            Connection::<Client<IdentityList>, _, _, _, _>::new(config, provider, &name, self.lend());
        let connection = connection.map_err(|_| Reason::NotConfigured)?;
        Ok(Box::new(Connected::new(
            connection,
            answers,
            Arc::default(),
            (Retained::Chain, self.time.clone()),
        )))
    }

    /// A server.
    pub(super) fn server(&self, settings: &Settings) -> Result<Box<dyn Tls>, Reason> {
        if self.server.identities.is_empty() {
            return Err(Reason::NotConfigured);
        }
        let config: Arc<ServerConfig> = fit::server(&self.server, settings)?;
        let provider = self.provider();
        let connection = Connection::<Server, _, _, _, _>::new(config, provider, self.lend());
        let connection = connection.map_err(|_| Reason::NotConfigured)?;
        let answers = (self.server.identities.clone(), self.client_verifier.clone(), Default::default());
        let sessions = match settings.retained {
            Retained::Chain => &self.sessions,
            Retained::Digest => &self.anonymous_sessions,
        };
        let sessions = match settings.session_cache.has_server() {
            true => Arc::clone(sessions),
            false => Arc::new(sessions.by_ticket_alone()),
        };
        Ok(Box::new(Connected::new(connection, answers, sessions, (settings.retained, self.time.clone()))))
    }

    fn lend<H: Default>(&self) -> Lent<H, RecordBuffer> {
        Lent {
            space: H::default(),
            incoming: self.free.buffer(Side::Incoming),
            outgoing: self.free.buffer(Side::Outgoing),
        }
    }
}

/// What the manual pages describe: a write is complete when it has left.
pub(super) fn shape(common: &mut Common) {
    common.completion = Completion::Drained;
    common.max_handshake_message = HANDSHAKE_MESSAGE;
}
