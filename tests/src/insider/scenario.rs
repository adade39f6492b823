//! The handshakes that are played.

use tidegate::config::{
    CertificateTypes, ClientConfig, Common, Cookies, ExternalKeys, Identities, IdentityId, PeerCertificate,
    Permission, PostHandshakeAuth, Preferences, Resumption, ServerConfig, Versions,
};
use tidegate::sign::SoftwareSigner;
use tidegate::wire::enums::{CipherSuite, NamedGroup};

use super::keys::Version;
use crate::middle::End;

/// A way in which two ends shake hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scenario {
    /// A certificate of the server, in TLS 1.3; both know TLS 1.2 as well.
    Full,
    /// The same between two that know TLS 1.3 alone, as they do by default.
    Only13,
    /// The client's share is for another group.
    Retry,
    /// The client must show a cookie.
    Cookie,
    /// Certificates of both.
    ClientAuth,
    /// The client is asked, and shows none.
    NoCertificate,
    /// A session of TLS 1.3 goes on.
    Resumed,
    /// An external key stands for certificates.
    External,
    /// Early data that is let in.
    EarlyData,
    /// Early data that is passed over.
    EarlyRefused,
    /// The client lets itself be asked after the handshake, and has certificates.
    LateAuth,
    /// Raw public keys of both.
    RawKeys,
    /// Keys are exchanged by X25519 and ML-KEM.
    Hybrid,
    /// A certificate of the server, in TLS 1.2; the client knows TLS 1.3 as well.
    Full12,
    /// Certificates of both, in TLS 1.2.
    ClientAuth12,
    /// The client is asked in TLS 1.2, and shows none.
    NoCertificate12,
    /// A first session of TLS 1.2 with a ticket.
    Ticket12,
    /// It goes on, and gets a new ticket.
    Resumed12,
    /// A session of TLS 1.2 goes on by its id.
    ResumedById12,
    /// Two handshakes of TLS 1.2 in one connection.
    Again12,
}

impl Scenario {
    /// All of them.
    pub const ALL: [Self; 20] = [
        Self::Full,
        Self::Only13,
        Self::Retry,
        Self::Cookie,
        Self::ClientAuth,
        Self::NoCertificate,
        Self::Resumed,
        Self::External,
        Self::EarlyData,
        Self::EarlyRefused,
        Self::LateAuth,
        Self::RawKeys,
        Self::Hybrid,
        Self::Full12,
        Self::ClientAuth12,
        Self::NoCertificate12,
        Self::Ticket12,
        Self::Resumed12,
        Self::ResumedById12,
        Self::Again12,
    ];

    /// The version that is chosen.
    #[must_use]
    pub const fn version(self) -> Version {
        match self {
            Self::Full12 | Self::ClientAuth12 | Self::NoCertificate12 => Version::Tls12,
            Self::Ticket12 | Self::Resumed12 | Self::ResumedById12 | Self::Again12 => Version::Tls12,
            Self::Full | Self::Only13 | Self::Retry | Self::Cookie => Version::Tls13,
            Self::ClientAuth | Self::NoCertificate => Version::Tls13,
            Self::Resumed | Self::External | Self::EarlyData | Self::EarlyRefused => Version::Tls13,
            Self::LateAuth | Self::RawKeys | Self::Hybrid => Version::Tls13,
        }
    }

    /// Whether a session of before goes on.
    pub(super) const fn resumes(self) -> bool {
        matches!(self, Self::Resumed | Self::Resumed12 | Self::ResumedById12) || self.has_early_data()
    }

    /// Whether the client sends early data, once it has a session.
    pub(super) const fn has_early_data(self) -> bool {
        matches!(self, Self::EarlyData | Self::EarlyRefused)
    }

    /// Whether the client shows certificates to a server that asks.
    pub(super) const fn client_shows(self) -> bool {
        matches!(self, Self::ClientAuth | Self::ClientAuth12 | Self::LateAuth | Self::RawKeys)
    }

