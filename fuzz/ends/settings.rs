//! How the two ends are configured.

use tidegate::buffers::MIN_OUTGOING;
use tidegate::config::{
    CertificateTypes, ClientConfig, Common, Cookies, ExternalKeys, KeyShares, Ocsp, Padding, PeerCertificate,
    Permission, PostHandshakeAuth, Protocols, PskExchange, Resumption, ServerConfig, Unwanted, Versions,
};
use tidegate::crypto::HashAlgorithm;
use tidegate::modes::{Completion, Modes, UnexpectedEnd};
use tidegate::wire::enums::{CipherSuite, NamedGroup};
use tidegate::{Connection, ExternalPsk, HandshakeSpace, Lent, ServerName};

use super::provider::Frail;
use super::shown::Shown;
use crate::shop::NOW;

/// Whom the client asks for.
pub(crate) const NAME: &str = "server.example.test";
/// The external key of both, and its name.
pub(crate) const EXTERNAL: (&[u8], &[u8]) = (b"external", &[9; 32]);

/// Either.
pub(crate) type End<R, C> = Connection<R, Frail, C, Box<HandshakeSpace<Frail>>, Box<[u8]>>;
/// A client that may show certificates.
pub(crate) type Client = End<tidegate::Client<Shown>, Box<ClientConfig<Shown>>>;
/// A server.
pub(crate) type Server = End<tidegate::Server, Box<ServerConfig>>;

/// What the first bytes of an input choose.
#[derive(Clone, Copy)]
pub(crate) struct Settings(pub(crate) u32);

impl Settings {
    fn has(self, bit: u8) -> bool {
        self.0 >> bit & 1 == 1
    }

    /// Which of four two bits choose.
    fn of_four<T: Copy>(self, bit: u8, values: [T; 4]) -> T {
        values[(self.0 >> bit & 3) as usize]
    }

    /// Bytes of a record buffer.
    pub(crate) fn buffer(self) -> usize {
        if self.has(0) { 9_000 } else { 40_000 }
    }

    /// Whether what the engine tells developers is looked at.
    pub(crate) fn is_logged(self) -> bool {
        self.has(31)
    }

    /// Whether the versions of the server are not those of the client.
    pub(crate) fn is_server_older(self) -> bool {
        self.has(29)
    }

    fn shown(self) -> Shown {
        let authorities: &[&[u8]] = if self.has(21) { &[b"an authority", b"another one"] } else { &[] };
        Shown { authorities, is_there: self.has(10) || !self.has(11) }
    }

    fn common(self, common: &mut Common) {
        common.versions = self.of_four(1, [Versions::Tls13, Versions::Both, Versions::Tls12, Versions::Both]);
        let (by_ticket, by_id) = (Resumption::ByTicket, Resumption::ById);
        common.resumption = match (self.has(3), self.has(12)) {
            (true, false) => by_ticket,
            (false, true) => by_id,
            (true, true) => {
                let _ = common.session_context.push(1);
                by_ticket
            }
            (false, false) => Resumption::Off,
        };
        common.max_early_data = if self.has(4) { 3000 } else { 0 };
        self.renegotiate(common);
        if self.has(7) {
            common.post_handshake_auth = PostHandshakeAuth::Offered;
        }
        common.max_handshake_message = 4096;
        common.tickets = u8::from(self.has(3));
        self.keys(common);
        self.records(common);
        self.certificates(common);
        let http = |first: &'static [u8]| Protocols::new([first, b"http/1.1"]).unwrap();
        common.protocols = self.of_four(24, [Protocols::none(), http(b"h2"), http(b"h3"), Protocols::none()]);
    }

    fn renegotiate(self, common: &mut Common) {
        if self.has(5) {
            common.renegotiation.by_peer = Permission::Granted;
            common.renegotiation.by_us = Permission::Granted;
            common.renegotiation.limit = if self.has(6) { 1 } else { 64 };
        } else if self.has(6) {
            common.renegotiation.unwanted = if self.has(7) { Unwanted::Fail } else { Unwanted::Ignore };
        }
    }

