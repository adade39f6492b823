//! Certificates of clients.

use std::cell::Cell;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use pki_types::{CertificateDer, ServerName};
use tidegate::config::{ClientConfig, IdentityId, PeerCertificate, Permission, Resumption, Versions};
use tidegate::crypto::CryptoError;
use tidegate::driver::{ClientKeys, answer_client, answer_client_keys};
use tidegate::error::{CertificateError, Error, PeerIncompatible, PeerMisbehaved, Refused};
use tidegate::wire::enums::SignatureScheme;
use tidegate::{ChooseIdentity, Client, Connection, Event, HandshakeSpace, Lent, SessionKind, Want};
use tidegate_std::{Acceptor, Connector, IdentityList, Onlookers, Roots, Software, tls_error};

use crate::pki::{Pki, serve};

type Chain = Vec<CertificateDer<'static>>;

/// What the server of one connection came to: whether a session went on and whose it is, or its error.
fn meet(connector: &Connector, acceptor: &Acceptor) -> Result<(SessionKind, Chain), Error> {
    let (socket, server) = serve(acceptor.clone(), |stream| {
        let mut stream = stream.map_err(|error| tls_error(&error).unwrap())?;
        stream.write_all(b"welcome").unwrap();
        stream.close().unwrap();
        Ok((stream.negotiated().session, stream.peer_certificates().to_vec()))
    });
    let mut received = String::new();
    let heard = connector.connect("localhost", socket).and_then(|mut stream| {
        stream.read_to_string(&mut received)?;
        assert_eq!(stream.peer_certificates().len(), 1, "servers show one, whoever the client is");
        Ok((received, stream.negotiated().session))
    });
    let result = server.join().unwrap();
    let expected = result.as_ref().ok().map(|(session, _)| ("welcome".to_owned(), *session));
    assert_eq!(heard.ok(), expected);
    result
}

/// As [`meet`]; how many certificates the server knows its client by.
fn connect(connector: &Connector, acceptor: &Acceptor) -> Result<usize, Error> {
    meet(connector, acceptor).map(|(_, chain)| chain.len())
}

/// As [`meet`]; whether a session went on.
fn session(connector: &Connector, acceptor: &Acceptor) -> Result<SessionKind, Error> {
    meet(connector, acceptor).map(|(session, _)| session)
}

/// A server that asks, in TLS 1.2, where sessions go on.
fn asking12(pki: &Pki, wish: PeerCertificate, clients: &Pki) -> Acceptor {
    let acceptor = pki.acceptor().with_client_certificates(wish, roots(clients));
    acceptor.configured(|config| config.common.versions = Versions::Tls12)
}

fn roots(pki: &Pki) -> Roots {
    let mut roots = Roots::new();
    roots.add(&pki.root).unwrap();
    roots
}

fn identified(pki: &Pki, clients: &Pki) -> Connector {
    pki.connector().with_identities([clients.identity("client", &rcgen::PKCS_ECDSA_P384_SHA384)])
}

#[test]
fn a_server_that_asks_is_shown_a_certificate() {
    let (pki, clients) = (Pki::new(), Pki::new());
    for (wish, shown) in
        [(PeerCertificate::Required, 1), (PeerCertificate::Requested, 1), (PeerCertificate::None, 0)]
    {
        for versions in [Versions::Tls12, Versions::Both] {
            let acceptor = pki.acceptor().with_client_certificates(wish, roots(&clients));
            let acceptor = acceptor.configured(|config| config.common.versions = versions);
            assert_eq!(connect(&identified(&pki, &clients), &acceptor), Ok(shown), "{wish:?}");
        }
    }
}

#[test]
fn a_client_without_one_comes_in_where_none_is_required() {
    let (pki, clients) = (Pki::new(), Pki::new());
    let acceptor = |wish| pki.acceptor().with_client_certificates(wish, roots(&clients));
    assert_eq!(connect(&pki.connector(), &acceptor(PeerCertificate::Requested)), Ok(0));
    let refused = Err(PeerIncompatible::CertificateRequired.into());
    assert_eq!(connect(&pki.connector(), &acceptor(PeerCertificate::Required)), refused);
    let acceptor = asking12(&pki, PeerCertificate::Required, &clients);
    let refused = Err(PeerIncompatible::ClientCertificate.into());
    assert_eq!(connect(&pki.connector(), &acceptor), refused);
}

#[test]
fn a_client_under_another_root_is_refused() {
    let (pki, clients) = (Pki::new(), Pki::new());
    let acceptor = pki.acceptor().with_client_certificates(PeerCertificate::Requested, roots(&pki));
    let refused = Err(Refused::Certificate(CertificateError::UnknownIssuer).into());
    assert_eq!(connect(&identified(&pki, &clients), &acceptor), refused);
}

