//! What connections are made from.

use std::path::Path;
use std::sync::Arc;

use pki_types::ServerName;
use tidegate::buffers::{FULL_OUTGOING, full_incoming};
use tidegate::config::{ClientConfig, Common, Resumption, ServerConfig, Versions};
use tidegate::driver::{Verify, VerifyClient};
use tidegate::modes::Completion;
use tidegate::{Client, Connection, Lent, Server, Side};

use super::fit;
use super::sessions::Mark;
use super::settings::Settings;
use super::side::{Connected, Tls};
use super::verdict::Reason;
use crate::buffer::{Buffers, FreeList, HANDSHAKE_MESSAGE, RecordBuffer};
use crate::error::CredentialError;
use crate::identity::{IdentityList, OwnedIdentity};
use crate::provider::{KeyLog, Onlookers, Software};
use crate::roots::Roots;
use crate::sessions::ServerSessions;
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
    onlookers: Onlookers,
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
            onlookers: Onlookers::default(),
            free: FreeList::new(LENGTHS),
        }
    }

    pub(super) fn set_identities(&mut self, identities: impl IntoIterator<Item = OwnedIdentity>) {
        let identities = IdentityList::new(identities);
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
            self.sessions = Arc::default();
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
        self.sessions = Arc::default();
    }

    pub(super) fn add_roots(&mut self, file: &Path) -> Result<(), CredentialError> {
        Arc::make_mut(&mut self.roots).extend(Roots::from_pem_file(file)?);
        self.set_verifier(Roots::clone(&self.roots));
        self.set_client_verifier(Roots::clone(&self.roots));
        Ok(())
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

    /// A client for this server.
    pub(super) fn client(&self, host: Option<&str>, settings: &Settings) -> Result<Box<dyn Tls>, Reason> {
        let verifier = self.verifier.clone().ok_or(Reason::NotConfigured)?;
        let answers = (verifier, self.client.identities.clone());
        let name = ServerName::try_from(host.unwrap_or_default()).map_err(|_| Reason::NotConfigured)?;
        let (config, provider) =
            (fit::client(&self.client, settings)?, Software::new(self.onlookers.clone()));
        let connection =
            Connection::<Client<IdentityList>, _, _, _, _>::new(config, provider, &name, self.lend());
        let connection = connection.map_err(|_| Reason::NotConfigured)?;
        Ok(Box::new(Connected::new(connection, answers, Arc::default())))
    }

    /// A server.
    pub(super) fn server(&self, settings: &Settings) -> Result<Box<dyn Tls>, Reason> {
        if self.server.identities.is_empty() {
            return Err(Reason::NotConfigured);
        }
        let config: Arc<ServerConfig> = fit::server(&self.server, settings)?;
        let provider = Software::new(self.onlookers.clone());
        let connection = Connection::<Server, _, _, _, _>::new(config, provider, self.lend());
        let connection = connection.map_err(|_| Reason::NotConfigured)?;
        let answers = (self.server.identities.clone(), self.client_verifier.clone(), Arc::default());
        let sessions = match settings.session_cache.has_server() {
            true => Arc::clone(&self.sessions),
            false => Arc::new(self.sessions.by_ticket_alone()),
        };
        Ok(Box::new(Connected::new(connection, answers, sessions)))
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
