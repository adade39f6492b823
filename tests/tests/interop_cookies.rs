//! Clients of others that are given a cookie by one server and go on with another.
#![allow(missing_docs, reason = "tests")]

use std::net::TcpStream;
use std::sync::Arc;

use getrandom::SysRng;
use rustls::{ClientConnection, RootCertStore, StreamOwned};
use tidegate::config::ServerConfig;
use tidegate::cookie::CookieKeys;
use tidegate::crypto::rustcrypto::RustCrypto;
use tidegate::error::PeerMisbehaved;
use tidegate::wire::enums::{AlertDescription, NamedGroup};
use tidegate::{Error, HelloRetry};
use tidegate_tests::interop::certificates::{Identity, Kind};
use tidegate_tests::interop::end::End;
use tidegate_tests::interop::listener::Listener;
use tidegate_tests::interop::program::{Program, have};
use tidegate_tests::interop::setup::{Fault, Setup};
use tidegate_tests::interop::{gnutls, openssl};
use tidegate_tests::pki::Chain;

const CLIENT: &[u8] = b"127.0.0.1";

fn keys() -> Arc<CookieKeys> {
    let mut keys = CookieKeys::new();
    keys.renew(&mut RustCrypto::new(SysRng)).unwrap();
    Arc::new(keys)
}

/// With a group that the client shares a key of, and with one that it has to be asked for.
fn configs(identity: &Identity) -> [ServerConfig<Chain>; 2] {
    [NamedGroup::X25519, NamedGroup::SECP384R1].map(|group| {
        let mut config = ServerConfig::new(identity.pki.identities());
        config.common.groups.push(group).unwrap();
        config
    })
}

/// One server gives the cookie, another, which has nothing in common with it but the keys, goes on: a line comes and goes.
fn serve(stream: TcpStream, config: &ServerConfig<Chain>, identity: &Identity) {
    let (keys, pki) = (keys(), &identity.pki);
    let accept =
        |stream, keys| End::accept_carefully(stream, config.clone(), pki, Setup::ROOMY, (keys, CLIENT));
    let stream = accept(stream, Arc::clone(&keys)).give_cookie().unwrap();
    let mut second = accept(stream, keys);
    second.handshake().unwrap();
    assert_eq!(second.connection.negotiated().hello_retry, HelloRetry::Yes);
    assert_eq!(second.connection.negotiated().group, config.common.groups.first().copied());
    assert_eq!(second.read_until("\n").unwrap(), "hello\n");
    second.write(b"good day\n").unwrap();
    second.close().unwrap();
}

#[test]
#[ignore = "needs openssl"]
fn openssl_returns_a_cookie() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    for config in configs(&identity) {
        let listener = Listener::new();
        let mut program = Program::start(&mut openssl::client(&identity, listener.address));
        program.say(b"hello\n");
        serve(listener.accept(), &config, &identity);
        program.wait_for("good day\n");
    }
}

/// GnuTLS 3.7.9 takes no HelloRetryRequest that asks for nothing but a cookie.
#[test]
#[ignore = "needs gnutls-cli"]
fn gnutls_returns_a_cookie() {
    if !have(&["gnutls-cli"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let [cookie_alone, with_share] = configs(&identity);
    let start = || {
        let listener = Listener::new();
        let mut command = gnutls::client(&identity, listener.address, gnutls::PRIORITY);
        let mut program = Program::start(&mut command);
        program.say(b"hello\n");
        (program, listener.accept())
    };
    let (program, stream) = start();
    serve(stream, &with_share, &identity);
    program.wait_for("good day\n");

    let (_program, stream) = start();
    let known = (keys(), CLIENT);
    let mut server = End::accept_carefully(stream, cookie_alone, &identity.pki, Setup::ROOMY, known);
    let fault = server.handshake().unwrap_err().tls();
    assert_eq!(fault, Error::AlertReceived(AlertDescription::ILLEGAL_PARAMETER));
}

/// What a rustls client hears after its hello.
fn rustls_client(
    identity: &Identity,
    listener: &Listener,
) -> std::thread::JoinHandle<std::io::Result<String>> {
    use std::io::{Read, Write};

    let mut roots = RootCertStore::empty();
    roots.add(identity.pki.root.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connection = ClientConnection::new(Arc::new(config), "localhost".try_into().unwrap()).unwrap();
    let address = listener.address;
    std::thread::spawn(move || {
        let mut tls = StreamOwned::new(connection, TcpStream::connect(address)?);
        tls.write_all(b"hello\n")?;
        let mut heard = String::new();
        tls.read_to_string(&mut heard)?;
        Ok(heard)
    })
}

#[test]
fn rustls_returns_a_cookie() {
    let identity = Identity::new(Kind::EcdsaP256);
    for config in configs(&identity) {
        let listener = Listener::new();
        let client = rustls_client(&identity, &listener);
        serve(listener.accept(), &config, &identity);
        assert_eq!(client.join().unwrap().unwrap(), "good day\n");
    }
}

/// The same server, whose connection stays; and others, which have other keys or know the client by another name.
#[test]
fn a_cookie_is_good_where_its_key_is_and_for_its_client() {
    let identity = Identity::new(Kind::EcdsaP256);
    let [config, _] = configs(&identity);
    let (own, pki) = (keys(), &identity.pki);
    let listener = Listener::new();
    let client = rustls_client(&identity, &listener);
    let accept = |stream, keys: &Arc<CookieKeys>, client| {
        End::accept_carefully(stream, config.clone(), pki, Setup::SMALL, (Arc::clone(keys), client))
    };
    let mut same = accept(listener.accept(), &own, CLIENT);
    same.handshake().unwrap();
    assert_eq!(same.read_until("\n").unwrap(), "hello\n");
    same.close().unwrap();
    assert_eq!(client.join().unwrap().unwrap(), "");

    for (other, name) in [(keys(), CLIENT), (Arc::clone(&own), b"192.0.2.1")] {
        let listener = Listener::new();
        let client = rustls_client(&identity, &listener);
        let stream = accept(listener.accept(), &own, CLIENT).give_cookie().unwrap();
        let mut second = accept(stream, &other, name);
        let Err(Fault::Tls(error)) = second.handshake() else { panic!("another's cookie") };
        assert_eq!(error, Error::PeerMisbehaved(PeerMisbehaved::BadCookie));
        second.linger();
        let told = client.join().unwrap().unwrap_err().to_string();
        assert_eq!(told, "received fatal alert: IllegalParameter");
    }
}
