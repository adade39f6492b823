//! Authentication of our client after its handshake, with OpenSSL and GnuTLS.
#![allow(missing_docs, reason = "tests")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use rustls_pki_types::PrivateKeyDer;
use tidegate::config::PostHandshakeAuth;
use tidegate_std::{ClientStream, Connector, OwnedIdentity, Roots, tidegate};
use tidegate_tests::interop::certificates::{Identity, Kind};
use tidegate_tests::interop::program::{PATIENCE, have};
use tidegate_tests::interop::{gnutls, openssl};

/// Our client, which offers to authenticate itself later.
fn connect(own: &Identity, server: &Identity, address: SocketAddr) -> ClientStream<TcpStream> {
    let mut roots = Roots::new();
    roots.add(&server.pki.root).unwrap();
    let key = PrivateKeyDer::try_from(own.pki.key.clone()).unwrap();
    let identity = OwnedIdentity::new(own.pki.chain.clone(), &key).unwrap();
    let connector = Connector::new(roots).with_identities([identity]);
    let connector =
        connector.configured(|config| config.common.post_handshake_auth = PostHandshakeAuth::Offered);
    let socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    connector.connect("localhost", socket).unwrap()
}

#[test]
#[ignore = "needs openssl"]
fn openssl_asks_again_and_again() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    for kind in [Kind::EcdsaP256, Kind::EcdsaP384, Kind::Ed25519] {
        let own = Identity::for_client(kind);
        let mut command = openssl::server_of(&identity, "-tls1_3");
        command.arg("-CAfile").arg(own.root());
        let (mut program, address) = openssl::start_server(&mut command);
        let mut stream = connect(&own, &identity, address);
        stream.write_all(b"before\n").unwrap();
        program.wait_for("before");
        for word in ["one", "two", "three"] {
            program.say(b"c\n");
            // It reads a command at a time, and nothing more before it has our answer, which leaves within a read.
            stream.get_ref().set_read_timeout(Some(Duration::from_millis(500))).unwrap();
            assert!(stream.read(&mut [0]).is_err(), "there is nothing yet");
            stream.get_ref().set_read_timeout(Some(PATIENCE)).unwrap();
            program.say(format!("{word}\n").as_bytes());
            let mut heard = vec![0; word.len() + 1];
            stream.read_exact(&mut heard).unwrap();
            assert_eq!(heard, format!("{word}\n").as_bytes());
            stream.write_all(format!("after {word}\n").as_bytes()).unwrap();
            program.wait_for(&format!("after {word}"));
        }
        stream.close().unwrap();
        let (_, said) = program.finish();
        assert_eq!(said.matches("SSL_do_handshake -> 1").count(), 3, "{said}");
        assert!(said.contains("verify return:1") && !said.contains("verify error"), "{said}");
    }
}

#[test]
#[ignore = "needs gnutls-serv"]
fn gnutls_asks_where_a_client_wants_it_to() {
    if !have(&["gnutls-serv"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    for kind in [Kind::EcdsaP256, Kind::Ed25519] {
        let own = Identity::for_client(kind);
        let make = || {
            let mut command = gnutls::server(&identity, gnutls::PRIORITY);
            command.args(["--echo", "--verify-client-cert", "--x509cafile"]).arg(own.root());
            command
        };
        let (program, address) = gnutls::start_server(make);
        let mut stream = connect(&own, &identity, address);
        stream.write_all(b"**REAUTH**\n").unwrap();
        // It waits for our answer and nothing else, and says how that went.
        let mut answer = String::new();
        BufReader::new(&mut stream).read_line(&mut answer).unwrap();
        assert!(answer.starts_with("Successfully executed command"), "{answer}");
        program.wait_for("*** Sending re-auth request");
        stream.write_all(b"hello\n").unwrap();
        answer.clear();
        BufReader::new(&mut stream).read_line(&mut answer).unwrap();
        assert_eq!(answer, "hello\n");
        stream.close().unwrap();
    }
}
