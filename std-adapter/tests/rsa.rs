//! RSA keys of servers and of clients, with OpenSSL and GnuTLS at the other end.
#![allow(missing_docs, reason = "tests")]
#![cfg(feature = "aws-lc-rs")]

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::thread;

use pki_types::PrivateKeyDer;
use pki_types::pem::PemObject;
use tidegate_std::tidegate::config::Versions;
use tidegate_std::tidegate::wire::enums::SignatureScheme;
use tidegate_std::{Acceptor, Connector, CredentialError, OwnedIdentity, Roots};
use tidegate_tests::interop::certificates::{Folder, Identity, Kind};
use tidegate_tests::interop::program::{Program, have, run};
use tidegate_tests::interop::{gnutls, openssl};

/// Every scheme of the key, and the versions in which handshakes are signed so.
const SCHEMES: [(SignatureScheme, &[Versions]); 6] = [
    (SignatureScheme::RSA_PSS_RSAE_SHA256, &[Versions::Tls13, Versions::Tls12]),
    (SignatureScheme::RSA_PSS_RSAE_SHA384, &[Versions::Tls13, Versions::Tls12]),
    (SignatureScheme::RSA_PSS_RSAE_SHA512, &[Versions::Tls13, Versions::Tls12]),
    (SignatureScheme::RSA_PKCS1_SHA256, &[Versions::Tls12]),
    (SignatureScheme::RSA_PKCS1_SHA384, &[Versions::Tls12]),
    (SignatureScheme::RSA_PKCS1_SHA512, &[Versions::Tls12]),
];

fn owned(identity: &Identity) -> OwnedIdentity {
    OwnedIdentity::from_pem_files(identity.chain(), identity.key()).unwrap()
}

/// How OpenSSL names a scheme.
fn named(scheme: SignatureScheme) -> &'static str {
    match scheme {
        SignatureScheme::RSA_PSS_RSAE_SHA256 => "Peer signing digest: SHA256\nPeer signature type: RSA-PSS\n",
        SignatureScheme::RSA_PSS_RSAE_SHA384 => "Peer signing digest: SHA384\nPeer signature type: RSA-PSS\n",
        SignatureScheme::RSA_PSS_RSAE_SHA512 => "Peer signing digest: SHA512\nPeer signature type: RSA-PSS\n",
        SignatureScheme::RSA_PKCS1_SHA256 => "Peer signing digest: SHA256\nPeer signature type: RSA\n",
        SignatureScheme::RSA_PKCS1_SHA384 => "Peer signing digest: SHA384\nPeer signature type: RSA\n",
        SignatureScheme::RSA_PKCS1_SHA512 => "Peer signing digest: SHA512\nPeer signature type: RSA\n",
        other => panic!("{other}"),
    }
}

/// Serves one connection with this identity, and says a line.
fn serve(identity: OwnedIdentity, versions: Versions) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let acceptor = Acceptor::new([identity]).configured(|config| config.common.versions = versions);
    thread::spawn(move || {
        let mut stream = acceptor.accept(listener.accept().unwrap().0)?;
        stream.write_all(b"ahoy\n")?;
        stream.close()?;
        stream.get_ref().shutdown(Shutdown::Write)
    });
    address
}

#[test]
#[ignore = "needs openssl"]
fn every_scheme_of_a_server_is_taken_by_openssl() {
    if !have(&["openssl"]) {
        return;
    }
    for kind in [Kind::Rsa2048, Kind::Rsa4096] {
        let identity = Identity::new(kind);
        for (scheme, versions) in SCHEMES {
            for version in versions {
                let address = serve(owned(&identity).with_schemes([scheme]), *version);
                let mut command = openssl::client(&identity, address);
                let said = Program::start(command.arg("-ign_eof")).finish().1;
                for line in ["ahoy", "Verify return code: 0 (ok)", named(scheme)] {
                    assert!(said.contains(line), "{scheme} {version:?}: no {line:?} in\n{said}");
                }
            }
        }
    }
}

#[test]
#[ignore = "needs gnutls-cli"]
fn every_scheme_of_a_server_is_taken_by_gnutls() {
    if !have(&["gnutls-cli"]) {
        return;
    }
    let identity = Identity::new(Kind::Rsa2048);
    for (scheme, versions) in SCHEMES {
        for version in versions {
            let address = serve(owned(&identity).with_schemes([scheme]), *version);
            let priority = if *version == Versions::Tls12 { gnutls::PRIORITY12 } else { gnutls::PRIORITY };
            let client = Program::start(&mut gnutls::client(&identity, address, priority));
            client.wait_for("ahoy");
            client.finish();
        }
    }
}

