//! Certificates of clients in both versions, with OpenSSL, GnuTLS, Python and rustls at either end.
#![allow(missing_docs, reason = "tests")]

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::Command;
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::server::WebPkiClientVerifier;
use rustls::{ClientConnection, RootCertStore, ServerConnection, StreamOwned};
use rustls_pki_types::PrivateKeyDer;
use tidegate::config::{ClientConfig, PeerCertificate, ServerConfig, Versions};
use tidegate::error::{Error, PeerIncompatible};
use tidegate_std::{Connector, OwnedIdentity, Roots};
use tidegate_tests::interop::certificates::{Identity, Kind};
use tidegate_tests::interop::end::{End, KnowingServer, KnownClient};
use tidegate_tests::interop::listener::Listener;
use tidegate_tests::interop::program::{Program, have};
use tidegate_tests::interop::setup::{Fault, Setup};
use tidegate_tests::interop::{gnutls, openssl};
use tidegate_tests::pki::Pki;

/// What our client has keys of, and in which version: one on Ed25519 signs no digest.
const OURS: [(Kind, Versions); 5] = [
    (Kind::EcdsaP256, Versions::Tls12),
    (Kind::EcdsaP384, Versions::Tls12),
    (Kind::EcdsaP256, Versions::Tls13),
    (Kind::EcdsaP384, Versions::Tls13),
    (Kind::Ed25519, Versions::Tls13),
];
/// What our server verifies.
const THEIRS: [(Kind, Versions); 7] = [
    (Kind::EcdsaP256, Versions::Tls12),
    (Kind::EcdsaP384, Versions::Tls12),
    (Kind::Rsa2048, Versions::Tls12),
    (Kind::EcdsaP256, Versions::Tls13),
    (Kind::EcdsaP384, Versions::Tls13),
    (Kind::Ed25519, Versions::Tls13),
    (Kind::Rsa2048, Versions::Tls13),
];

/// What OpenSSL, GnuTLS and Python call a version.
struct Names {
    openssl: &'static str,
    gnutls: &'static str,
    python: &'static str,
}

const fn names(versions: Versions) -> Names {
    match versions {
        Versions::Tls12 => Names { openssl: "-tls1_2", gnutls: gnutls::PRIORITY12, python: "TLSv1.2" },
        Versions::Tls13 | Versions::Both => {
            Names { openssl: "-tls1_3", gnutls: gnutls::PRIORITY, python: "TLSv1.3" }
        }
    }
}

/// What a client without a certificate is refused with where one is required.
const REFUSED: [(Versions, PeerIncompatible); 2] = [
    (Versions::Tls12, PeerIncompatible::ClientCertificate),
    (Versions::Tls13, PeerIncompatible::CertificateRequired),
];

/// Our client, with a certificate, says a line to a server that echoes it, this way round or that.
fn show(own: &Identity, server: &Identity, (versions, address): (Versions, SocketAddr)) {
    let mut config = ClientConfig::with_identities(own.pki.identities());
    config.common.versions = versions;
    let answers = KnownClient { own: &own.pki, peer: &server.pki };
    let mut client = End::connect_as(address, config, answers, Setup::ROOMY);
    client.handshake().unwrap();
    client.write(b"hello\n").unwrap();
    let line = client.read_until("\n").unwrap();
    assert!(["olleh\n", "hello\n"].contains(&&*line), "{line:?}");
    client.close().unwrap();
}

/// Our server, which requires a certificate of the client, up to the end of the handshake.
fn knowing<'a>(
    [own, trusted]: [&'a Pki; 2],
    listener: &Listener,
    versions: Versions,
) -> End<tidegate::Server, KnowingServer<'a>> {
    let mut config = ServerConfig::new(own.identities());
    config.common.versions = versions;
    config.client_certificates = PeerCertificate::Required;
    let answers = KnowingServer { own, peer: trusted };
    End::accept_known(listener.accept(), config, answers, Setup::ROOMY)
}

/// What our server comes to with a program that shows its certificate and says a line.
fn require(
    [own, trusted]: [&Identity; 2],
    versions: Versions,
    command: impl Fn(SocketAddr) -> Command,
) -> Result<(), Fault> {
    let listener = Listener::new();
    let mut program = Program::start(&mut command(listener.address));
    let mut server = knowing([&own.pki, &trusted.pki], &listener, versions);
    let result = server.handshake();
    if result.is_ok() {
        program.say(b"hello\n");
        assert_eq!(server.read_until("\n")?, "hello\n");
        server.write(b"welcome\n")?;
        program.wait_for("welcome");
        server.close()?;
    } else {
        server.linger();
    }
    result
}

