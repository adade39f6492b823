//! Certificates of clients, in TLS 1.2.

use std::cell::Cell;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use pki_types::ServerName;
use tidegate::config::{ClientConfig, IdentityId, PeerCertificate, Permission, Versions};
use tidegate::crypto::CryptoError;
use tidegate::driver::{ClientKeys, answer_client, answer_client_keys};
use tidegate::error::{CertificateError, Error, PeerIncompatible, PeerMisbehaved, Refused};
use tidegate::wire::enums::SignatureScheme;
use tidegate::{ChooseIdentity, Client, Connection, Event, HandshakeSpace, Lent, Want};
use tidegate_std::{Acceptor, Connector, IdentityList, Onlookers, Roots, Software, tls_error};

use crate::pki::{Pki, serve};

/// What the server of one connection came to: how many certificates it was shown, or its error.
fn connect(connector: &Connector, acceptor: &Acceptor) -> Result<usize, Error> {
    let (socket, server) = serve(acceptor.clone(), |stream| {
        let mut stream = stream.map_err(|error| tls_error(&error).unwrap())?;
        stream.write_all(b"welcome").unwrap();
        stream.close().unwrap();
        Ok(stream.peer_certificates().len())
    });
    let mut received = String::new();
    let heard = connector
        .connect("localhost", socket)
        .and_then(|mut stream| stream.read_to_string(&mut received).map(|_| received));
    let result = server.join().unwrap();
    assert_eq!(heard.ok().as_deref(), result.is_ok().then_some("welcome"));
    result
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
        let acceptor = pki.acceptor().with_client_certificates(wish, roots(&clients));
        assert_eq!(connect(&identified(&pki, &clients), &acceptor), Ok(shown), "{wish:?}");
    }
}

#[test]
fn a_client_without_one_comes_in_where_none_is_required() {
    let (pki, clients) = (Pki::new(), Pki::new());
    let acceptor = |wish| pki.acceptor().with_client_certificates(wish, roots(&clients));
    assert_eq!(connect(&pki.connector(), &acceptor(PeerCertificate::Requested)), Ok(0));
    let refused = Err(PeerIncompatible::ClientCertificate.into());
    assert_eq!(connect(&pki.connector(), &acceptor(PeerCertificate::Required)), refused);
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
    let acceptor = pki.acceptor().configured(|config| {
        config.client_certificates = PeerCertificate::Requested;
        config.common.versions = Versions::Tls12;
    });
    let refused = Err(Refused::Certificate(CertificateError::UnknownIssuer).into());
    assert_eq!(connect(&identified(&pki, &clients), &acceptor), refused);
}

#[test]
fn a_session_is_not_shared_by_clients_that_are_somebody_else() {
    let (pki, clients) = (Pki::new(), Pki::new());
    let acceptor = pki.acceptor().with_client_certificates(PeerCertificate::Required, roots(&clients));
    let connector = identified(&pki, &clients);
    assert_eq!(connect(&connector, &acceptor), Ok(1));
    assert_eq!(connect(&connector, &acceptor), Ok(0), "a session that goes on shows nothing again");
    let identity = |name| clients.identity(name, &rcgen::PKCS_ECDSA_P256_SHA256);
    let configured = connector
        .clone()
        .configured(|config| config.identities = IdentityList::new([identity("configured anew")]));
    assert_eq!(connect(&configured, &acceptor), Ok(1));
    assert_eq!(connect(&connector.with_identities([identity("other")]), &acceptor), Ok(1));
}

#[test]
fn a_server_that_is_somebody_else_goes_on_with_no_session() {
    let (pki, clients) = (Pki::new(), Pki::new());
    let acceptor = pki.acceptor().with_client_certificates(PeerCertificate::Required, roots(&clients));
    let connector = identified(&pki, &clients);
    assert_eq!(connect(&connector, &acceptor), Ok(1));
    let same = acceptor.clone().configured(|config| config.common.max_send_fragment = 1000);
    assert_eq!(connect(&connector, &same), Ok(0), "a session that goes on");
    let other = pki.identity("localhost", &rcgen::PKCS_ECDSA_P256_SHA256);
    let other = acceptor.configured(|config| config.identities = IdentityList::new([other]));
    assert_eq!(connect(&connector, &other), Ok(1));
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
        let acceptor = pki.acceptor().with_client_certificates(PeerCertificate::Requested, roots(&clients));
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
