//! Sessions of TLS 1.2 that go on, with OpenSSL and GnuTLS at either end, by ticket and by id.
#![allow(missing_docs, reason = "tests")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::thread::JoinHandle;

use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tidegate::SessionKind;
use tidegate::config::{Resumption, Versions};
use tidegate::wire::enums::ProtocolVersion;
use tidegate_std::openssl::{Options, Ssl, SslContext};
use tidegate_std::{Acceptor, Connector, OwnedIdentity, Roots};
use tidegate_tests::interop::certificates::{Identity, Kind};
use tidegate_tests::interop::gnutls;
use tidegate_tests::interop::openssl;
use tidegate_tests::interop::program::{Program, have, run};

const WAYS: [Resumption; 2] = [Resumption::ByTicket, Resumption::ById];
const NEW_THEN_RESUMED: [SessionKind; 3] = [SessionKind::New, SessionKind::Resumed, SessionKind::Resumed];

fn connector(identity: &Identity, way: Resumption) -> Connector {
    let mut roots = Roots::new();
    roots.add(&identity.pki.root).unwrap();
    Connector::new(roots).configured(|config| {
        config.common.versions = Versions::Tls12;
        config.common.resumption = way;
    })
}

/// Connects, says a line, and hears it backwards; whether the session was a new one.
fn talk(connector: &Connector, address: SocketAddr) -> SessionKind {
    let transport = TcpStream::connect(address).unwrap();
    let mut stream = BufReader::new(connector.connect("localhost", transport).unwrap());
    stream.get_mut().write_all(b"hello\n").unwrap();
    let mut line = String::new();
    stream.read_line(&mut line).unwrap();
    assert!(["olleh\n", "hello\n"].contains(&&*line), "{line:?}");
    let mut stream = stream.into_inner();
    stream.close().unwrap();
    stream.negotiated().session
}

/// A server that answers so many clients with a line each, and tells whether their sessions were new ones.
fn serve(identity: &Identity, way: Resumption, clients: usize) -> (SocketAddr, JoinHandle<Vec<SessionKind>>) {
    let chain: Vec<CertificateDer<'static>> = identity.pki.chain.clone();
    let key = PrivateKeyDer::try_from(identity.pki.key.as_slice()).unwrap();
    let acceptor = Acceptor::new([OwnedIdentity::new(chain, &key).unwrap()]).configured(|config| {
        config.common.versions = Versions::Tls12;
        config.common.resumption = way;
    });
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = std::thread::spawn(move || {
        let mut kinds = Vec::new();
        for _ in 0..clients {
            let mut stream = acceptor.accept(listener.accept().unwrap().0).unwrap();
            kinds.push(stream.negotiated().session);
            stream.write_all(b"hello\n").unwrap();
            stream.close().unwrap();
            // Some cut the connection instead.
            let _ = stream.read_to_end(&mut Vec::new());
        }
        kinds
    });
    (address, server)
}

#[test]
#[ignore = "needs openssl"]
fn our_client_goes_on_with_sessions_of_openssl() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    for way in WAYS {
        let mut command = Command::new("openssl");
        command.args(["s_server", "-accept", "127.0.0.1:0", "-tls1_2", "-rev", "-key"]).arg(identity.key());
        command.arg("-cert").arg(identity.chain()).arg("-cert_chain").arg(identity.chain());
        let (_program, address) = openssl::start_server(&mut command);
        let connector = connector(&identity, way);
        assert_eq!([(); 3].map(|()| talk(&connector, address)), NEW_THEN_RESUMED, "{way:?}");
    }
}

#[test]
#[ignore = "needs openssl"]
fn openssl_goes_on_with_our_sessions() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    for (way, options) in [(WAYS[0], &[][..]), (WAYS[0], &["-no_ticket"][..]), (WAYS[1], &[][..])] {
        let (address, server) = serve(&identity, way, 3);
        let session = identity.folder.file("session.pem");
        let _ = fs::remove_file(&session);
        for turn in 0..3 {
            let mut command = openssl::client(&identity, address);
            command.args(["-tls1_2", "-ign_eof", "-sess_out"]).arg(&session).args(options);
            if turn > 0 {
                command.arg("-sess_in").arg(&session);
            }
            let said = run(&mut command);
            let expected = if turn > 0 { "Reused, TLSv1.2" } else { "New, TLSv1.2" };
            assert!(said.contains(expected), "{way:?} {options:?}, {turn}: {said}");
        }
        assert_eq!(server.join().unwrap(), NEW_THEN_RESUMED, "{way:?} {options:?}");
    }
}