/// Our client of TLS 1.2 shows this identity to a server that sends a line back.
fn show(own: OwnedIdentity, server: &Identity, address: SocketAddr) {
    let roots = Roots::from_pem_file(server.root()).unwrap();
    let connector = Connector::new(roots)
        .with_identities([own])
        .configured(|config| config.common.versions = Versions::Tls12);
    let mut stream = connector.connect("localhost", TcpStream::connect(address).unwrap()).unwrap();
    stream.write_all(b"hello\n").unwrap();
    let mut line = [0; 6];
    stream.read_exact(&mut line).unwrap();
    assert!([b"olleh\n", b"hello\n"].contains(&&line), "{line:?}");
    stream.close().unwrap();
}

/// Those of a client, whose digest is that of the handshake.
fn of_clients() -> impl Iterator<Item = SignatureScheme> {
    let has_hash = |scheme: &SignatureScheme| !scheme.to_string().ends_with("512");
    SCHEMES.map(|(scheme, _)| scheme).into_iter().filter(has_hash)
}

#[test]
#[ignore = "needs openssl"]
fn every_scheme_of_a_client_is_taken_by_openssl() {
    if !have(&["openssl"]) {
        return;
    }
    let (server, own) = (Identity::new(Kind::EcdsaP256), Identity::for_client(Kind::Rsa2048));
    for scheme in of_clients() {
        let mut command = openssl::server12(&server);
        command.args(["-rev", "-Verify", "3", "-verify_return_error", "-CAfile"]).arg(own.root());
        let (program, address) = openssl::start_server(&mut command);
        show(owned(&own).with_schemes([scheme]), &server, address);
        let kind = named(scheme).rsplit_once("Peer signature").unwrap().1;
        program.wait_for(&format!("Signature{kind}"));
    }
}

#[test]
#[ignore = "needs gnutls-serv"]
fn every_scheme_of_a_client_is_taken_by_gnutls() {
    if !have(&["gnutls-serv"]) {
        return;
    }
    let (server, own) = (Identity::new(Kind::EcdsaP256), Identity::for_client(Kind::Rsa2048));
    for scheme in of_clients() {
        let (_program, address) = gnutls::start_server(|| {
            let mut command = gnutls::server(&server, gnutls::PRIORITY12);
            command.args(["--echo", "--require-client-cert", "--verify-client-cert", "--x509cafile"]);
            command.arg(own.root());
            command
        });
        show(owned(&own).with_schemes([scheme]), &server, address);
    }
}

#[test]
#[ignore = "needs openssl"]
fn keys_come_in_pkcs1_and_pkcs8_and_belong_to_their_certificate() {
    if !have(&["openssl"]) {
        return;
    }
    let (identity, other) = (Identity::new(Kind::Rsa2048), Identity::new(Kind::Rsa2048));
    let old = identity.folder.file("pkcs1.pem");
    let mut convert = Command::new("openssl");
    run(convert.args(["rsa", "-traditional", "-in"]).arg(identity.key()).arg("-out").arg(&old));
    OwnedIdentity::from_pem_files(identity.chain(), &old).unwrap();
    let mismatch = OwnedIdentity::from_pem_files(identity.chain(), other.key()).unwrap_err();
    assert!(mismatch.to_string().contains("does not belong to"), "{mismatch}");
}

#[test]
#[ignore = "needs openssl"]
fn keys_that_are_too_short_or_too_long_are_refused() {
    if !have(&["openssl"]) {
        return;
    }
    let (folder, identity) = (Folder::new(), Identity::new(Kind::Rsa2048));
    for bits in ["1024", "4352"] {
        let file = folder.file(bits);
        run(Command::new("openssl").args(["genrsa", "-out"]).arg(&file).arg(bits));
        let key = PrivateKeyDer::from_pem_file(&file).unwrap();
        let chain = identity.pki.chain.clone();
        let error = OwnedIdentity::new(chain, &key).unwrap_err();
        assert!(matches!(error, CredentialError::Key(_)), "{bits}: {error}");
    }
}
