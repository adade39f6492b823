//! Sessions of TLS 1.2 that go on, with OpenSSL and GnuTLS at either end, by ticket and by id.
#![allow(missing_docs, reason = "tests")]

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::process::Command;

use rustls_pki_types::PrivateKeyDer;
use tidegate::config::{Resumption, Versions};
use tidegate::wire::enums::ProtocolVersion;
use tidegate_std::openssl::{Options, Ssl, SslContext};
use tidegate_std::{OwnedIdentity, Roots};
use tidegate_tests::interop::certificates::{Identity, Kind};
use tidegate_tests::interop::gnutls;
use tidegate_tests::interop::openssl;
use tidegate_tests::interop::program::{Program, have, run};
use tidegate_tests::interop::sessions::{NEW_THEN_RESUMED, connector, serve, talk};

const VERSIONS: Versions = Versions::Tls12;
const WAYS: [Resumption; 2] = [Resumption::ByTicket, Resumption::ById];

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
        let connector = connector(&identity, VERSIONS, way);
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
        let (address, server) = serve(&identity, (VERSIONS, way), 3);
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
        let connector = connector(&identity, VERSIONS, way);
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
        let (address, server) = serve(&identity, (VERSIONS, way), 2);
        let said = run(gnutls::client(&identity, address, priority).arg("--resume"));
        assert!(said.contains("This is a resumed session"), "{way:?}: {said}");
        assert_eq!(server.join().unwrap(), NEW_THEN_RESUMED[..2], "{way:?}");
    }
}
