//! How the two ends are configured.

use tidegate::config::{
    ClientConfig, Common, PeerCertificate, Permission, PostHandshakeAuth, Resumption, ServerConfig, Unwanted,
    Versions,
};
use tidegate::wire::enums::NamedGroup;
use tidegate::{Connection, HandshakeSpace, Lent, ServerName};

use crate::null::Null;
use crate::shop::CHAIN;

/// Whom the client asks for.
pub(crate) const NAME: &str = "server.example.test";

type Chains = &'static [&'static [&'static [u8]]];
type End<R, C> = Connection<R, Null, Box<C>, Box<HandshakeSpace<Null>>, Box<[u8]>>;
/// A client that may show certificates.
pub(crate) type Client = End<tidegate::Client<Chains>, ClientConfig<Chains>>;
/// A server.
pub(crate) type Server = End<tidegate::Server, ServerConfig>;

/// What the first bytes of an input choose.
pub(crate) struct Settings {
    bits: u16,
    /// Bytes of a record buffer.
    pub(crate) buffer: usize,
}

impl Settings {
    pub(crate) fn new(bits: u16) -> Self {
        Self { bits, buffer: if bits & 1 == 0 { 40_000 } else { 9_000 } }
    }

    fn has(&self, bit: u16) -> bool {
        self.bits >> bit & 1 == 1
    }

    fn common(&self, common: &mut Common, is_server: bool) {
        common.versions = match (self.has(1), self.has(2)) {
            (true, _) => Versions::Both,
            (false, true) => Versions::Tls12,
            (false, false) => Versions::Tls13,
        };
        common.resumption = if self.has(3) { Resumption::ByTicket } else { Resumption::Off };
        common.max_early_data = if self.has(4) { 3000 } else { 0 };
        if self.has(5) {
            common.renegotiation.by_peer = Permission::Granted;
            common.renegotiation.by_us = Permission::Granted;
        } else if self.has(6) {
            common.renegotiation.unwanted = Unwanted::Ignore;
        }
        if self.has(7) {
            common.post_handshake_auth = PostHandshakeAuth::Offered;
        }
        // A server that wants another group than the client has a share of asks again.
        if self.has(8) && is_server {
            common.groups = [NamedGroup::SECP256R1].into_iter().collect();
        }
        common.max_handshake_message = 4096;
        common.tickets = u8::from(self.has(3));
    }

    fn lent(&self) -> Lent<Box<HandshakeSpace<Null>>, Box<[u8]>> {
        let outgoing = if self.has(9) { 600 } else { self.buffer };
        Lent {
            space: Box::default(),
            incoming: vec![0; self.buffer].into(),
            outgoing: vec![0; outgoing].into(),
        }
    }

    pub(crate) fn client(&self) -> Client {
        let mut config = ClientConfig::with_identities(CHAIN);
        self.common(&mut config.common, false);
        let name = ServerName::try_from(NAME).unwrap();
        Client::new(Box::new(config), Null, &name, self.lent()).unwrap()
    }

    pub(crate) fn server(&self) -> Server {
        let mut config = ServerConfig::new(CHAIN);
        self.common(&mut config.common, true);
        config.client_certificates = match (self.has(10), self.has(11)) {
            (true, true) => PeerCertificate::Required,
            (true, false) => PeerCertificate::Requested,
            (false, _) => PeerCertificate::None,
        };
        let config: Box<ServerConfig> = Box::new(config);
        Server::new(config, Null, self.lent()).unwrap()
    }
}
