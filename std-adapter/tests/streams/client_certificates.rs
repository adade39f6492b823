//! Certificates of clients, in TLS 1.2.

use std::io::{Read, Write};

use tidegate::config::{PeerCertificate, Versions};
use tidegate::error::{CertificateError, Error, PeerIncompatible, Refused};
use tidegate_std::{Acceptor, Connector, IdentityList, Roots, tls_error};

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
