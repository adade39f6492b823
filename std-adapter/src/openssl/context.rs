//! What connections have in common: SSL_CTX.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tidegate::ChooseIdentity;
use tidegate::config::{ClientConfig, ServerConfig};
use tidegate::modes::Modes;
use tidegate::wire::enums::{ProtocolVersion, SignatureScheme};

use super::maker::{Maker, shape};
use super::settings::{Options, ReadAhead, Settings};
use crate::buffer::FreeList;
use crate::identity::{IdentityChoice, IdentityList, OwnedIdentity};
use crate::provider::{KeyLog, Observer, Verified};

/// What connections have in common: `SSL_CTX`. Clones share one; a connection copies the settings when it is made, and
/// later changes do not reach it.
#[derive(Clone)]
pub struct SslContext(Arc<Mutex<Shared>>);

pub(super) struct Shared {
    pub(super) settings: Settings,
    pub(super) maker: Maker,
}

impl SslContext {
    /// A context for either role, with the secure defaults, the mode `AUTO_RETRY` and the option
    /// [`Options::NO_RENEGOTIATION`] (`SSL_CTX_new` with `TLS_method`). It uses TLS 1.3 with every peer that knows it, and
    /// TLS 1.2 with the others.
    #[must_use]
    pub fn new() -> Self {
        let (settings, maker) = (Settings::default(), Maker::new());
        Self(Arc::new(Mutex::new(Shared { settings, maker })))
    }

    /// The certificates of servers, the default one first, and of clients that a server of TLS 1.2 asks for one
    /// (`SSL_CTX_use_certificate`, `SSL_CTX_use_PrivateKey`).
    pub fn set_identities(&self, identities: impl IntoIterator<Item = OwnedIdentity>) {
        self.lock().maker.set_identities(identities);
    }

    /// Asks this which of the identities to show: once for each handshake of a server, and of a client whose server asks for a
    /// certificate (`SSL_CTX_set_cert_cb`).
    pub fn set_cert_cb(
        &self,
        choose: impl Fn(&ChooseIdentity<'_>) -> IdentityChoice + Send + Sync + 'static,
    ) {
        self.lock().maker.set_chooser(choose);
    }

    /// The signatures that are offered to the peer, and that its handshake may have, the preferred first: 1; 0 and no change
    /// if none of them is known (`SSL_CTX_set1_sigalgs`). As in OpenSSL a chain is not refused for other signatures in its
    /// certificates. What our own keys sign with says [`OwnedIdentity::with_schemes`].
    pub fn set1_sigalgs(&self, schemes: &[SignatureScheme]) -> i32 {
        let Some(verified) = Verified::of(schemes) else { return 0 };
        self.lock().maker.set_verified(verified);
        1
    }

    /// Lets this look on at the messages of every handshake (`SSL_CTX_set_msg_callback`).
    pub fn set_msg_callback(&self, observer: Observer) {
        self.lock().maker.set_observer(observer);
    }

    /// Changes what clients are configured with: cipher suites, groups, application protocols. Modes, completion and who
    /// may renegotiate are the context's and stay; its bounds and options narrow the versions and the resumption chosen
    /// here.
    pub fn configure_client(&self, change: impl FnOnce(&mut ClientConfig<IdentityList>)) {
        // Without the lock: what is called may ask the context something.
        let mut config = self.maker().client;
        let changed = Arc::make_mut(&mut config);
        change(changed);
        shape(&mut changed.common);
        self.lock().maker.set_client(config);
    }

    /// As [`SslContext::configure_client`], for servers, with their identities. Whether clients are asked for certificates
    /// says [`SslContext::set_verify`].
    pub fn configure_server(&self, change: impl FnOnce(&mut ServerConfig<IdentityList>)) {
        let mut config = self.maker().server;
        let changed = Arc::make_mut(&mut config);
        change(changed);
        shape(&mut changed.common);
        self.lock().maker.set_server(config);
    }

    /// Tells this log the secrets of every connection (`SSL_CTX_set_keylog_callback`).
    pub fn set_key_log(&self, key_log: Arc<KeyLog>) {
        self.lock().maker.set_key_log(key_log);
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

    /// The lowest version to use, 0 for no bound: 1, or 0 and no change for what is no version
    /// (`SSL_CTX_set_min_proto_version`). TLS 1.2 and 1.3 are there, and used by default; bounds that leave neither
    /// fail the attempt to connect.
    pub fn set_min_proto_version(&self, version: ProtocolVersion) -> i32 {
        self.lock().settings.bounds.set_min(version)
    }

    /// The highest version to use, as [`SslContext::set_min_proto_version`] (`SSL_CTX_set_max_proto_version`).
    pub fn set_max_proto_version(&self, version: ProtocolVersion) -> i32 {
        self.lock().settings.bounds.set_max(version)
    }

    /// The lowest version to use, 0 for no bound (`SSL_CTX_get_min_proto_version`).
    #[must_use]
    pub fn get_min_proto_version(&self) -> ProtocolVersion {
        self.lock().settings.bounds.min
    }

    /// The highest version to use, 0 for no bound (`SSL_CTX_get_max_proto_version`).
    #[must_use]
    pub fn get_max_proto_version(&self) -> ProtocolVersion {
        self.lock().settings.bounds.max
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
        self.lock().maker.free.set_limit(buffers);
    }

    /// The list of idle record buffers.
    #[must_use]
    pub fn free_list(&self) -> FreeList {
        self.lock().maker.free.clone()
    }

    pub(super) fn settings(&self) -> Settings {
        self.lock().settings
    }

    /// What a connection that is made now is made from.
    pub(super) fn maker(&self) -> Maker {
        self.lock().maker.clone()
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Shared> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
