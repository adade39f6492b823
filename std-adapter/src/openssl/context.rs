//! What connections have in common: SSL_CTX.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pki_types::ServerName;
use tidegate::buffers::{FULL_OUTGOING, full_incoming};
use tidegate::config::{ClientConfig, Common, ServerConfig};
use tidegate::driver::Verify;
use tidegate::modes::{Completion, Modes};
use tidegate::{Client, Connection, Lent, Server, Side};

use super::settings::{Options, ReadAhead, Settings};
use super::side::{Connected, Tls};
use super::verdict::Reason;
use crate::buffer::{Buffers, FreeList, HANDSHAKE_MESSAGE, RecordBuffer};
use crate::identity::{IdentityList, OwnedIdentity};
use crate::provider::{KeyLog, Onlookers, Software};
use crate::stream::Verifier;

/// A write seals one record and waits until it has left: room for a second one would never be used.
const LENGTHS: Buffers = Buffers { incoming: full_incoming(HANDSHAKE_MESSAGE), outgoing: FULL_OUTGOING };

/// What connections have in common: `SSL_CTX`. Clones share one; a connection copies the settings when it is made, and
/// later changes do not reach it.
#[derive(Clone)]
pub struct SslContext(Arc<Mutex<Shared>>);

struct Shared {
    settings: Settings,
    client: Arc<ClientConfig>,
    server: Option<Arc<ServerConfig<IdentityList>>>,
    verifier: Option<Verifier>,
    onlookers: Onlookers,
    free: FreeList,
}

impl SslContext {
    /// A context for either role, with the secure defaults and the mode `AUTO_RETRY` (`SSL_CTX_new`).
    #[must_use]
    pub fn new() -> Self {
        let mut client = ClientConfig::new();
        shape(&mut client.common);
        Self(Arc::new(Mutex::new(Shared {
            settings: Settings::default(),
            client: Arc::new(client),
            server: None,
            verifier: None,
            onlookers: Onlookers::default(),
            free: FreeList::new(LENGTHS),
        })))
    }

    /// Whom clients trust, usually [`Roots`](crate::Roots). Without it no client connects: there is no
    /// `SSL_VERIFY_NONE` by omission.
    pub fn set_verifier(&self, verifier: impl Verify + Send + Sync + 'static) {
        self.lock().verifier = Some(Verifier::new(verifier));
    }

    /// The certificates of servers, the default one first (`SSL_CTX_use_certificate`, `SSL_CTX_use_PrivateKey`).
    pub fn set_identities(&self, identities: impl IntoIterator<Item = OwnedIdentity>) {
        let mut config = ServerConfig::new(IdentityList::new(identities));
        shape(&mut config.common);
        self.lock().server = Some(Arc::new(config));
    }

    /// Changes what clients are configured with: cipher suites, groups, application protocols. Modes and completion are
    /// the context's and stay.
    pub fn configure_client(&self, change: impl FnOnce(&mut ClientConfig)) {
        let mut shared = self.lock();
        let config = Arc::make_mut(&mut shared.client);
        change(config);
        shape(&mut config.common);
    }

    /// As [`SslContext::configure_client`], for servers; nothing where there are no identities yet.
    pub fn configure_server(&self, change: impl FnOnce(&mut ServerConfig<IdentityList>)) {
        if let Some(config) = &mut self.lock().server {
            let config = Arc::make_mut(config);
            change(config);
            shape(&mut config.common);
        }
    }

    /// Tells this log the secrets of every connection (`SSL_CTX_set_keylog_callback`).
    pub fn set_key_log(&self, key_log: Arc<KeyLog>) {
        self.lock().onlookers.key_log = Some(key_log);
    }

    /// Adds modes and returns the new set (`SSL_CTX_set_mode`).
    pub fn set_mode(&self, modes: Modes) -> Modes {
        let settings = &mut self.lock().settings;
        settings.modes = settings.modes.set(modes);
        settings.modes
    }

    /// Removes modes and returns the new set (`SSL_CTX_clear_mode`).
    pub fn clear_mode(&self, modes: Modes) -> Modes {
        let settings = &mut self.lock().settings;
        settings.modes = settings.modes.clear(modes);
        settings.modes
    }

