//! What connections are made from.

use std::sync::Arc;

use pki_types::ServerName;
use tidegate::buffers::{FULL_OUTGOING, full_incoming};
use tidegate::config::{ClientConfig, Common, Renegotiation, ServerConfig, Versions};
use tidegate::modes::Completion;
use tidegate::{Client, Connection, Lent, Server, Side};

use super::settings::Settings;
use super::side::{Connected, Tls};
use super::verdict::Reason;
use crate::buffer::{Buffers, FreeList, HANDSHAKE_MESSAGE, RecordBuffer};
use crate::identity::{IdentityList, OwnedIdentity};
use crate::provider::{KeyLog, Onlookers, Software};
use crate::stream::{ClientVerifier, Verifier};

/// A write seals one record and waits until it has left: room for a second one would never be used.
const LENGTHS: Buffers = Buffers { incoming: full_incoming(HANDSHAKE_MESSAGE), outgoing: FULL_OUTGOING };

/// What a context knows of the connections to come; each has the one of the moment when it was made.
#[derive(Clone)]
pub(super) struct Maker {
    pub(super) client: Arc<ClientConfig<IdentityList>>,
    pub(super) server: Arc<ServerConfig<IdentityList>>,
    pub(super) verifier: Option<Verifier>,
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
        }
        Self {
            client: Arc::new(client),
            server: Arc::new(server),
            verifier: None,
            onlookers: Onlookers::default(),
            free: FreeList::new(LENGTHS),
        }
    }

    pub(super) fn set_identities(&mut self, identities: impl IntoIterator<Item = OwnedIdentity>) {
        let identities = IdentityList::new(identities);
        Arc::make_mut(&mut self.client).identities = identities.clone();
        Arc::make_mut(&mut self.server).identities = identities;
    }

    pub(super) fn set_key_log(&mut self, key_log: Arc<KeyLog>) {
        self.onlookers.key_log = Some(key_log);
    }

    /// A client for this server.
    pub(super) fn client(&self, host: Option<&str>, settings: &Settings) -> Result<Box<dyn Tls>, Reason> {
        let verifier = self.verifier.clone().ok_or(Reason::NotConfigured)?;
        let answers = (verifier, self.client.identities.clone());
        let name = ServerName::try_from(host.unwrap_or_default()).map_err(|_| Reason::NotConfigured)?;
        let (mut config, provider) = (Arc::clone(&self.client), Software::new(self.onlookers.clone()));
        let renegotiation = settings.client_renegotiation(config.common.renegotiation);
        if let Some(fit) = Fit::new(&config.common, settings, renegotiation)? {
            fit.apply(&mut Arc::make_mut(&mut config).common);
        }
        let connection =
            Connection::<Client<IdentityList>, _, _, _, _>::new(config, provider, &name, self.lend());
        let connection = connection.map_err(|_| Reason::NotConfigured)?;
        Ok(Box::new(Connected::new(connection, answers)))
    }

    /// A server.
    pub(super) fn server(&self, settings: &Settings) -> Result<Box<dyn Tls>, Reason> {
        if self.server.identities.is_empty() {
            return Err(Reason::NotConfigured);
        }
        let mut config = Arc::clone(&self.server);
        let renegotiation = settings.server_renegotiation(config.common.renegotiation);
        if let Some(fit) = Fit::new(&config.common, settings, renegotiation)? {
            fit.apply(&mut Arc::make_mut(&mut config).common);
        }
        let config: Arc<ServerConfig> = config;
        let provider = Software::new(self.onlookers.clone());
        let connection = Connection::<Server, _, _, _, _>::new(config, provider, self.lend());
        let connection = connection.map_err(|_| Reason::NotConfigured)?;
        let answers = (self.server.identities.clone(), ClientVerifier::default());
        Ok(Box::new(Connected::new(connection, answers)))
    }

    fn lend<H: Default>(&self) -> Lent<H, RecordBuffer> {
        Lent {
            space: H::default(),
            incoming: self.free.buffer(Side::Incoming),
            outgoing: self.free.buffer(Side::Outgoing),
        }
    }
}

/// What the settings of a connection change of its configuration.
struct Fit {
    versions: Versions,
    renegotiation: Renegotiation,
}

impl Fit {
    /// None where they change nothing, and the configuration can be shared.
    fn new(
        common: &Common,
        settings: &Settings,
        renegotiation: Renegotiation,
    ) -> Result<Option<Self>, Reason> {
        let versions = settings.bounds.narrow(common.versions).ok_or(Reason::NoProtocols)?;
        let changes = versions != common.versions || renegotiation != common.renegotiation;
        Ok(changes.then_some(Self { versions, renegotiation }))
    }

    fn apply(self, common: &mut Common) {
        (common.versions, common.renegotiation) = (self.versions, self.renegotiation);
    }
}

/// What the manual pages describe: a write is complete when it has left.
pub(super) fn shape(common: &mut Common) {
    common.completion = Completion::Drained;
    common.max_handshake_message = HANDSHAKE_MESSAGE;
}
