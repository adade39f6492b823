//! Making streams.

mod common;
mod cookies;
mod early_data;
mod lending;
mod psk;
mod tickets;

use common::{begin, promise};
pub(crate) use cookies::CookieJar;
use lending::{lend, provider};
pub use psk::PreSharedKey;
pub(crate) use psk::PreSharedKeys;

use std::fmt;
use std::io::{self, Read, Write};
use std::sync::Arc;

use pki_types::ServerName;
use tidegate::config::{ClientConfig, PeerCertificate, Resumption, ServerConfig};
use tidegate::driver::{Verify, VerifyClient};
use tidegate::{Client, Connection, CreateError, Server};

use crate::buffer::{Buffers, FreeList};
use crate::identity::{IdentityList, OwnedIdentity};
use crate::provider::{KeyLog, Observer, Onlookers};
use crate::sessions::{OwnTickets, Replays};
use crate::stream::{ClientStream, ClientVerifier, ServerStream, Session, Shared, Stream, Verifier};

/// Makes clients. Cheap to clone.
#[derive(Clone)]
pub struct Connector {
    config: Arc<ClientConfig<IdentityList>>,
    shared: Arc<Shared<Client<IdentityList>>>,
    psk: Option<PreSharedKey>,
    onlookers: Onlookers,
}

impl Connector {
    /// Clients that trust whom this verifier trusts, usually [`Roots`](crate::Roots).
    #[must_use]
    pub fn new(verifier: impl Verify + Send + Sync + 'static) -> Self {
        let mut config = ClientConfig::with_identities(IdentityList::default());
        begin(&mut config.common);
        config.common.resumption = Resumption::ByTicket;
        let answers = (Verifier::new(verifier), IdentityList::default());
        let (free, replays) = (FreeList::default(), Replays::Refused);
        let shared = Arc::new(Shared { answers, sessions: Arc::default(), free, replays });
        let (config, onlookers) = (Arc::new(config), Onlookers::default());
        Self { config, shared, psk: None, onlookers }.configured(|_| {})
    }

    /// Changes the configuration, which begins with the secure defaults, takes handshake messages of 16 kB, and uses TLS 1.3
    /// with every peer that knows it and TLS 1.2 with the others. Nobody may begin another handshake on a connection of
    /// TLS 1.2 unless `common.renegotiation` is told so here, for either end by name.
    /// Streams complete writes when they are sealed, whatever is chosen here. Sessions are shared with the makers that this
    /// one was cloned from, unless the identities change, or whether external keys stand for certificates.
    #[must_use]
    pub fn configured(mut self, change: impl FnOnce(&mut ClientConfig<IdentityList>)) -> Self {
        let (before, keys) = (self.config.identities.clone(), self.config.common.external_keys);
        let config = Arc::make_mut(&mut self.config);
        change(config);
        promise(&mut config.common);
        let shared = Arc::make_mut(&mut self.shared);
        if !config.identities.is_same(&before) || config.common.external_keys != keys {
            shared.sessions = Arc::default();
        }
        shared.answers.1 = config.identities.clone();
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
        Arc::make_mut(&mut self.shared).free = FreeList::new(buffers);
        self
    }

    /// Where streams with the mode RELEASE_BUFFERS leave their record buffers while they are idle.
    #[must_use]
    pub fn free_list(&self) -> &FreeList {
        &self.shared.free
    }

    /// Tells this log the secrets of every connection.
    #[must_use]
    pub fn with_key_log(mut self, key_log: Arc<KeyLog>) -> Self {
        self.onlookers.key_log = Some(key_log);
        self
    }

    /// Lets this look on at the messages of every handshake.
    #[must_use]
    pub fn with_observer(mut self, observer: Observer) -> Self {
        self.onlookers.observer = Some(observer);
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
        let connection = Connection::<Client<IdentityList>, _, _, _, _>::new(
            Arc::clone(&self.config),
            provider(&self.onlookers),
            &name,
            lend(&self.shared.free),
        )
        .map_err(impossible)?;
        let mut session = Session::new(connection, &self.shared);
        let sessions = &self.shared.sessions;
        let kept = |name| sessions.take(name).or_else(|| sessions.get(name));
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
#[derive(Clone)]
pub struct Acceptor {
    config: Arc<ServerConfig<IdentityList>>,
    shared: Arc<Shared<Server>>,
    tickets: OwnTickets,
    onlookers: Onlookers,
}

impl Acceptor {
    /// Servers with these identities, the default one first: a client gets the first one that is for the name it asks
    /// for and whose key it takes.
    #[must_use]
    pub fn new(identities: impl IntoIterator<Item = OwnedIdentity>) -> Self {
        let mut config = ServerConfig::new(IdentityList::new(identities));
        begin(&mut config.common);
        config.common.resumption = Resumption::ByTicket;
        let answers = (config.identities.clone(), ClientVerifier::default(), Default::default());
        let (free, replays) = (FreeList::default(), Replays::Refused);
        let shared = Arc::new(Shared { answers, sessions: Arc::default(), free, replays });
        let (config, tickets) = (Arc::new(config), OwnTickets::default());
        Self { config, shared, tickets, onlookers: Onlookers::default() }.configured(|_| {})
    }

    /// As [`Connector::configured`]. Sessions are not shared under another wish for client certificates, either.
    #[must_use]
    pub fn configured(mut self, change: impl FnOnce(&mut ServerConfig<IdentityList>)) -> Self {
        let (before, wish) = (self.config.identities.clone(), self.config.client_certificates);
        let keys = self.config.common.external_keys;
        let config = Arc::make_mut(&mut self.config);
        change(config);
        promise(&mut config.common);
        let asks = config.client_certificates != PeerCertificate::None;
        if asks && config.common.resumption == Resumption::ByTicket {
            // A ticket says only that it is the same client, and not who that is.
            config.common.resumption = Resumption::ById;
        }
        let is_same = config.identities.is_same(&before)
            && config.client_certificates == wish
            && config.common.external_keys == keys;
        self.shared().answers.0 = self.config.identities.clone();
        if !is_same {
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
        self.shared().answers.1 = ClientVerifier::new(verifier);
        self.forget_sessions();
        self.configured(|config| config.client_certificates = wish)
    }

    /// As [`Connector::with_buffers`].
    #[must_use]
    pub fn with_buffers(mut self, buffers: Buffers) -> Self {
        Arc::make_mut(&mut self.shared).free = FreeList::new(buffers);
        self
    }

    /// As [`Connector::free_list`].
    #[must_use]
    pub fn free_list(&self) -> &FreeList {
        &self.shared.free
    }

    /// As [`Connector::with_key_log`].
    #[must_use]
    pub fn with_key_log(mut self, key_log: Arc<KeyLog>) -> Self {
        self.onlookers.key_log = Some(key_log);
        self
    }

    /// As [`Connector::with_observer`].
    #[must_use]
    pub fn with_observer(mut self, observer: Observer) -> Self {
        self.onlookers.observer = Some(observer);
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
        let connection =
            Connection::<Server, _, _, _, _>::new(config, provider(&self.onlookers), lend(&self.shared.free))
                .map_err(impossible)?;
        Ok(Stream::new(Session::new(connection, &self.shared), transport))
    }

    /// What its streams have in common, for those to come.
    fn shared(&mut self) -> &mut Shared<Server> {
        Arc::make_mut(&mut self.shared)
    }
}

impl fmt::Debug for Acceptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Acceptor").field("config", &self.config).finish_non_exhaustive()
    }
}

fn impossible(error: CreateError) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, error)
}