#[test]
#[ignore = "needs openssl"]
fn our_client_shows_its_certificate_to_openssl() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    for (kind, versions) in OURS {
        let own = Identity::for_client(kind);
        let mut command = openssl::server_of(&identity, names(versions).openssl);
        command.args(["-rev", "-Verify", "3", "-verify_return_error", "-CAfile"]).arg(own.root());
        let (program, address) = openssl::start_server(&mut command);
        show(&own, &identity, (versions, address));
        program.wait_for("Peer certificate: CN");
    }
}

/// Every hash that RSA signs a handshake of TLS 1.2 with, as OpenSSL names them.
const RSA_SCHEMES: [&str; 6] = [
    "RSA+SHA256",
    "RSA+SHA384",
    "RSA+SHA512",
    "rsa_pss_rsae_sha256",
    "rsa_pss_rsae_sha384",
    "rsa_pss_rsae_sha512",
];

#[test]
#[ignore = "needs openssl"]
fn our_client_signs_with_every_hash_for_openssl() {
    if !have(&["openssl"]) {
        return;
    }
    let rsa = RSA_SCHEMES.map(|scheme| (Kind::Rsa2048, scheme));
    let ecdsa = ["ECDSA+SHA256", "ECDSA+SHA384"];
    let ecdsa =
        [Kind::EcdsaP256, Kind::EcdsaP384].into_iter().flat_map(|kind| ecdsa.map(|scheme| (kind, scheme)));
    for (kind, scheme) in rsa.into_iter().chain(ecdsa) {
        let (identity, own) = (Identity::new(Kind::EcdsaP256), Identity::for_client(kind));
        let mut command = openssl::server_of(&identity, "-tls1_2");
        command.args(["-rev", "-Verify", "3", "-verify_return_error", "-client_sigalgs", scheme]);
        let (program, address) = openssl::start_server(command.arg("-CAfile").arg(own.root()));
        let shown = OwnedIdentity::from_pem_files(own.chain(), own.key()).unwrap();
        let trusted = Roots::from_pem_file(identity.root()).unwrap();
        let connector = Connector::new(trusted).with_identities([shown]);
        let mut stream = connector.connect("localhost", TcpStream::connect(address).unwrap()).unwrap();
        stream.write_all(b"hello\n").unwrap();
        let mut line = [0; 6];
        stream.read_exact(&mut line).unwrap();
        assert_eq!(&line, b"olleh\n", "{scheme}");
        program.wait_for("Peer certificate: CN");
    }
}

#[test]
#[ignore = "needs openssl"]
fn openssl_signs_with_every_hash_for_our_server() {
    if !have(&["openssl"]) {
        return;
    }
    let (identity, theirs) = (Identity::new(Kind::EcdsaP256), Identity::for_client(Kind::Rsa2048));
    for scheme in RSA_SCHEMES {
        require([&identity, &theirs], Versions::Tls12, |address| {
            let mut command = openssl::client(&identity, address);
            command
                .args(["-tls1_2", "-sigalgs", &format!("ECDSA+SHA256:{scheme}"), "-key"])
                .arg(theirs.key());
            command.arg("-cert").arg(theirs.chain()).arg("-cert_chain").arg(theirs.chain());
            command
        })
        .unwrap();
    }
}

#[test]
#[ignore = "needs openssl"]
fn openssl_shows_its_certificate_to_our_server() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    for (kind, versions) in THEIRS {
        let theirs = Identity::for_client(kind);
        require([&identity, &theirs], versions, |address| {
            let mut command = openssl::client(&identity, address);
            command.args([names(versions).openssl, "-key"]).arg(theirs.key());
            command.arg("-cert").arg(theirs.chain()).arg("-cert_chain").arg(theirs.chain());
            command
        })
        .unwrap();
    }
    for (versions, refused) in REFUSED {
        let none = require([&identity, &identity], versions, |address| {
            let mut command = openssl::client(&identity, address);
            command.arg(names(versions).openssl);
            command
        });
        assert_eq!(none.unwrap_err().tls(), Error::from(refused));
    }
}