#[test]
fn nobody_is_trusted_without_a_verifier() {
    let (pki, clients) = (Pki::new(), Pki::new());
    let refused = Err(Refused::Certificate(CertificateError::UnknownIssuer).into());
    for versions in [Versions::Tls12, Versions::Both] {
        let acceptor = pki.acceptor().configured(|config| {
            config.client_certificates = PeerCertificate::Requested;
            config.common.versions = versions;
        });
        assert_eq!(connect(&identified(&pki, &clients), &acceptor), refused);
    }
}

#[test]
fn a_session_is_not_shared_by_clients_that_are_somebody_else() {
    let (pki, clients) = (Pki::new(), Pki::new());
    let acceptor = asking12(&pki, PeerCertificate::Required, &clients);
    let connector = identified(&pki, &clients);
    assert_eq!(session(&connector, &acceptor), Ok(SessionKind::New));
    assert_eq!(session(&connector, &acceptor), Ok(SessionKind::Resumed));
    let identity = |name| clients.identity(name, &rcgen::PKCS_ECDSA_P256_SHA256);
    let configured = connector
        .clone()
        .configured(|config| config.identities = IdentityList::new([identity("configured anew")]));
    assert_eq!(session(&configured, &acceptor), Ok(SessionKind::New));
    let other = identity("other");
    let chain = other.chain().to_vec();
    assert_eq!(meet(&connector.with_identities([other]), &acceptor), Ok((SessionKind::New, chain)));
}

#[test]
fn who_goes_on_with_a_session_is_who_began_it() {
    let (pki, clients) = (Pki::new(), Pki::new());
    let wishes = [PeerCertificate::Required, PeerCertificate::Requested];
    let versions = [Versions::Tls12, Versions::Both];
    for (wish, versions) in wishes.into_iter().flat_map(|wish| versions.map(|versions| (wish, versions))) {
        let acceptor = pki.acceptor().with_client_certificates(wish, roots(&clients));
        let acceptor = acceptor.configured(|config| config.common.versions = versions);
        let (one, other) = (identified(&pki, &clients), identified(&pki, &clients));
        let chains = [&one, &other].map(|connector| {
            let (session, chain) = meet(connector, &acceptor).unwrap();
            assert_eq!((session, chain.len()), (SessionKind::New, 1));
            chain
        });
        assert_ne!(chains[0], chains[1]);
        // In TLS 1.3 each goes on with the session that the one before it began.
        for _ in 0..3 {
            for (connector, chain) in [&one, &other].into_iter().zip(&chains) {
                let expected = Ok((SessionKind::Resumed, chain.clone()));
                assert_eq!(meet(connector, &acceptor), expected, "{wish:?}, {versions:?}");
            }
        }
    }
}

#[test]
fn who_goes_on_with_a_session_of_nobody_is_nobody() {
    let (pki, clients) = (Pki::new(), Pki::new());
    let acceptor = asking12(&pki, PeerCertificate::Requested, &clients);
    let connector = pki.connector();
    for expected in [SessionKind::New, SessionKind::Resumed] {
        assert_eq!(meet(&connector, &acceptor), Ok((expected, Vec::new())));
    }
}

#[test]
fn a_client_knows_the_server_of_a_session_that_goes_on() {
    let pki = Pki::new();
    let acceptor = pki.acceptor().configured(|config| config.common.versions = Versions::Tls12);
    let connector = pki.connector();
    let connect = || {
        let (socket, server) = serve(acceptor.clone(), |stream| {
            let mut stream = stream.unwrap();
            stream.close().unwrap();
            stream.peer_certificates().len()
        });
        let mut stream = connector.start("localhost", socket).unwrap();
        assert!(stream.peer_certificates().is_empty(), "nothing has been proven");
        stream.handshake().unwrap();
        assert_eq!(server.join().unwrap(), 0);
        (stream.negotiated().session, stream.peer_certificates().to_vec())
    };
    let (session, chain) = connect();
    assert_eq!((session, chain.len()), (SessionKind::New, 1));
    for _ in 0..2 {
        assert_eq!(connect(), (SessionKind::Resumed, chain.clone()));
    }
    // A server that does not know the session is known by what it shows.
    let other = pki.acceptor().configured(|config| config.common.versions = Versions::Tls12);
    let (socket, server) = serve(other, |stream| stream.unwrap().close().unwrap());
    let stream = connector.connect("localhost", socket).unwrap();
    server.join().unwrap();
    assert_eq!((stream.negotiated().session, stream.peer_certificates().len()), (SessionKind::New, 1));
    assert_ne!(stream.peer_certificates(), chain);
}

#[test]
fn servers_that_ask_make_sessions_by_id_or_none() {
    let (pki, clients) = (Pki::new(), Pki::new());
    let acceptor = asking12(&pki, PeerCertificate::Required, &clients);
    for (resumption, expected) in [
        (Resumption::ByTicket, SessionKind::Resumed),
        (Resumption::ById, SessionKind::Resumed),
        (Resumption::Off, SessionKind::New),
    ] {
        let acceptor = acceptor.clone().configured(|config| config.common.resumption = resumption);
        let connector = identified(&pki, &clients);
        for expected in [SessionKind::New, expected] {
            let (session, chain) = meet(&connector, &acceptor).unwrap();
            assert_eq!((session, chain.len()), (expected, 1), "{resumption:?}");
        }
    }
}

