//! rustls, over each of its providers, by each of its interfaces.

pub(super) mod buffered;
pub(super) mod unbuffered;

use std::fmt;
use std::sync::{Arc, Mutex};

use rustls::client::{ClientSessionStore, Resumption, Tls12ClientSessionValue, Tls13ClientSessionValue};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{PrivateKeyDer, ServerName};
use rustls::server::ProducesTickets;
use rustls::{ClientConfig, HandshakeKind, NamedGroup, ProtocolVersion, RootCertStore, ServerConfig};

use crate::stack::{Agreed, Failure, Kind, Setup};

/// What both ends are configured with.
pub(super) struct Configs {
    pub(super) client: Arc<ClientConfig>,
    pub(super) server: Arc<ServerConfig>,
}

/// A provider: its algorithms, and what seals its tickets.
#[derive(Clone, Copy)]
pub(crate) struct Library {
    /// The algorithms.
    pub(crate) provider: fn() -> CryptoProvider,
    /// Seals tickets.
    pub(crate) ticketer: fn() -> Result<Arc<dyn ProducesTickets>, rustls::Error>,
}

/// AWS-LC.
pub(crate) const AWS_LC: Library = Library {
    provider: rustls::crypto::aws_lc_rs::default_provider,
    ticketer: rustls::crypto::aws_lc_rs::Ticketer::new,
};
/// ring.
pub(crate) const RING: Library = Library {
    provider: rustls::crypto::ring::default_provider,
    ticketer: rustls::crypto::ring::Ticketer::new,
};
/// graviola.
pub(crate) const GRAVIOLA: Library =
    Library { provider: rustls_graviola::default_provider, ticketer: rustls_graviola::Ticketer::new };
/// RustCrypto; it has nothing of its own for tickets, and borrows ring's.
pub(crate) const RUSTCRYPTO: Library =
    Library { provider: rustls_rustcrypto::provider, ticketer: rustls::crypto::ring::Ticketer::new };

impl Configs {
    /// One suite, one group, TLS 1.3.
    pub(super) fn new(setup: &Setup, library: Library) -> Result<Self, Failure> {
        let mut provider = (library.provider)();
        provider.cipher_suites.retain(|known| u16::from(known.suite()) == setup.suite.0);
        provider.kx_groups.retain(|group| group.name() == NamedGroup::X25519);
        let provider = Arc::new(provider);
        let mut roots = RootCertStore::empty();
        roots.add(setup.trusted.root.clone())?;
        let versions = &[&rustls::version::TLS13];
        let client =
            ClientConfig::builder_with_provider(provider.clone()).with_protocol_versions(versions)?;
        let mut client = client.with_root_certificates(roots).with_no_client_auth();
        let key = PrivateKeyDer::Pkcs8(setup.pki.key.clone().into());
        let server = ServerConfig::builder_with_provider(provider).with_protocol_versions(versions)?;
        let mut server = server.with_no_client_auth().with_single_cert(setup.pki.chain.clone(), key)?;
        if setup.kind == Kind::Resumed {
            client.resumption = Resumption::store(Arc::new(LastTicket::default()));
            (server.ticketer, server.send_tls13_tickets) = ((library.ticketer)()?, 1);
        } else {
            client.resumption = Resumption::disabled();
            server.send_tls13_tickets = 0;
        }
        Ok(Self { client: Arc::new(client), server: Arc::new(server) })
    }
}

/// Keeps the ticket that came last.
#[derive(Default)]
struct LastTicket(Mutex<Option<Tls13ClientSessionValue>>);

impl fmt::Debug for LastTicket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LastTicket")
    }
}

impl ClientSessionStore for LastTicket {
    fn set_kx_hint(&self, _: ServerName<'static>, _: NamedGroup) {}

    fn kx_hint(&self, _: &ServerName<'_>) -> Option<NamedGroup> {
        None
    }

    fn set_tls12_session(&self, _: ServerName<'static>, _: Tls12ClientSessionValue) {}

    fn tls12_session(&self, _: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        None
    }

    fn remove_tls12_session(&self, _: &ServerName<'static>) {}

    fn insert_tls13_ticket(&self, _: ServerName<'static>, value: Tls13ClientSessionValue) {
        *self.0.lock().expect("nobody panics") = Some(value);
    }

    fn take_tls13_ticket(&self, _: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        self.0.lock().expect("nobody panics").take()
    }
}

/// What a connection says of itself, with either interface.
fn agreed(common: &rustls::CommonState) -> Option<Agreed> {
    let is_current = common.protocol_version() == Some(ProtocolVersion::TLSv1_3);
    let suite = common.negotiated_cipher_suite().filter(|_| is_current)?;
    Some(Agreed {
        suite: suite.suite().into(),
        x25519: common.negotiated_key_exchange_group().map(|group| group.name() == NamedGroup::X25519),
        resumed: common.handshake_kind() == Some(HandshakeKind::Resumed),
    })
}
