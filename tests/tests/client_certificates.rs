//! Certificates of clients, in TLS 1.2.
#![allow(missing_docs, reason = "tests")]

use std::cell::Cell;
use std::sync::Arc;

use getrandom::SysRng;
use tidegate::config::{ClientConfig, PeerCertificate, Permission, Resumption, ServerConfig, Versions};
use tidegate::crypto::SIGNATURE_ALGORITHMS;
use tidegate::crypto::rustcrypto::RustCrypto;
use tidegate::driver::{
    Webpki, answer_client, answer_client_certificate, answer_client_keys, answer_server, answer_sessions,
};
use tidegate::error::{CertificateError, PeerIncompatible, PeerMisbehaved, Refused};
use tidegate::wire::enums::{AlertDescription, CipherSuite};
use tidegate::x509::WebpkiVerifier;
use tidegate::{
    Client, Connection, CreateError, Error, Event, HandshakeSpace, Lent, ServerName, SessionKind, Want,
};
use tidegate_tests::pair::{Buffers, OwnedServer, Software, now};
use tidegate_tests::pki::{Chain, Pki};
use tidegate_tests::sessions::Kept;

type OwnedClient =
    Connection<Client<Chain>, Software, Arc<ClientConfig<Chain>>, Box<HandshakeSpace<Software>>, Box<[u8]>>;

/// Two ends, either of which may show certificates.
struct Duo {
    client: OwnedClient,
    server: OwnedServer,
    pki: Pki,
    /// The client's certificates, or certificates that it claims.
    own: Pki,
    shows: Shows,
    sessions: Kept,
    chunk: usize,
}

/// Whether the client shows its certificate where it is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shows {
    Own,
    Nothing,
}

impl Duo {
    fn new(own: Pki, wish: PeerCertificate) -> Self {
        Self::with(Pki::new(&rcgen::PKCS_ECDSA_P256_SHA256), own, wish, |_| {})
    }

    fn with(
        pki: Pki,
        own: Pki,
        wish: PeerCertificate,
        change: impl Fn(&mut tidegate::config::Common),
    ) -> Self {
        let mut client = ClientConfig::with_identities(own.identities());
        let mut server = ServerConfig::new(pki.identities());
        server.client_certificates = wish;
        for common in [&mut client.common, &mut server.common] {
            common.versions = Versions::Tls12;
            change(common);
        }
        let name = ServerName::try_from("localhost").unwrap();
        let client = OwnedClient::new(Arc::new(client), RustCrypto::new(SysRng), &name, lend()).unwrap();
        let server = OwnedServer::new(Arc::new(server), RustCrypto::new(SysRng), lend()).unwrap();
        Self { client, server, pki, own, shows: Shows::Own, sessions: Kept::new(), chunk: usize::MAX }
    }

    /// Lets both ends do what they can until nothing moves any more; the error of each.
    fn settle(&mut self) -> [Option<Error>; 2] {
        self.settle_under(|_| ())
    }

    /// The same, with an eye on what the server says in between.
    fn settle_under(&mut self, eye: impl Fn(&OwnedServer)) -> [Option<Error>; 2] {
        loop {
            let errors = [self.client_turn().err(), self.server_turn().err()];
            eye(&self.server);
            let there = self.client.outgoing();
            let count = self.server.feed_incoming(&there[..there.len().min(self.chunk)]);
            self.client.outgoing_sent(count);
            let back = self.server.outgoing();
            let returned = self.client.feed_incoming(&back[..back.len().min(self.chunk)]);
            self.server.outgoing_sent(returned);
            if count + returned == 0 {
                return errors;
            }
        }
    }

    fn client_turn(&mut self) -> Result<Want, Error> {
        let anchors = [self.pki.anchor()];
        let verifier = Webpki { verifier: WebpkiVerifier::new(&anchors, SIGNATURE_ALGORITHMS), clock: now };
        let signer = self.own.signer();
        loop {
            let event = match answer_client(self.client.next_event()?, &verifier) {
                Some(Event::ChooseIdentity(ask)) if self.shows == Shows::Nothing => {
                    ask.none();
                    continue;
                }
                event => event,
            };
            match event.and_then(|event| answer_client_keys(event, &signer)) {
                Some(Event::Want(want)) => return Ok(want),
                Some(Event::AppData(data)) => data.consume(usize::MAX),
                Some(_) | None => {}
            }
        }
    }

    fn server_turn(&mut self) -> Result<Want, Error> {
        let anchors = [self.own.anchor()];
        let verifier = Webpki { verifier: WebpkiVerifier::new(&anchors, SIGNATURE_ALGORITHMS), clock: now };
        let signer = self.pki.signer();
        loop {
            let event = answer_server(self.server.next_event()?, &signer);
            let event = event.and_then(|event| answer_client_certificate(event, &verifier));
            match event.and_then(|event| answer_sessions(event, &self.sessions)) {
                Some(Event::Want(want)) => return Ok(want),
                Some(Event::AppData(data)) => data.consume(usize::MAX),
                Some(_) | None => {}
            }
        }
    }