#[test]
#[ignore = "needs gnutls-serv"]
fn our_client_shows_its_certificate_to_gnutls() {
    if !have(&["gnutls-serv"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    for (kind, versions) in OURS {
        let own = Identity::for_client(kind);
        let make = || {
            let mut command = gnutls::server(&identity, names(versions).gnutls);
            command.args(["--echo", "--require-client-cert", "--verify-client-cert", "--x509cafile"]);
            command.arg(own.root());
            command
        };
        let (_program, address) = gnutls::start_server(make);
        show(&own, &identity, (versions, address));
    }
}

#[test]
#[ignore = "needs gnutls-cli"]
fn gnutls_shows_its_certificate_to_our_server() {
    if !have(&["gnutls-cli"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    for (kind, versions) in THEIRS {
        let theirs = Identity::for_client(kind);
        require([&identity, &theirs], versions, |address| {
            let mut command = gnutls::client(&identity, address, names(versions).gnutls);
            command.arg("--x509certfile").arg(theirs.chain()).arg("--x509keyfile").arg(theirs.key());
            command
        })
        .unwrap();
    }
}

#[test]
#[ignore = "needs python3 and openssl"]
fn our_client_shows_its_certificate_to_python() {
    if !have(&["python3", "openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    for (kind, versions) in OURS {
        let own = Identity::for_client(kind);
        let mut command = Command::new("python3");
        command.args(["-c", include_str!("../src/interop/server.py")]).arg(identity.chain());
        command.arg(identity.key()).args([names(versions).python, "", ""]);
        let program = Program::start(command.arg(own.root()));
        let said = program.wait_for(";");
        let port = said.trim().trim_start_matches("listening ").trim_end_matches(';').parse().unwrap();
        show(&own, &identity, (versions, (Ipv4Addr::LOCALHOST, port).into()));
        program.wait_for("shown");
    }
}

#[test]
#[ignore = "needs python3 and openssl"]
fn python_shows_its_certificate_to_our_server() {
    if !have(&["python3", "openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    for (kind, versions) in THEIRS {
        let theirs = Identity::for_client(kind);
        let listener = Listener::new();
        let port = listener.address.port().to_string();
        let mut command = Command::new("python3");
        command.args(["-c", include_str!("../src/interop/client.py"), "127.0.0.1", &port]);
        command.arg(identity.root()).args([names(versions).python, "", ""]);
        let program = Program::start(command.arg(theirs.chain()).arg(theirs.key()));
        let mut server = knowing([&identity.pki, &theirs.pki], &listener, versions);
        server.handshake().unwrap();
        assert_eq!(server.read_until("\n").unwrap(), "hello\n");
        server.write(b"welcome\n").unwrap();
        program.wait_for("welcome");
        server.close().unwrap();
    }
}

// --- rustls, in this process: always runs -----------------------------------------------------------------------------

const fn rustls_version(versions: Versions) -> &'static rustls::SupportedProtocolVersion {
    match versions {
        Versions::Tls12 => &rustls::version::TLS12,
        Versions::Tls13 | Versions::Both => &rustls::version::TLS13,
    }
}

fn roots(of: &Identity) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add(of.pki.root.clone()).unwrap();
    roots
}

fn key(of: &Identity) -> PrivateKeyDer<'static> {
    PrivateKeyDer::try_from(of.pki.key.clone()).unwrap()
}

#[test]
fn our_client_shows_its_certificate_to_rustls() {
    let identity = Identity::new(Kind::EcdsaP256);
    for (kind, versions) in OURS {
        let own = Identity::for_client(kind);
        let provider = Arc::new(ring::default_provider());
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots(&own)), Arc::clone(&provider));
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[rustls_version(versions)])
            .unwrap()
            .with_client_cert_verifier(verifier.build().unwrap())
            .with_single_cert(identity.pki.chain.clone(), key(&identity))
            .unwrap();
        let listener = Listener::new();
        let address = listener.address;
        let server = std::thread::spawn(move || {
            let connection = ServerConnection::new(Arc::new(config)).unwrap();
            let mut tls = StreamOwned::new(connection, listener.accept());
            let mut line = [0; 6];
            tls.read_exact(&mut line).unwrap();
            tls.write_all(&line).unwrap();
            tls.conn.peer_certificates().map(<[_]>::len)
        });
        show(&own, &identity, (versions, address));
        assert_eq!(server.join().unwrap(), Some(own.pki.chain.len()));
    }
}

#[test]
fn rustls_shows_its_certificate_to_our_server() {
    let identity = Identity::new(Kind::EcdsaP256);
    for (kind, versions) in THEIRS {
        let theirs = Identity::for_client(kind);
        let provider = Arc::new(ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[rustls_version(versions)])
            .unwrap()
            .with_root_certificates(roots(&identity))
            .with_client_auth_cert(theirs.pki.chain.clone(), key(&theirs))
            .unwrap();
        let listener = Listener::new();
        let address = listener.address;
        let client = std::thread::spawn(move || {
            let name = "localhost".try_into().unwrap();
            let connection = ClientConnection::new(Arc::new(config), name).unwrap();
            let mut tls = StreamOwned::new(connection, TcpStream::connect(address).unwrap());
            tls.write_all(b"hello\n").unwrap();
            let mut line = [0; 8];
            tls.read_exact(&mut line).unwrap();
            line
        });
        let mut server = knowing([&identity.pki, &theirs.pki], &listener, versions);
        server.handshake().unwrap();
        assert_eq!(server.read_until("\n").unwrap(), "hello\n");
        server.write(b"welcome\n").unwrap();
        assert_eq!(client.join().unwrap(), *b"welcome\n");
        server.close().unwrap();
    }
}