/// A context of the OpenSSL face for TLS 1.2, with or without tickets.
fn context(identity: &Identity, way: Resumption) -> SslContext {
    let (context, mut roots) = (SslContext::new(), Roots::new());
    roots.add(&identity.pki.root).unwrap();
    context.set_verifier(roots);
    let key = PrivateKeyDer::try_from(identity.pki.key.as_slice()).unwrap();
    context.set_identities([OwnedIdentity::new(identity.pki.chain.clone(), &key).unwrap()]);
    context.set_max_proto_version(ProtocolVersion::TLS_1_2);
    if way == Resumption::ById {
        context.set_options(Options::NO_TICKET);
    }
    context
}

#[test]
#[ignore = "needs openssl"]
fn the_face_goes_on_with_sessions_of_openssl() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let (_program, address) = openssl::start_server(openssl::server12(&identity).arg("-rev"));
    for way in WAYS {
        let (context, mut session) = (context(&identity, way), None);
        for turn in 0..3 {
            let mut ssl = Ssl::new(&context, TcpStream::connect(address).unwrap());
            ssl.set_host_name("localhost");
            assert_eq!((ssl.set_session(session.as_ref()), ssl.connect()), (1, 1), "{:?}", ssl.reason());
            let mut line = [0; 6];
            assert_eq!((ssl.write(b"hello\n"), ssl.read(&mut line), &line), (6, 6, b"olleh\n"));
            assert_eq!(ssl.session_reused(), i32::from(turn > 0));
            assert_eq!(ssl.peer_certificate(), identity.pki.chain.first());
            session = ssl.get1_session();
            assert!(ssl.shutdown() >= 0);
        }
    }
}

#[test]
#[ignore = "needs openssl"]
fn openssl_goes_on_with_sessions_of_the_face() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    for (way, options) in [(WAYS[0], &[][..]), (WAYS[0], &["-no_ticket"][..]), (WAYS[1], &[][..])] {
        let (context, listener) = (context(&identity, way), TcpListener::bind("127.0.0.1:0").unwrap());
        let address = listener.local_addr().unwrap();
        let server = std::thread::spawn(move || {
            [(); 6].map(|()| {
                let mut ssl = Ssl::new(&context, listener.accept().unwrap().0);
                assert_eq!((ssl.accept(), ssl.shutdown()), (1, 0), "{:?}", ssl.reason());
                let _ = ssl.shutdown();
                ssl.session_reused()
            })
        });
        let mut command = openssl::client(&identity, address);
        let said = run(command.args(["-tls1_2", "-reconnect"]).args(options));
        assert_eq!(said.matches("Reused, TLSv1.2").count(), 5, "{said}");
        assert_eq!(server.join().unwrap(), [0, 1, 1, 1, 1, 1], "{way:?} {options:?}");
    }
}

#[test]
#[ignore = "needs gnutls-serv"]
fn our_client_goes_on_with_sessions_of_gnutls() {
    if !have(&["gnutls-serv"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    for way in WAYS {
        let make = || {
            let mut command = gnutls::server(&identity, "NORMAL:-VERS-ALL:+VERS-TLS1.2");
            command.arg("--echo");
            command
        };
        let (_program, address): (Program, _) = gnutls::start_server(make);
        let connector = connector(&identity, way);
        assert_eq!([(); 3].map(|()| talk(&connector, address)), NEW_THEN_RESUMED, "{way:?}");
    }
}

#[test]
#[ignore = "needs gnutls-cli"]
fn gnutls_goes_on_with_our_sessions() {
    if !have(&["gnutls-cli"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    for (way, priority) in
        [(WAYS[0], "NORMAL:-VERS-ALL:+VERS-TLS1.2"), (WAYS[1], "NORMAL:-VERS-ALL:+VERS-TLS1.2:%NO_TICKETS")]
    {
        let (address, server) = serve(&identity, way, 2);
        let said = run(gnutls::client(&identity, address, priority).arg("--resume"));
        assert!(said.contains("This is a resumed session"), "{way:?}: {said}");
        assert_eq!(server.join().unwrap(), NEW_THEN_RESUMED[..2], "{way:?}");
    }
}
