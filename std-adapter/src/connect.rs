//! Making streams.

mod cookies;
mod early_data;
mod lending;
mod psk;
mod tickets;

pub(crate) use cookies::CookieJar;
use lending::Lending;
pub use psk::PreSharedKey;
pub(crate) use psk::PreSharedKeys;

use std::fmt;
use std::io::{self, Read, Write};
use std::sync::Arc;

use pki_types::ServerName;
use tidegate::config::{ClientConfig, Common, PeerCertificate, Resumption, ServerConfig, Versions};
use tidegate::driver::{Verify, VerifyClient};
use tidegate::modes::{Completion, Modes};
use tidegate::{Connection, CreateError};

use crate::buffer::{Buffers, FreeList, HANDSHAKE_MESSAGE};
use crate::identity::{IdentityList, OwnedIdentity};
use crate::provider::{KeyLog, Observer};
use crate::sessions::{ClientSessions, OwnTickets, Replays, ServerSessions};
use crate::stream::{ClientStream, ClientVerifier, ServerStream, Session, Stream, Verifier};

/// What makers begin with beside the engine's defaults.
fn begin(common: &mut Common) {
    common.max_handshake_message = HANDSHAKE_MESSAGE;
    common.versions = Versions::Both;
}

/// What [`Write`] promises needs both: a write that was not taken may be followed by another one.
fn promise(common: &mut Common) {
    common.completion = Completion::Sealed;
    common.modes = common.modes.set(Modes::ENABLE_PARTIAL_WRITE);
}

/// Makes clients. Cheap to clone.
#[derive(Clone)]
pub struct Connector {
    config: Arc<ClientConfig<IdentityList>>,
    verifier: Verifier,
    sessions: Arc<ClientSessions>,
    psk: Option<PreSharedKey>,
    lending: Lending,
}

impl Connector {
    /// Clients that trust whom this verifier trusts, usually [`Roots`](crate::Roots).
    #[must_use]
    pub fn new(verifier: impl Verify + Send + Sync + 'static) -> Self {
        let mut config = ClientConfig::with_identities(IdentityList::default());
        begin(&mut config.common);
        config.common.resumption = Resumption::ByTicket;
        let (config, sessions, lending) = (Arc::new(config), Arc::default(), Lending::default());
        Self { config, verifier: Verifier::new(verifier), sessions, psk: None, lending }.configured(|_| {})
    }

    /// Changes the configuration, which begins with the secure defaults, takes handshake messages of 16 kB, and uses TLS 1.3
    /// with every peer that knows it and TLS 1.2 with the others. Nobody may begin another handshake on a connection of
    /// TLS 1.2 unless `common.renegotiation` is told so here, for either end by name.
    /// Streams complete writes when they are sealed, whatever is chosen here. Sessions are shared with the makers that this
    /// one was cloned from, unless the identities change.
    #[must_use]
    pub fn configured(mut self, change: impl FnOnce(&mut ClientConfig<IdentityList>)) -> Self {
        let before = self.config.identities.clone();
        let config = Arc::make_mut(&mut self.config);
        change(config);
        promise(&mut config.common);
        if !config.identities.is_same(&before) {
            self.sessions = Arc::default();
        }
        self
    }

    /// Clients that show one of these identities to a server that asks for one: the first whose key it takes, that has the
    /// extensions which it wants, and that was issued under an authority that it names; failing such an authority, the first
    /// of the others. Sessions of before are left to the makers that this one was cloned from.
    #[must_use]
    pub fn with_identities(self, identities: impl IntoIterator<Item = OwnedIdentity>) -> Self {
        self.configured(|config| config.identities = IdentityList::new(identities))
    }

    /// Record buffers of these lengths. Shorter ones make the peer send shorter records; see [`tidegate::buffers`].
    #[must_use]
    pub fn with_buffers(mut self, buffers: Buffers) -> Self {
        self.lending.free = FreeList::new(buffers);
        self
    }

    /// Where streams with the mode RELEASE_BUFFERS leave their record buffers while they are idle.
    #[must_use]
    pub const fn free_list(&self) -> &FreeList {
        &self.lending.free
    }

    /// Tells this log the secrets of every connection.
    #[must_use]
    pub fn with_key_log(mut self, key_log: Arc<KeyLog>) -> Self {
        self.lending.onlookers.key_log = Some(key_log);
        self
    }

    /// Lets this look on at the messages of every handshake.
    #[must_use]
    pub fn with_observer(mut self, observer: Observer) -> Self {
        self.lending.onlookers.observer = Some(observer);
        self
    }

    /// Connects to `server_name`, a host name or address, over a blocking transport: the handshake is done when this
    /// returns, and the server has proven its name.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidInput`] for a name that can be none and a configuration that can't work, the
    /// transport's errors, and those of the connection ([`tls_error`](crate::tls_error)).
    pub fn connect<T: Read + Write>(&self, server_name: &str, transport: T) -> io::Result<ClientStream<T>> {
        let mut stream = self.start(server_name, transport)?;
        stream.handshake()?;
        Ok(stream)
    }

