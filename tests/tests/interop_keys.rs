//! Pre-shared keys in place of certificates, with GnuTLS at either end.
#![allow(missing_docs, reason = "tests")]

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use tidegate::SessionKind;
use tidegate::config::{ExternalKeys, Versions};
use tidegate_std::{Acceptor, Connector, PreSharedKey, Roots};
use tidegate_tests::interop::certificates::{Identity, Kind};
use tidegate_tests::interop::gnutls;
use tidegate_tests::interop::program::{have, run};

const KEY: [u8; 32] = [0x42; 32];
const HEX: &str = "4242424242424242424242424242424242424242424242424242424242424242";
/// TLS 1.3 with keys alone, and a key exchange beside them.
const PRIORITY: &str = "NORMAL:-VERS-ALL:+VERS-TLS1.3:-KX-ALL:+ECDHE-PSK";

fn key() -> PreSharedKey {
    PreSharedKey::new(b"device", &KEY)
}

#[test]
#[ignore = "needs gnutls-serv"]
fn our_client_shares_a_key_with_gnutls() {
    if !have(&["gnutls-serv"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let keys = identity.folder.file("keys.psk");
    fs::write(&keys, format!("device:{HEX}\n")).unwrap();
    let make = || {
        let mut command = gnutls::server(&identity, PRIORITY);
        command.arg("--echo").arg("--pskpasswd").arg(&keys);
        command
    };
    let (_program, address) = gnutls::start_server(make);
    // Nobody is trusted by a certificate.
    let connector = Connector::new(Roots::new()).with_psk(key()).configured(|config| {
        config.common.versions = Versions::Tls13;
        config.common.external_keys = ExternalKeys::Required;
    });
    let mut stream = connector.connect("localhost", TcpStream::connect(address).unwrap()).unwrap();
    assert_eq!(stream.negotiated().session, SessionKind::External);
    stream.write_all(b"hello\n").unwrap();
    let mut line = [0; 6];
    stream.read_exact(&mut line).unwrap();
    assert_eq!(&line, b"hello\n");
}

#[test]
#[ignore = "needs gnutls-cli"]
fn gnutls_shares_a_key_with_our_server() {
    if !have(&["gnutls-cli"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let acceptor = Acceptor::new([]).with_psks([key()]).configured(|config| {
        config.common.versions = Versions::Tls13;
        config.common.external_keys = ExternalKeys::Required;
    });
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = std::thread::spawn(move || {
        let mut stream = acceptor.accept(listener.accept().unwrap().0).unwrap();
        stream.write_all(b"hello\n").unwrap();
        stream.close().unwrap();
        // Some cut the connection instead.
        let _ = stream.read_to_end(&mut Vec::new());
        stream.negotiated().session
    });
    let mut command = gnutls::client(&identity, address, PRIORITY);
    let said = run(command.args(["--pskusername", "device", "--pskkey", HEX]));
    assert!(said.contains("hello"), "{said}");
    assert_eq!(server.join().unwrap(), SessionKind::External);
}
