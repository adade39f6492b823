//! Certificates of clients, in TLS 1.2, with OpenSSL and GnuTLS at either end.
#![allow(missing_docs, reason = "tests")]

use std::net::SocketAddr;
use std::process::Command;

use tidegate::config::{ClientConfig, PeerCertificate, ServerConfig, Versions};
use tidegate::error::{Error, PeerIncompatible};
use tidegate_tests::interop::certificates::{Identity, Kind};
use tidegate_tests::interop::end::{End, KnowingServer, KnownClient};
use tidegate_tests::interop::listener::Listener;
use tidegate_tests::interop::program::{Program, have};
use tidegate_tests::interop::setup::{Fault, Setup};
use tidegate_tests::interop::{gnutls, openssl};

/// What our client has keys of that sign a digest.
const OURS: [Kind; 2] = [Kind::EcdsaP256, Kind::EcdsaP384];
/// What our server verifies.
const THEIRS: [Kind; 3] = [Kind::EcdsaP256, Kind::EcdsaP384, Kind::Rsa2048];

/// Our client, with a certificate, says a line to a server that echoes it, this way round or that.
fn show(own: &Identity, server: &Identity, address: SocketAddr) {
    let mut config = ClientConfig::with_identities(own.pki.identities());
    config.common.versions = Versions::Tls12;
    let answers = KnownClient { own: &own.pki, peer: &server.pki };
    let mut client = End::connect_as(address, config, answers, Setup::ROOMY);
    client.handshake().unwrap();
    client.write(b"hello\n").unwrap();
    let line = client.read_until("\n").unwrap();
    assert!(["olleh\n", "hello\n"].contains(&&*line), "{line:?}");
    client.close().unwrap();
}

/// Our server, which requires a certificate of the client: what it comes to.
fn require(own: &Identity, trusted: &Identity, command: impl Fn(SocketAddr) -> Command) -> Result<(), Fault> {
    let listener = Listener::new();
    let mut program = Program::start(&mut command(listener.address));
    let mut config = ServerConfig::new(own.pki.identities());
    config.common.versions = Versions::Tls12;
    config.client_certificates = PeerCertificate::Required;
    let answers = KnowingServer { own: &own.pki, peer: &trusted.pki };
    let mut server = End::accept_known(listener.accept(), config, answers, Setup::ROOMY);
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
    for kind in OURS {
        let own = Identity::for_client(kind);
        let mut command = openssl::server12(&identity);
        command.args(["-rev", "-Verify", "3", "-verify_return_error", "-CAfile"]).arg(own.root());
        let (program, address) = openssl::start_server(&mut command);
        show(&own, &identity, address);
        program.wait_for("Peer certificate: CN");
    }
}

#[test]
#[ignore = "needs openssl"]
fn openssl_shows_its_certificate_to_our_server() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    for kind in THEIRS {
        let theirs = Identity::for_client(kind);
        require(&identity, &theirs, |address| {
            let mut command = openssl::client(&identity, address);
            command.args(["-tls1_2", "-key"]).arg(theirs.key()).arg("-cert").arg(theirs.chain());
            command.arg("-cert_chain").arg(theirs.chain());
            command
        })
        .unwrap();
    }
    let none = require(&identity, &identity, |address| {
        let mut command = openssl::client(&identity, address);
        command.arg("-tls1_2");
        command
    });
    assert_eq!(none.unwrap_err().tls(), Error::from(PeerIncompatible::ClientCertificate));
}

#[test]
#[ignore = "needs gnutls-serv"]
fn our_client_shows_its_certificate_to_gnutls() {
    if !have(&["gnutls-serv"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    for kind in OURS {
        let own = Identity::for_client(kind);
        let make = || {
            let mut command = gnutls::server(&identity, gnutls::PRIORITY12);
            command.args(["--echo", "--require-client-cert", "--verify-client-cert", "--x509cafile"]);
            command.arg(own.root());
            command
        };
        let (_program, address) = gnutls::start_server(make);
        show(&own, &identity, address);
    }
}

#[test]
#[ignore = "needs gnutls-cli"]
fn gnutls_shows_its_certificate_to_our_server() {
    if !have(&["gnutls-cli"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    for kind in THEIRS {
        let theirs = Identity::for_client(kind);
        require(&identity, &theirs, |address| {
            let mut command = gnutls::client(&identity, address, gnutls::PRIORITY12);
            command.arg("--x509certfile").arg(theirs.chain()).arg("--x509keyfile").arg(theirs.key());
            command
        })
        .unwrap();
    }
}