    fn assert_connected(&mut self) {
        assert_eq!(self.settle(), [None, None]);
        assert!(!self.client.is_handshaking() && !self.server.is_handshaking());
        self.client.write_app_data(b"hello").unwrap();
        let bytes = self.client.outgoing().to_vec();
        assert_eq!(self.server.feed_incoming(&bytes), bytes.len());
        self.client.outgoing_sent(bytes.len());
        let mut data = [0; 10];
        assert_eq!(self.server.read_app_data(&mut data), Ok(5));
    }
}

fn lend() -> Lent<Box<HandshakeSpace<Software>>, Box<[u8]>> {
    let Buffers { incoming, outgoing } = Buffers::FULL;
    let buffer = |length| vec![0; length].into_boxed_slice();
    Lent { space: Box::default(), incoming: buffer(incoming), outgoing: buffer(outgoing) }
}

/// A client's certificates with a key of this kind.
fn client(kind: &'static rcgen::SignatureAlgorithm) -> Pki {
    Pki::for_client(kind)
}

/// A client without certificates.
fn nobody() -> Pki {
    Pki { chain: Vec::new(), ..client(&rcgen::PKCS_ECDSA_P256_SHA256) }
}

#[test]
fn a_client_shows_its_certificate_to_a_server_that_asks() {
    let ciphers = [
        CipherSuite::TLS_AES_128_GCM_SHA256,
        CipherSuite::TLS_AES_256_GCM_SHA384,
        CipherSuite::TLS_CHACHA20_POLY1305_SHA256,
    ];
    for kind in [&rcgen::PKCS_ECDSA_P256_SHA256, &rcgen::PKCS_ECDSA_P384_SHA384] {
        for cipher in ciphers {
            for wish in [PeerCertificate::Requested, PeerCertificate::Required] {
                let server = Pki::new(&rcgen::PKCS_ECDSA_P256_SHA256);
                let mut duo = Duo::with(server, client(kind), wish, |common| {
                    common.cipher_suites = [cipher].into_iter().collect();
                });
                duo.assert_connected();
                assert!(duo.server.peer_certificate_digest().is_some());
            }
        }
    }
}

#[test]
fn it_does_so_in_any_chunks() {
    for chunk in [1, 50] {
        let mut duo = Duo::new(client(&rcgen::PKCS_ECDSA_P384_SHA384), PeerCertificate::Required);
        duo.chunk = chunk;
        duo.assert_connected();
    }
}

#[test]
fn a_server_that_does_not_ask_is_shown_none() {
    let mut duo = Duo::new(client(&rcgen::PKCS_ECDSA_P256_SHA256), PeerCertificate::None);
    duo.assert_connected();
    assert!(duo.server.peer_certificate_digest().is_none());
}

#[test]
fn a_client_without_certificates_comes_in_where_none_is_required() {
    let mut duo = Duo::new(nobody(), PeerCertificate::Requested);
    duo.assert_connected();
    assert!(duo.server.peer_certificate_digest().is_none());
    let mut duo = Duo::new(nobody(), PeerCertificate::Required);
    let refused = Error::from(PeerIncompatible::ClientCertificate);
    let alert = Error::AlertReceived(AlertDescription::HANDSHAKE_FAILURE);
    let mut errors = duo.settle();
    errors[0] = errors[0].or(duo.client.error());
    assert_eq!(errors, [Some(alert), Some(refused)]);
}

#[test]
fn an_ed25519_key_signs_no_digest_and_is_not_shown() {
    let mut duo = Duo::new(client(&rcgen::PKCS_ED25519), PeerCertificate::Requested);
    duo.assert_connected();
    assert!(duo.server.peer_certificate_digest().is_none());
}

#[test]
fn a_certificate_of_somebody_else_is_refused() {
    let mut duo = Duo::new(client(&rcgen::PKCS_ECDSA_P256_SHA256), PeerCertificate::Required);
    duo.own.root = client(&rcgen::PKCS_ECDSA_P256_SHA256).root;
    let [_, server] = duo.settle();
    let refused = |error| Some(Error::from(Refused::Certificate(error)));
    // Both roots have one name.
    assert!(
        [refused(CertificateError::BadSignature), refused(CertificateError::UnknownIssuer)].contains(&server)
    );
}

#[test]
fn a_certificate_for_servers_is_refused() {
    let mut duo = Duo::new(Pki::new(&rcgen::PKCS_ECDSA_P256_SHA256), PeerCertificate::Required);
    let [_, server] = duo.settle();
    assert_eq!(server, Some(Refused::Certificate(CertificateError::WrongUsage).into()));
}

#[test]
fn a_client_must_have_the_key() {
    let mut duo = Duo::new(client(&rcgen::PKCS_ECDSA_P256_SHA256), PeerCertificate::Required);
    duo.own.key = client(&rcgen::PKCS_ECDSA_P256_SHA256).key;
    let [_, server] = duo.settle();
    assert_eq!(server, Some(PeerMisbehaved::BadSignature.into()));
}