    /// A client whose handshake has not begun, for non-blocking transports and for those who want the transport back
    /// when it fails.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidInput`] for a name that can be none and a configuration that can't work.
    pub fn start<T>(&self, server_name: &str, transport: T) -> io::Result<ClientStream<T>> {
        let name = ServerName::try_from(server_name).map_err(|_| {
            let what = format!("{server_name:?} is neither a host name nor an address");
            io::Error::new(io::ErrorKind::InvalidInput, what)
        })?;
        let connection = Connection::<tidegate::Client<IdentityList>, _, _, _, _>::new(
            Arc::clone(&self.config),
            self.lending.provider(),
            &name,
            self.lending.lend(),
        )
        .map_err(impossible)?;
        let answers = (self.verifier.clone(), self.config.identities.clone());
        let answers = (answers, Arc::clone(&self.sessions));
        let mut session = Session::new(connection, answers, self.lending.free.clone());
        let kept = |name| self.sessions.take(name).or_else(|| self.sessions.get(name));
        if let Some(kept) = session.server_name().and_then(kept) {
            session.resume(kept);
        }
        if let Some(psk) = &self.psk {
            session
                .offer_psk(psk.borrow())
                .map_err(|refused| io::Error::new(io::ErrorKind::InvalidInput, refused))?;
        }
        Ok(Stream::new(session, transport))
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector").field("config", &self.config).finish_non_exhaustive()
    }
}

/// Makes servers. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Acceptor {
    config: Arc<ServerConfig<IdentityList>>,
    verifier: ClientVerifier,
    sessions: Arc<ServerSessions>,
    tickets: OwnTickets,
    psks: Arc<PreSharedKeys>,
    replays: Replays,
    cookies: Arc<CookieJar>,
    lending: Lending,
}

impl Acceptor {
    /// Servers with these identities, the default one first: a client gets the first one that is for the name it asks
    /// for and whose key it takes.
    #[must_use]
    pub fn new(identities: impl IntoIterator<Item = OwnedIdentity>) -> Self {
        let mut config = ServerConfig::new(IdentityList::new(identities));
        begin(&mut config.common);
        config.common.resumption = Resumption::ByTicket;
        let (config, sessions, tickets) = (Arc::new(config), Arc::default(), OwnTickets::default());
        let (verifier, lending) = (ClientVerifier::default(), Lending::default());
        let (psks, cookies, replays) = (Arc::default(), Arc::default(), Replays::Refused);
        Self { config, verifier, sessions, tickets, psks, replays, cookies, lending }.configured(|_| {})
    }

    /// As [`Connector::configured`]. Sessions are not shared under another wish for client certificates, either.
    #[must_use]
    pub fn configured(mut self, change: impl FnOnce(&mut ServerConfig<IdentityList>)) -> Self {
        let (before, wish) = (self.config.identities.clone(), self.config.client_certificates);
        let config = Arc::make_mut(&mut self.config);
        change(config);
        promise(&mut config.common);
        let asks = config.client_certificates != PeerCertificate::None;
        if asks && config.common.resumption == Resumption::ByTicket {
            // A ticket says only that it is the same client, and not who that is.
            config.common.resumption = Resumption::ById;
        }
        if !config.identities.is_same(&before) || config.client_certificates != wish {
            self.forget_sessions();
        }
        self
    }

    /// Servers that ask clients for certificates and trust whom this verifier trusts, usually [`Roots`](crate::Roots).
    /// Sessions of before are left to the makers that this one was cloned from.
    ///
    /// A client that goes on with a session shows no certificate again:
    /// [`Stream::peer_certificates`](crate::Stream::peer_certificates) are then those that it showed, and had accepted, when
    /// the session began. A ticket has no room for them, so servers that ask keep the 4096 latest sessions themselves, with
    /// their certificates and for 12 hours each: whatever is configured, `common.resumption` by ticket is by id from now on.
    /// Turn it off where every connection is to show and verify a certificate.
    #[must_use]
    pub fn with_client_certificates(
        mut self,
        wish: PeerCertificate,
        verifier: impl VerifyClient + Send + Sync + 'static,
    ) -> Self {
        self.verifier = ClientVerifier::new(verifier);
        self.forget_sessions();
        self.configured(|config| config.client_certificates = wish)
    }

    /// As [`Connector::with_buffers`].
    #[must_use]
    pub fn with_buffers(mut self, buffers: Buffers) -> Self {
        self.lending.free = FreeList::new(buffers);
        self
    }

    /// As [`Connector::free_list`].
    #[must_use]
    pub const fn free_list(&self) -> &FreeList {
        &self.lending.free
    }

    /// As [`Connector::with_key_log`].
    #[must_use]
    pub fn with_key_log(mut self, key_log: Arc<KeyLog>) -> Self {
        self.lending.onlookers.key_log = Some(key_log);
        self
    }

    /// As [`Connector::with_observer`].
    #[must_use]
    pub fn with_observer(mut self, observer: Observer) -> Self {
        self.lending.onlookers.observer = Some(observer);
        self
    }

    /// Accepts a client over a blocking transport: the handshake is done when this returns.
    ///
    /// # Errors
    /// As [`Connector::connect`].
    pub fn accept<T: Read + Write>(&self, transport: T) -> io::Result<ServerStream<T>> {
        let mut stream = self.start(transport)?;
        stream.handshake()?;
        Ok(stream)
    }

    /// A server whose handshake has not begun.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidInput`] for a configuration that can't work.
    pub fn start<T>(&self, transport: T) -> io::Result<ServerStream<T>> {
        let config: Arc<ServerConfig> = Arc::<ServerConfig<IdentityList>>::clone(&self.config);
        let connection = Connection::<tidegate::Server, _, _, _, _>::new(
            config,
            self.lending.provider(),
            self.lending.lend(),
        )
        .map_err(impossible)?;
        let keys = (Arc::clone(&self.psks), Arc::clone(&self.cookies));
        let answers = (self.config.identities.clone(), self.verifier.clone(), keys);
        let answers = (answers, Arc::clone(&self.sessions));
        let session = Session::new(connection, answers, self.lending.free.clone());
        Ok(Stream::new(session.with_replays(self.replays), transport))
    }
}

fn impossible(error: CreateError) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, error)
}
