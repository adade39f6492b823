//! Which of its identities a client shows to a server that names the authorities it knows.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::server::WebPkiClientVerifier;
use rustls::{DistinguishedName, RootCertStore, ServerConnection, SupportedProtocolVersion};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tidegate_std::{Connector, OwnedIdentity, Roots};

type Authority = CertifiedIssuer<'static, KeyPair>;

fn params_of(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(vec![]).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

fn authority(name: &str) -> Authority {
    CertifiedIssuer::self_signed(params_of(name), KeyPair::generate().unwrap()).unwrap()
}

fn below(name: &str, above: &Authority) -> Authority {
    CertifiedIssuer::signed_by(params_of(name), KeyPair::generate().unwrap(), above).unwrap()
}

/// A chain and its key: a certificate for this name, and the authorities that are shown behind it.
fn issued(
    name: &str,
    by: &Authority,
    behind: &[&Authority],
) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec![name.into()]).unwrap().signed_by(&key, by).unwrap();
    let chain = [leaf.der().clone()].into_iter().chain(behind.iter().map(|above| above.der().clone()));
    (chain.collect(), PrivateKeyDer::try_from(key.serialize_der()).unwrap())
}

/// Shows one of the identities to a server that takes clients under the roots and names these authorities; which it was.
fn shown(
    identities: Vec<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>,
    roots: &[&Authority],
    named: &[&Authority],
    version: &'static SupportedProtocolVersion,
) -> Option<usize> {
    let leaves: Vec<_> = identities.iter().map(|(chain, _)| chain[0].clone()).collect();
    let servers = authority("Servers");
    let mut taken = RootCertStore::empty();
    roots.iter().for_each(|root| taken.add(root.der().clone()).unwrap());
    let names = named.iter().map(|authority| {
        let mut known = RootCertStore::empty();
        known.add(authority.der().clone()).unwrap();
        known.subjects().pop().unwrap()
    });
    let names: Vec<DistinguishedName> = names.collect();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(taken), Arc::clone(&provider));
    let verifier = verifier.clear_root_hint_subjects().add_root_hint_subjects(names).build().unwrap();
    let config = rustls::ServerConfig::builder_with_provider(provider);
    let config = config.with_protocol_versions(&[version]).unwrap();
    let (chain, key) = issued("localhost", &servers, &[]);
    let config = config.with_client_cert_verifier(verifier).with_single_cert(chain, key).unwrap();

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let socket = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let server = std::thread::spawn(move || {
        let connection = ServerConnection::new(Arc::new(config)).unwrap();
        let mut stream = rustls::StreamOwned::new(connection, listener.accept().unwrap().0);
        stream.read_exact(&mut [0]).ok()?;
        stream.conn.peer_certificates().map(|chain| chain[0].clone().into_owned())
    });
    let mut trusted = Roots::new();
    trusted.add(servers.der()).unwrap();
    let identities = identities.into_iter().map(|(chain, key)| OwnedIdentity::new(chain, &key).unwrap());
    let connector = Connector::new(trusted).with_identities(identities);
    let _ = connector.connect("localhost", socket).and_then(|mut stream| stream.write_all(b"."));
    let leaf = server.join().unwrap()?;
    leaves.iter().position(|own| *own == leaf)
}

#[test]
fn the_identity_is_under_an_authority_that_the_server_names() {
    let [one, other, third] = ["One", "Other", "Third"].map(authority);
    let between = below("Between", &other);
    let identities = || vec![issued("one", &one, &[]), issued("other", &between, &[&between])];
    let all = [&one, &other];
    for (named, expected) in [
        (vec![&one], 0),
        (vec![&other], 1),
        (vec![&between], 1),
        (vec![&third, &other], 1),
        (vec![&other, &one], 0),
    ] {
        for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
            assert_eq!(shown(identities(), &all, &named, version), Some(expected), "{expected}");
        }
    }
    // A server that says nothing, or names none that we have, knows best.
    for named in [vec![], vec![&third]] {
        for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
            assert_eq!(shown(identities(), &all, &named, version), Some(0));
        }
    }
}