    /// The modes (`SSL_CTX_get_mode`).
    #[must_use]
    pub fn get_mode(&self) -> Modes {
        self.lock().settings.modes
    }

    /// Adds options and returns the new set (`SSL_CTX_set_options`).
    pub fn set_options(&self, options: Options) -> Options {
        let settings = &mut self.lock().settings;
        settings.options = settings.options.with(options);
        settings.options
    }

    /// Removes options and returns the new set (`SSL_CTX_clear_options`).
    pub fn clear_options(&self, options: Options) -> Options {
        let settings = &mut self.lock().settings;
        settings.options = settings.options.without(options);
        settings.options
    }

    /// The options (`SSL_CTX_get_options`).
    #[must_use]
    pub fn get_options(&self) -> Options {
        self.lock().settings.options
    }

    /// Whether connections read from their transport as much as there is (`SSL_CTX_set_read_ahead`); off by default:
    /// one record at a time, and nothing of the next.
    pub fn set_read_ahead(&self, yes: bool) {
        self.lock().settings.read_ahead = ReadAhead::from(yes);
    }

    /// Bytes of data in a record at most, 512 to 16384; 1, or 0 and no change (`SSL_CTX_set_max_send_fragment`).
    pub fn set_max_send_fragment(&self, bytes: usize) -> i32 {
        self.lock().settings.set_max_send_fragment(bytes)
    }

    /// Bytes of data after which a write begins a new record, 1 to the maximum; 1, or 0 and no change
    /// (`SSL_CTX_set_split_send_fragment`).
    pub fn set_split_send_fragment(&self, bytes: usize) -> i32 {
        self.lock().settings.set_split_send_fragment(bytes)
    }

    /// How many idle record buffers of each direction are kept for the next connection (`freelist_max_len` of OpenSSL
    /// 1.0.1), 32 by default.
    pub fn set_freelist_max_len(&self, buffers: usize) {
        self.lock().free.set_limit(buffers);
    }

    /// The list of idle record buffers.
    #[must_use]
    pub fn free_list(&self) -> FreeList {
        self.lock().free.clone()
    }

    pub(super) fn settings(&self) -> Settings {
        self.lock().settings
    }

    /// A client for this server.
    pub(super) fn client(&self, host: Option<&str>) -> Result<Box<dyn Tls>, Reason> {
        let shared = self.lock();
        let answers = shared.verifier.clone().ok_or(Reason::NotConfigured)?;
        let name = ServerName::try_from(host.unwrap_or_default()).map_err(|_| Reason::NotConfigured)?;
        let (config, provider) = (Arc::clone(&shared.client), Software::new(shared.onlookers.clone()));
        let connection = Connection::<Client, _, _, _, _>::new(config, provider, &name, shared.lend());
        let connection = connection.map_err(|_| Reason::NotConfigured)?;
        Ok(Box::new(Connected { connection, answers, certificates: Vec::new() }))
    }

    /// A server.
    pub(super) fn server(&self) -> Result<Box<dyn Tls>, Reason> {
        let shared = self.lock();
        let owned = shared.server.as_ref().ok_or(Reason::NotConfigured)?;
        let config: Arc<ServerConfig> = Arc::<ServerConfig<IdentityList>>::clone(owned);
        let provider = Software::new(shared.onlookers.clone());
        let connection = Connection::<Server, _, _, _, _>::new(config, provider, shared.lend());
        let connection = connection.map_err(|_| Reason::NotConfigured)?;
        let answers = owned.identities.clone();
        Ok(Box::new(Connected { connection, answers, certificates: Vec::new() }))
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    fn lend<H: Default>(&self) -> Lent<H, RecordBuffer> {
        Lent {
            space: H::default(),
            incoming: self.free.buffer(Side::Incoming),
            outgoing: self.free.buffer(Side::Outgoing),
        }
    }
}

/// What the manual pages describe: a write is complete when it has left.
fn shape(common: &mut Common) {
    common.completion = Completion::Drained;
    common.max_handshake_message = HANDSHAKE_MESSAGE;
}

impl Default for SslContext {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for SslContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SslContext").field("settings", &self.settings()).finish_non_exhaustive()
    }
}