    fn keys(self, common: &mut Common) {
        let (off, allowed, required) = (ExternalKeys::Off, ExternalKeys::Allowed, ExternalKeys::Required);
        common.external_keys = self.of_four(14, [off, allowed, allowed, required]);
        // TLS 1.2 has none.
        if common.external_keys == required && common.versions == Versions::Tls12 {
            common.versions = Versions::Both;
        }
        let (ephemeral, either) = (PskExchange::Ephemeral, PskExchange::EphemeralOrNone);
        common.psk_exchange = self.of_four(16, [ephemeral, either, PskExchange::None, either]);
        let list: &[NamedGroup] = match self.has(26) {
            true => &[NamedGroup::X25519MLKEM768, NamedGroup::X25519],
            false => &[NamedGroup::X25519, NamedGroup::SECP256R1, NamedGroup::SECP384R1],
        };
        common.groups = list.iter().copied().collect();
        if self.has(27) {
            common.key_shares = KeyShares::Single;
            common.cipher_suites = [CipherSuite::TLS_AES_256_GCM_SHA384].into_iter().collect();
        }
    }

    fn records(self, common: &mut Common) {
        common.padding = if self.has(22) { Padding::Block(64) } else { Padding::None };
        if self.has(23) {
            common.max_send_fragment = 520;
            common.modes = common.modes.set(Modes::SEND_FALLBACK_SCSV);
        }
        if self.has(28) {
            common.completion = Completion::Drained;
            common.unexpected_end = UnexpectedEnd::Ignore;
        }
    }

    fn certificates(self, common: &mut Common) {
        let (x509, raw) = (CertificateTypes::X509, CertificateTypes::RawPublicKey);
        let types = self.of_four(18, [x509, CertificateTypes::Either, raw, x509]);
        (common.own_certificates, common.peer_certificates) = (types, types);
        common.ocsp = if self.has(20) { Ocsp::Requested } else { Ocsp::Off };
    }

    fn lent(self) -> Lent<Box<HandshakeSpace<Frail>>, Box<[u8]>> {
        let outgoing = match (self.has(9), self.has(0)) {
            (true, true) => MIN_OUTGOING,
            (true, false) => 600,
            (false, _) => self.buffer(),
        };
        Lent {
            space: Box::default(),
            incoming: vec![0; self.buffer()].into(),
            outgoing: vec![0; outgoing].into(),
        }
    }

    /// A client, which offers the session that it has kept.
    pub(crate) fn client(self, session: Option<&[u8]>) -> Client {
        let mut config = ClientConfig::with_identities(self.shown());
        self.common(&mut config.common);
        let name = ServerName::try_from(NAME).unwrap();
        let mut client = Client::new(Box::new(config), Frail::new(0), &name, self.lent()).unwrap();
        let _ = session.map(|session| client.resume(session, NOW));
        let (identity, key) = EXTERNAL;
        let psk = ExternalPsk { identity, key, hash: HashAlgorithm::Sha256 };
        let _ = match self.has(14) {
            true => client.offer_psk(psk),
            false => client.offer_imported_psk(psk, b"context"),
        };
        client
    }

    pub(crate) fn server(self) -> Server {
        let mut config = ServerConfig::new(self.shown());
        self.common(&mut config.common);
        config.client_certificates = match (self.has(10), self.has(11)) {
            (true, true) => PeerCertificate::Required,
            (true, false) | (false, true) => PeerCertificate::Requested,
            (false, false) => PeerCertificate::None,
        };
        // A server that wants another group than the client has a share of asks again.
        if self.has(8) {
            config.common.groups = [NamedGroup::SECP256R1].into_iter().collect();
        }
        if self.has(13) {
            config.common.cookies = Cookies::Required;
        }
        if self.is_server_older() && config.common.external_keys != ExternalKeys::Required {
            config.common.versions =
                self.of_four(1, [Versions::Tls12, Versions::Tls12, Versions::Both, Versions::Tls12]);
        }
        if self.has(18) && self.has(19) {
            config.common.own_certificates = CertificateTypes::RawPublicKey;
        }
        if self.has(30) {
            config.common.cipher_suites = [CipherSuite::TLS_CHACHA20_POLY1305_SHA256].into_iter().collect();
        }
        let config: Box<ServerConfig> = Box::new(config);
        Server::new(config, Frail::new(0x80), self.lent()).unwrap()
    }
}