#[test]
fn a_server_that_is_somebody_else_goes_on_with_no_session() {
    let (pki, clients) = (Pki::new(), Pki::new());
    let acceptor = asking12(&pki, PeerCertificate::Required, &clients);
    let connector = identified(&pki, &clients);
    assert_eq!(session(&connector, &acceptor), Ok(SessionKind::New));
    let same = acceptor.clone().configured(|config| config.common.max_send_fragment = 1000);
    assert_eq!(session(&connector, &same), Ok(SessionKind::Resumed));
    let other = pki.identity("localhost", &rcgen::PKCS_ECDSA_P256_SHA256);
    let other = acceptor.configured(|config| config.identities = IdentityList::new([other]));
    assert_eq!(session(&connector, &other), Ok(SessionKind::New));
}

/// The keys of a client that shows its certificate once, and none in later handshakes.
struct Once(IdentityList, Cell<u32>);

impl ClientKeys for Once {
    fn choose(&self, ask: &ChooseIdentity<'_>) -> Option<(IdentityId, SignatureScheme)> {
        let asked = self.1.replace(self.1.get() + 1);
        ClientKeys::choose(&self.0, ask).filter(|_| asked == 0)
    }

    fn sign_digest(
        &self,
        identity: IdentityId,
        scheme: SignatureScheme,
        digest: &[u8],
        out: &mut [u8],
    ) -> Result<usize, CryptoError> {
        self.0.sign_digest(identity, scheme, digest, out)
    }

    fn sign(
        &self,
        identity: IdentityId,
        scheme: SignatureScheme,
        message: &[u8],
        out: &mut [u8],
    ) -> Result<usize, CryptoError> {
        ClientKeys::sign(&self.0, identity, scheme, message, out)
    }
}

/// A client with these keys that says a byte after each of two handshakes, the second of which the server asks for; how
/// often it was asked for a certificate.
fn renegotiate_as(keys: &Once, trusted: &Roots, mut socket: TcpStream) -> u32 {
    let mut config = ClientConfig::with_identities(keys.0.clone());
    config.common.versions = Versions::Tls12;
    config.common.renegotiation.by_peer = Permission::Granted;
    let buffer = || vec![0; 40_000].into_boxed_slice();
    let lent =
        Lent { space: Box::<HandshakeSpace<Software>>::default(), incoming: buffer(), outgoing: buffer() };
    let (software, name) = (Software::new(Onlookers::default()), ServerName::try_from("localhost").unwrap());
    let mut client =
        Connection::<Client<IdentityList>, _, _, _, _>::new(Arc::new(config), software, &name, lent).unwrap();
    let mut said = 0;
    while let Ok(event) = client.next_event() {
        let event = answer_client(event, trusted).and_then(|event| answer_client_keys(event, keys));
        let wants = matches!(event, Some(Event::Want(Want::Incoming)));
        if wants && !client.is_handshaking() && keys.1.get() > said {
            said += 1;
            client.write_app_data(b".").unwrap();
        }
        let count = client.outgoing().len();
        let sent = socket.write_all(client.outgoing());
        client.outgoing_sent(count);
        let read = if wants { socket.read(client.incoming_space()).unwrap_or(0) } else { continue };
        if sent.is_err() || read == 0 {
            break;
        }
        client.incoming_filled(read);
    }
    keys.1.get()
}

#[test]
fn a_client_that_shows_nothing_any_more_is_nobody_any_more() {
    for may_change in [Permission::Granted, Permission::Denied] {
        let (pki, clients) = (Pki::new(), Pki::new());
        let acceptor = asking12(&pki, PeerCertificate::Requested, &clients);
        let acceptor = acceptor.configured(|config| {
            config.common.renegotiation.by_us = Permission::Granted;
            config.common.renegotiation.new_identity = may_change;
        });
        let (socket, server) = serve(acceptor, |stream| {
            let mut stream = stream.unwrap();
            stream.read_exact(&mut [0]).unwrap();
            let before = stream.peer_certificates().len();
            stream.renegotiate().unwrap();
            let read = stream.read_exact(&mut [0]).map_err(|error| tls_error(&error).unwrap());
            (before, read, stream.peer_certificates().len())
        });
        let own = clients.identity("client", &rcgen::PKCS_ECDSA_P256_SHA256);
        let keys = Once(IdentityList::new([own]), Cell::new(0));
        assert_eq!(renegotiate_as(&keys, &roots(&pki), socket), 2);
        let after = match may_change {
            Permission::Granted => (1, Ok(()), 0),
            Permission::Denied => (1, Err(PeerMisbehaved::ChangedIdentity.into()), 1),
        };
        assert_eq!(server.join().unwrap(), after);
    }
}