    fn configure(self, common: &mut Common, end: End) {
        common.cipher_suites = only(&[
            CipherSuite::TLS_AES_128_GCM_SHA256,
            CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        ]);
        common.groups = only(&[NamedGroup::X25519]);
        common.versions = Versions::Both;
        match (self, end) {
            (Self::Only13, _) => common.versions = Versions::Tls13,
            (Self::Retry, End::Client) => {
                common.groups = only(&[NamedGroup::SECP256R1, NamedGroup::X25519]);
            }
            (Self::Cookie, End::Server) => common.cookies = Cookies::Required,
            (Self::Resumed, _) => common.resumption = Resumption::ByTicket,
            (Self::EarlyData | Self::EarlyRefused, _) => {
                (common.resumption, common.max_early_data) = (Resumption::ByTicket, 1000);
            }
            (Self::RawKeys, _) => {
                (common.own_certificates, common.peer_certificates) =
                    (CertificateTypes::RawPublicKey, CertificateTypes::RawPublicKey);
            }
            (Self::Hybrid, _) => common.groups = only(&[NamedGroup::X25519MLKEM768]),
            (Self::External, _) => common.external_keys = ExternalKeys::Allowed,
            (Self::LateAuth, End::Client) => common.post_handshake_auth = PostHandshakeAuth::Offered,
            (Self::ResumedById12, _) => common.resumption = Resumption::ById,
            (Self::Ticket12 | Self::Resumed12, _) => common.resumption = Resumption::ByTicket,
            _ => {}
        }
        if self.version() == Version::Tls12 && end == End::Server {
            common.versions = Versions::Tls12;
        }
        (common.renegotiation.by_us, common.renegotiation.by_peer) =
            (Permission::Granted, Permission::Granted);
    }

    pub(super) fn client(self) -> ClientConfig<Shown> {
        let mut config = ClientConfig::with_identities(Shown(End::Client));
        self.configure(&mut config.common, End::Client);
        config
    }

    pub(super) fn server(self) -> ServerConfig<Shown> {
        let mut config = ServerConfig::new(Shown(End::Server));
        self.configure(&mut config.common, End::Server);
        if matches!(self, Self::ClientAuth | Self::ClientAuth12 | Self::RawKeys) {
            config.client_certificates = PeerCertificate::Required;
        }
        if matches!(self, Self::NoCertificate | Self::NoCertificate12) {
            config.client_certificates = PeerCertificate::Requested;
        }
        config
    }
}

fn only<T: Clone>(items: &[T]) -> Preferences<T> {
    Preferences::from_slice(items).unwrap()
}

/// The certificate of an end.
#[derive(Clone, Copy, Debug)]
pub struct Shown(pub End);

impl Shown {
    /// Its bytes. Nobody looks into them: who verifies knows them.
    #[must_use]
    pub const fn certificate(self) -> &'static [u8] {
        match self.0 {
            End::Client => b"the client's certificate, which nobody parses",
            End::Server => b"the server's certificate, which nobody parses",
        }
    }

    /// The key that goes with it, on P-256, made for this file.
    ///
    /// # Panics
    /// Never: it is one.
    #[must_use]
    pub fn signer(self) -> SoftwareSigner {
        let byte = match self.0 {
            End::Client => 0x24,
            End::Server => 0x42,
        };
        let secp256r1 = [0xa0, 0x0a, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
        let sec1 = [&[0x30, 0x31, 2, 1, 1, 4, 32][..], &[byte; 32], &secp256r1].concat();
        SoftwareSigner::from_der(&sec1).unwrap()
    }

    /// Its public half, a SubjectPublicKeyInfo in DER.
    ///
    /// # Panics
    /// Never: there is room.
    #[must_use]
    pub fn public_key(self) -> Vec<u8> {
        let mut spki = vec![0; tidegate::sign::MAX_SPKI];
        let length = self.signer().public_key_spki(&mut spki).unwrap();
        spki.truncate(length);
        spki
    }
}

impl Identities for Shown {
    fn for_each_certificate(&self, _: IdentityId, each: &mut dyn FnMut(&[u8])) {
        each(self.certificate());
    }

    fn raw_public_key(&self, _: IdentityId, each: &mut dyn FnMut(&[u8])) {
        each(&self.public_key());
    }
}