#[test]
fn a_renegotiation_shows_it_again() {
    let server = Pki::new(&rcgen::PKCS_ECDSA_P256_SHA256);
    let own = client(&rcgen::PKCS_ECDSA_P256_SHA256);
    let mut duo = Duo::with(server, own, PeerCertificate::Required, |common| {
        common.renegotiation.by_us = Permission::Granted;
        common.renegotiation.by_peer = Permission::Granted;
    });
    duo.assert_connected();
    duo.client.renegotiate().unwrap();
    duo.assert_connected();
    duo.server.renegotiate().unwrap();
    duo.assert_connected();
    assert!(!duo.server.is_renegotiation_pending());
}

/// Whoever shows a certificate has proved in its handshake's end that it is its own, and data still comes before.
#[test]
fn what_is_shown_in_a_renegotiation_counts_when_that_is_done() {
    let server = Pki::new(&rcgen::PKCS_ECDSA_P256_SHA256);
    let own = client(&rcgen::PKCS_ECDSA_P256_SHA256);
    let mut duo = Duo::with(server, own, PeerCertificate::Requested, |common| {
        common.renegotiation.by_us = Permission::Granted;
        common.renegotiation.by_peer = Permission::Granted;
        common.renegotiation.new_identity = Permission::Granted;
    });
    duo.chunk = 20;
    let mut before: Option<Vec<u8>> = None;
    for shows in [Shows::Nothing, Shows::Own, Shows::Nothing] {
        duo.shows = shows;
        let moments = Cell::new(0);
        let errors = duo.settle_under(|server| {
            if server.is_handshaking() {
                moments.set(moments.get() + 1);
                assert_eq!(server.peer_certificate_digest(), before.as_deref());
            }
        });
        assert_eq!(errors, [None, None]);
        assert!(moments.get() > 20, "{}", moments.get());
        before = duo.server.peer_certificate_digest().map(<[u8]>::to_vec);
        assert_eq!(before.is_some(), shows == Shows::Own);
        duo.server.renegotiate().unwrap();
    }
}

#[test]
fn a_session_that_goes_on_remembers_who_it_was() {
    let change = |common: &mut tidegate::config::Common| common.resumption = Resumption::ByTicket;
    let (server, own) = (Pki::new(&rcgen::PKCS_ECDSA_P256_SHA256), client(&rcgen::PKCS_ECDSA_P256_SHA256));
    let mut duo = Duo::with(server.clone(), own.clone(), PeerCertificate::Required, change);
    duo.assert_connected();
    let who = duo.server.peer_certificate_digest().unwrap().to_vec();
    let mut session = vec![0; tidegate::MAX_CLIENT_SESSION];
    let length = duo.client.session().unwrap().encode(now().unwrap(), &mut session).unwrap();
    let mut next = Duo::with(server, own, PeerCertificate::Required, change);
    next.sessions = duo.sessions;
    next.client.resume(&session[..length], now().unwrap()).unwrap();
    next.assert_connected();
    for negotiated in [next.client.negotiated(), next.server.negotiated()] {
        assert_eq!(negotiated.session, SessionKind::Resumed);
        assert_eq!((negotiated.group, negotiated.signature_scheme), (None, None));
    }
    assert_eq!(next.server.peer_certificate_digest(), Some(&*who));
}

#[test]
fn a_session_without_a_certificate_does_not_stand_in_for_one() {
    let change = |common: &mut tidegate::config::Common| common.resumption = Resumption::ByTicket;
    let server = Pki::new(&rcgen::PKCS_ECDSA_P256_SHA256);
    let mut duo = Duo::with(server.clone(), nobody(), PeerCertificate::None, change);
    duo.assert_connected();
    let mut session = vec![0; tidegate::MAX_CLIENT_SESSION];
    let length = duo.client.session().unwrap().encode(now().unwrap(), &mut session).unwrap();
    let own = client(&rcgen::PKCS_ECDSA_P256_SHA256);
    let mut next = Duo::with(server, own, PeerCertificate::Required, change);
    next.sessions = duo.sessions;
    next.client.resume(&session[..length], now().unwrap()).unwrap();
    next.assert_connected();
    assert_eq!(next.server.negotiated().session, SessionKind::New);
}

#[test]
fn a_server_of_tls13_can_not_ask_and_says_so() {
    let pki = Pki::new(&rcgen::PKCS_ECDSA_P256_SHA256);
    for (versions, allowed) in [(Versions::Tls12, true), (Versions::Tls13, false), (Versions::Both, false)] {
        let mut config = ServerConfig::new(pki.identities());
        config.common.versions = versions;
        config.client_certificates = PeerCertificate::Required;
        let made = OwnedServer::new(Arc::new(config), RustCrypto::new(SysRng), lend());
        assert_eq!(made.is_ok(), allowed, "{versions:?}");
        assert!(allowed || matches!(made, Err(CreateError::Configuration(_))));
    }
}
